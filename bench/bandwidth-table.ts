import type { Run } from './bandwidth-runs.ts'
import type { Scenario } from './bandwidth-scenarios.ts'
import { most, quantile } from './stats.ts'
import { goalLine, tableOf, type Cell, type Column } from './table.ts'

const columns: readonly Column[] = [
  { name: 'set' },
  { name: 'tier/link' },
  ...['runs', 'pass', 'fail', 'inconcl.', 'error', 'wrong'].map(name => ({ name })),
  { name: 's median', digits: 2 },
  { name: 's worst', digits: 2 },
  { name: 'MB median', digits: 1 },
  { name: '% of iperf3 at tier', digits: 1 },
  { name: '% on the link', digits: 1 }
]

/** Prints a row for each scenario and the totals of each set. Returns the number of wrong answers and of runs without one. */
export const printSoak = (chosen: readonly Scenario[], all: readonly Run[]): number => {
  const runsOf = (scenario: Scenario): Run[] =>
    all.filter(run => run.set === scenario.set && run.scenario === scenario.name)
  console.log(
    tableOf(
      columns,
      chosen.map(scenario => rowOf(scenario, runsOf(scenario)))
    )
  )
  for (const [set, scenarios] of Map.groupBy(chosen, scenario => scenario.set)) {
    const runs = scenarios.flatMap(runsOf)
    const shares = scenarios.flatMap(scenario =>
      withResult(runsOf(scenario), 'pass').map(run => tierShare(scenario, run))
    )
    const times = runs.map(run => run.at).toSorted()
    console.log(`\n${set}: ${runs.length} live runs, ${times[0] ?? ''} to ${times.at(-1) ?? ''}`)
    console.log(
      goalLine(
        'wrong answers',
        count(runs, run => run.wrong),
        0,
        '',
        0
      )
    )
    console.log(goalLine('runs without an answer', withResult(runs, 'error').length, 0, '', 0))
    console.log(goalLine('inconclusive', (100 * withResult(runs, 'inconclusive').length) / runs.length, 2, ' %'))
    console.log(goalLine('time to pass, median', seconds(withResult(runs, 'pass'), 0.5), 1.3, ' s', 2))
    console.log(goalLine('time to fail, median', seconds(withResult(runs, 'fail'), 0.5), 2.6, ' s', 2))
    console.log(
      goalLine(
        'bytes of a pass, of iperf3 -t 10 at the tier, median',
        quantile(shares, 0.5),
        set === 'reverify' ? 5 : 12,
        ' %'
      )
    )
    for (const scenario of scenarios.filter(
      ({ set, tier, linkMbps }) => set === 'pairs' && tier === 100 && linkMbps === 1000
    ))
      console.log(
        goalLine(
          'a 1000M link tested for 100, bytes of iperf3 -t 10 on it, median',
          linkShare(scenario, runsOf(scenario)),
          2,
          ' %'
        )
      )
  }
  const runs = chosen.flatMap(runsOf)
  return count(runs, run => run.wrong || run.result === 'error')
}

const rowOf = (scenario: Scenario, runs: readonly Run[]): Cell[] => [
  scenario.set,
  scenario.name,
  runs.length,
  ...['pass', 'fail', 'inconclusive', 'error'].map(result => withResult(runs, result).length),
  count(runs, run => run.wrong),
  seconds(runs, 0.5),
  most(runs.map(run => run.duration_ms / 1000)),
  quantile(
    runs.map(run => run.bytes / 1e6),
    0.5
  ),
  quantile(
    runs.map(run => tierShare(scenario, run)),
    0.5
  ),
  linkShare(scenario, runs)
]

const withResult = (runs: readonly Run[], result: string): Run[] => runs.filter(run => run.result === result)
const count = (runs: readonly Run[], is: (run: Run) => boolean): number => runs.filter(is).length
const seconds = (runs: readonly Run[], share: number): number =>
  quantile(
    runs.map(run => run.duration_ms / 1000),
    share
  )

/** What ten seconds at that rate carry, bytes. */
const tenSeconds = (mbps: number): number => (mbps * 1e7) / 8
const tierShare = (scenario: Scenario, run: Run): number => (100 * run.bytes) / tenSeconds(scenario.tier)
const linkShare = (scenario: Scenario, runs: readonly Run[]): number =>
  quantile(
    runs.map(run => (100 * run.bytes) / tenSeconds(scenario.linkMbps)),
    0.5
  )
