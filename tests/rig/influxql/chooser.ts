import type { Answer } from './evaluate.ts'
import {
  databaseOf,
  fillIn,
  rangeOf,
  type Choice,
  type Choices,
  type DashboardFile,
  type VariableFile
} from './grafana.ts'

/** Asks one query of a variable. */
export type AskOptions = (name: string, database: 'raw' | 'rollup', query: string) => Promise<readonly Answer[]>

/**
 * Chooses as the `turn`th visitor: the first leaves everything as it is opened (All where there is All, else the first option), later ones take
 * other values, so that the turns together see each option of a short list and a spread of a long one.
 */
export const chooseAll = async (
  board: DashboardFile,
  turn: number,
  nowMs: number,
  ask: AskOptions
): Promise<Choices> => {
  const choices = new Map<string, Choice>()
  const range = rangeOf(board.time, nowMs)
  for (const variable of board.templating.list) {
    if (variable.type === 'datasource') continue
    const query = fillIn(variable.query, choices, range, 1_000)
    const answers = await ask(variable.name, databaseOf(variable.datasource?.uid ?? ''), query)
    const options = answers.flatMap(answer => answer.rows.map(row => String(row[1]))).sort()
    choices.set(variable.name, { variable, options, chosen: chosenOf(variable, options, turn) })
  }
  return choices
}

const stride = 7

const chosenOf = (
  { name, includeAll, multi }: VariableFile,
  options: readonly string[],
  turn: number
): readonly string[] | undefined => {
  const one = (n: number): string => options[(n * stride) % Math.max(1, options.length)] ?? ''
  if (includeAll !== true) return [turn === 0 ? (options[0] ?? '') : one(turn)]
  // A long chain of single choices soon has nothing left: now one of them is narrowed, now another.
  if (turn === 0 || (turn + name.length) % 2 === 0) return undefined
  return multi === true ? [...new Set([one(turn), one(turn + 1)])] : [one(turn)]
}
