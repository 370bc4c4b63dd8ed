import { chooseAll } from './chooser.ts'
import { differences } from './differ.ts'
import { evaluate, type Answer, type Held } from './evaluate.ts'
import { queriesOf, type Choices, type DashboardFile, type Sent } from './grafana.ts'
import { readStatement } from './statement.ts'

export interface Both {
  /** What the server answers. */
  readonly got: readonly Answer[]
  /** Where that differs from what the derived points say, and what nobody may rely on. */
  readonly faults: readonly string[]
}
/** Asks the server and the derived points the same. */
export type AskBoth = (database: 'raw' | 'rollup', query: string) => Promise<Both>

export const openBoth = (
  held: readonly Held[],
  ask: (database: 'raw' | 'rollup', query: string) => Promise<readonly Answer[]>
): AskBoth => {
  const byMeasurement = Map.groupBy(held, point => point.measurement)
  const known = new Map<string, Promise<Both>>()
  const both = async (database: 'raw' | 'rollup', query: string): Promise<Both> => {
    const statement = readStatement(query)
    const want = evaluate(statement, byMeasurement.get(statement.measurement) ?? [])
    const got = await ask(database, query)
    return {
      got,
      faults: want.some(answer => answer.drawn)
        ? [`the answer depends on the order of series: more than one has a value at the same moment: ${query}`]
        : differences(got, want)
            .slice(0, 3)
            .map(difference => `${difference}: ${query}`)
    }
  }
  return (database, query) => {
    const key = `${database} ${query}`
    const promise = known.get(key) ?? both(database, query)
    known.set(key, promise)
    return promise
  }
}

/** How the queries of one chart did over all turns. */
export interface Visited extends Pick<Sent, 'dashboard' | 'chart' | 'refId'> {
  readonly written: string
  asked: number
  withRows: number
  readonly faults: string[]
}

/** One visit: the choices that were made, and every query with its answer. */
export interface Visit {
  readonly board: DashboardFile
  readonly turn: number
  readonly choices: Choices
  readonly answers: readonly (Sent & Both)[]
}

/** Opens a dashboard `turns` times, each time with other choices, and asks everything that it asks. */
export const visit = async (
  board: DashboardFile,
  turns: number,
  nowMs: number,
  ask: AskBoth
): Promise<{ readonly visited: readonly Visited[]; readonly visits: readonly Visit[] }> => {
  const visited = new Map<string, Visited>()
  const visits: Visit[] = []
  const note = (sent: Pick<Sent, 'dashboard' | 'chart' | 'refId' | 'written'>, { got, faults }: Both): void => {
    const key = `${sent.chart} ${sent.refId}`
    const { dashboard, chart, refId, written } = sent
    const line = visited.get(key) ?? { dashboard, chart, refId, written, asked: 0, withRows: 0, faults: [] }
    visited.set(key, line)
    line.asked += 1
    line.withRows += Number(got.some(answer => answer.rows.length > 0))
    line.faults.push(...faults)
  }
  for (let turn = 0; turn < turns; turn++) {
    const choices = await chooseAll(board, turn, nowMs, async (variable, database, query) => {
      const both = await ask(database, query)
      note(
        { dashboard: board.uid, chart: `variable ${variable}`, refId: '', written: writtenOf(board, variable) },
        both
      )
      return both.got
    })
    const answers: (Sent & Both)[] = []
    for (const sent of queriesOf(board, choices, nowMs)) {
      const both = await ask(sent.database, sent.query)
      note(sent, both)
      answers.push({ ...sent, ...both })
    }
    visits.push({ board, turn, choices, answers })
  }
  return { visited: [...visited.values()], visits }
}

const writtenOf = (board: DashboardFile, name: string): string =>
  board.templating.list.find(variable => variable.name === name)?.query ?? ''

/** What is wrong with a visited chart, in sentences that name it: differences, and that it never had anything to show. */
export const faultsOf = ({ dashboard, chart, refId, asked, withRows, faults }: Visited): string[] => {
  const place = `${dashboard} / ${chart}${refId === '' ? '' : ` ${refId}`}`
  return [
    ...(withRows === 0 ? [`${place} must show something of the city, got nothing in ${asked} turns`] : []),
    ...faults.map(fault => `${place}: ${fault}`)
  ]
}
