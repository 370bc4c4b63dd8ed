import { parseArgs } from 'node:util'
import { rmSync } from 'node:fs'
import { startCross } from '../tests/rig/link/cross.ts'
import { openLink, whyNoLink, type Link } from '../tests/rig/link/link.ts'
import { startTestServer, type TestServer } from '../tests/rig/link/tier-test.ts'
import { busySince, jiffies, openRuns, type Run } from './bandwidth-runs.ts'
import { isWrong, scenarios, type Scenario } from './bandwidth-scenarios.ts'
import { printSoak } from './bandwidth-table.ts'
import { circumstances } from './table.ts'

const options = {
  runs: { type: 'string', default: '20' },
  set: { type: 'string', default: 'pairs' },
  only: { type: 'string', default: '' },
  file: { type: 'string', default: 'var/soak/bandwidth.jsonl' },
  fresh: { type: 'boolean', default: false }
} as const

/**
 * `npm run soak -- bandwidth [--set pairs,cross,…|all] [--only REGEX] [--runs N] [--file F] [--fresh]`: the product's own test server and
 * command over shaped links whose truth is known. Every run is written down at once and not repeated when the soak is started again.
 * Exit code 1 when any answer was wrong.
 */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const obstacle = whyNoLink()
  if (obstacle !== undefined) {
    console.error(`no soak of the bandwidth test on this machine: it ${obstacle}`)
    process.exitCode = 2
    return
  }
  const where = circumstances(['npm run soak -- bandwidth', ...argv].join(' '))
  const chosen = chosenBy(values.set, values.only)
  if (values.fresh) rmSync(values.file, { force: true })
  const book = openRuns(values.file)
  const isDone = (scenario: Scenario, number: number): boolean =>
    book.runs.some(run => run.set === scenario.set && run.scenario === scenario.name && run.number === number)

  for (const [site, here] of Map.groupBy(chosen, ({ link }) => JSON.stringify(link))) {
    const due = rounds(here, Number(values.runs)).filter(([scenario, number]) => !isDone(scenario, number))
    if (due.length === 0) continue
    console.error(`${due.length} runs over ${site} …`)
    await atSite(here, async (link, server) => {
      for (const [i, [scenario, number]] of due.entries()) {
        const run = await once(link, server, scenario, number)
        book.add(run)
        const told = `${run.result} ${run.reason} ${run.ip_mbps?.toFixed(1) ?? '–'} Mbit/s ${(run.bytes / 1e6).toFixed(1)} MB ${Math.round(run.duration_ms)} ms`
        console.error(
          `${i + 1}/${due.length} ${scenario.set} ${scenario.name} #${number}: ${told}${run.wrong ? ' WRONG' : ''}`
        )
      }
    })
  }
  if (printSoak(chosen, book.runs) > 0) process.exitCode = 1
  console.log(where)
}

const chosenBy = (sets: string, only: string): readonly Scenario[] => {
  const known = [...new Set(scenarios.map(({ set }) => set))]
  const wanted = sets === 'all' ? known : sets.split(',')
  for (const set of wanted)
    if (!known.includes(set)) throw new Error(`argument --set must be of ${known.join(', ')} or all, got "${set}"`)
  const matching = new RegExp(only)
  const chosen = scenarios.filter(({ set, name }) => wanted.includes(set) && matching.test(name))
  if (chosen.length === 0) throw new Error(`argument --only must match a scenario of ${sets}, got "${only}"`)
  return chosen
}

/** Round by round over all scenarios: whatever else the machine does meanwhile is shared by all of them. */
const rounds = (here: readonly Scenario[], runs: number): (readonly [Scenario, number])[] =>
  Array.from({ length: runs }, (_, i) => here.map(scenario => [scenario, i + 1] as const)).flat()

const atSite = async (
  [first]: readonly Scenario[],
  work: (link: Link, server: TestServer) => Promise<void>
): Promise<void> => {
  if (first === undefined) return
  const link = await openLink(first.link)
  try {
    const server = await startTestServer(link, { family: first.link.families?.includes(4) === false ? 6 : 4 })
    try {
      await work(link, server)
    } finally {
      await server.stop()
    }
  } finally {
    await link.close()
  }
}

const once = async (link: Link, server: TestServer, scenario: Scenario, number: number): Promise<Run> => {
  link.shape('down', scenario.direction === 'down' ? scenario.shape : undefined)
  link.shape('up', scenario.direction === 'up' ? scenario.shape : undefined)
  const cross = scenario.cross === undefined ? undefined : await startCross(link, scenario.direction, scenario.cross)
  const before = jiffies()
  const common = { scenario: scenario.name, set: scenario.set, number, at: new Date().toISOString() }
  try {
    const { printed, all, tookMs } = await server.test({ ...scenario, more: wordsOf(link, scenario) })
    const wrong = isWrong(scenario, printed.result)
    const plain = !wrong && printed.result !== 'inconclusive'
    return {
      ...common,
      result: printed.result,
      reason: printed.reason ?? '',
      wrong,
      ...(typeof printed.ip_mbps === 'number' ? { ip_mbps: printed.ip_mbps } : {}),
      bytes: printed.bytes,
      duration_ms: printed.duration_ms,
      took_ms: tookMs,
      ...busySince(before),
      ...(plain ? {} : { printed: all })
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const nothing = { bytes: 0, duration_ms: 0, took_ms: 0 }
    return { ...common, result: 'error', reason, wrong: false, ...nothing, ...busySince(before) }
  } finally {
    await cross?.stop()
  }
}

const wordsOf = (link: Link, scenario: Scenario): string[] => [
  ...['--vantage', scenario.vantage],
  ...(scenario.vantage === 'gateway' ? ['--interface', link.device] : []),
  ...(scenario.lendNats > 0 ? ['--lend', String(scenario.lendNats)] : [])
]
