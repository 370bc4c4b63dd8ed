import { parseArgs } from 'node:util'
import { periodNamed } from '../collector/calendar/period.ts'
import { liveThrough, type LinkLife } from './link-nights.ts'
import { drawLink, keptMbps, sideOf, type SimulatedLink } from './link-world.ts'
import { openRandom } from './simulated-links.ts'
import { quantile } from './stats.ts'
import { circumstances, goalLine, tableOf } from './table.ts'

const periods = [periodNamed('2026-10'), periodNamed('2026-11')]
const nights = 61
/** Above this coefficient of variation of 50 ms a link is a noisy one. */
const quietCv = 0.02

/** What came of the months of some links; months in which a link changed or was faulty on 3 nights or more have no truth to compare with. */
export interface LifeTally {
  belowN: number
  falseMeets: number
  aboveN: number
  falseMisses: number
  nearN: number
  /** Links within 4 % above their line that were missed, and below it that were met. */
  nearWrong: number
  metAbove: number
  missedBelow: number
  bytes: number
  months: number
  tests: number
  /** Nights from a fall to the first day that says `below`, the fall's own being 1; Infinity when none does. Dark nights do not count. */
  readonly found: number[]
  /** The same of noisy links. */
  readonly foundNoisy: number[]
}

export const emptyTally = (): LifeTally => ({
  belowN: 0,
  falseMeets: 0,
  aboveN: 0,
  falseMisses: 0,
  nearN: 0,
  nearWrong: 0,
  metAbove: 0,
  missedBelow: 0,
  bytes: 0,
  months: 0,
  tests: 0,
  found: [],
  foundNoisy: []
})

/** Simulates links of a tier for two reporting months (61 nights). The same seed gives the same tally. */
export const liveLinks = (tierMbps: number, links: number, seed: number): LifeTally => {
  const tally = emptyTally()
  for (let i = 0; i < links; i += 1) {
    const random = openRandom(seed * 1_000_003 + i)
    const link = drawLink(tierMbps, nights, random)
    count(tally, link, liveThrough(link, periods, random))
  }
  return tally
}

const count = (tally: LifeTally, link: SimulatedLink, life: LinkLife): void => {
  tally.bytes += life.tests.reduce((sum, test) => sum + test.bytes, 0)
  tally.tests += life.tests.length
  let first = 0
  for (const [i, month] of life.months.entries()) {
    const last = first + (i === 0 ? 30 : 31) - 1
    tally.months += 1
    const changes = link.fallsOn !== undefined && link.fallsOn > first && link.fallsOn <= last
    const faults = [...link.faults.keys()].filter(night => night >= first && night <= last).length
    const mbps = keptMbps(link, first)
    const side = sideOf(mbps, link.tierMbps)
    const over = mbps > 0.95 * link.tierMbps
    if (!changes && side === 'near') {
      tally.nearN += 1
      if (month.verdict === (over ? 'missed' : 'met')) tally.nearWrong += 1
    } else if (!changes && side === 'below') {
      tally.belowN += 1
      if (month.verdict === 'met') tally.falseMeets += 1
      if (month.verdict === 'missed') tally.missedBelow += 1
    } else if (!changes && faults < 3) {
      tally.aboveN += 1
      if (month.verdict === 'missed') tally.falseMisses += 1
      if (month.verdict === 'met') tally.metAbove += 1
    }
    first = last + 1
  }
  if (link.fallsOn === undefined) return
  const nights = nightsToFind(link, link.fallsOn, life)
  if (link.cv > quietCv) tally.foundNoisy.push(nights)
  else tally.found.push(nights)
}

const nightsToFind = (link: SimulatedLink, fell: number, life: LinkLife): number => {
  const days = life.months.flatMap(month => month.days)
  const at = days.findIndex((day, night) => night >= fell && day.state === 'below')
  const dark = [...link.dark].filter(night => night >= fell && night < at).length
  return at === -1 ? Infinity : at - fell + 1 - dark
}

const add = (sum: LifeTally, one: LifeTally): LifeTally => {
  const { found, foundNoisy, ...counts } = one
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) sum[name] += counts[name]
  sum.found.push(...found)
  sum.foundNoisy.push(...foundNoisy)
  return sum
}

/** `npm run bench -- link-life [--links N] [--seeds N]`: two reporting months of simulated links under the product's rule, history and plan. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...argv],
    options: { links: { type: 'string', default: '1000' }, seeds: { type: 'string', default: '3' } }
  })
  const links = Number(values.links)
  const seeds = Number(values.seeds)
  const total = emptyTally()
  const perTier: [number, LifeTally][] = []
  for (const tierMbps of [100, 500, 1000]) {
    const tally = emptyTally()
    for (let seed = 1; seed <= seeds; seed += 1) add(tally, liveLinks(tierMbps, links, seed * 10 + tierMbps))
    perTier.push([tierMbps, tally])
    add(total, tally)
    await Promise.resolve()
  }
  const share = (found: readonly number[], within: number): string =>
    `${found.filter(n => n <= within).length} of ${found.length}`
  const rows = [...perTier, ['all', total] as const].map(([tier, tally]) => [
    String(tier),
    tally.months,
    tally.belowN,
    tally.falseMeets,
    tally.aboveN,
    tally.falseMisses,
    `${tally.nearWrong}/${tally.nearN}`,
    (100 * tally.metAbove) / tally.aboveN,
    (100 * tally.missedBelow) / tally.belowN,
    tally.bytes / tally.months / 1e9,
    tally.tests / tally.months,
    share(tally.found, 2),
    quantile(tally.found, 1),
    share(tally.foundNoisy, 14)
  ])
  console.log(
    tableOf(
      [
        { name: 'T' },
        { name: 'months' },
        { name: 'below' },
        { name: 'false meets' },
        { name: 'above' },
        { name: 'false misses' },
        { name: 'wrong near' },
        { name: 'above met %', digits: 1 },
        { name: 'below missed %', digits: 1 },
        { name: 'GB/month', digits: 2 },
        { name: 'tests/month', digits: 1 },
        { name: 'falls found in 2' },
        { name: 'worst nights' },
        { name: 'noisy in 14' }
      ],
      rows
    )
  )
  const t500 = perTier.find(([tier]) => tier === 500)?.[1] ?? total
  console.log(
    [
      '',
      goalLine(`false meets of ${total.belowN} months below the line`, total.falseMeets, 0, '', 0),
      goalLine(`false misses of ${total.aboveN} months more than 4 % above it`, total.falseMisses, 0, '', 0),
      goalLine('a school-month at T = 500', t500.bytes / t500.months / 1e9, 4, ' GB', 2),
      `  a fall to 0.9 T is published within 2 nights by ${share(total.found, 2)} steady links (3 nights: ${share(total.found, 3)}), within 14 by ${share(total.foundNoisy, 14)} noisy ones`,
      '',
      circumstances(`npm run bench -- link-life --links ${links} --seeds ${seeds}`)
    ].join('\n')
  )
}
