import { daysOfRule, mostOf, percentCut, progress, seenIn, withoutZeros, type Days } from './days.ts'
import type { DayRollup } from './rollup.ts'
import type { Finding, Rule } from './verdict.ts'

/**
 * IPv6 用户访问 (榆林市教育信息化2.0行动计划: the campus network supports IPv6 user access). Of all samples in the school's hours from the
 * users' side, the share that worked over IPv6, over the school days with enough samples: `ratio_pct` and more is met, less is missed.
 * A gateway's own outside says nothing about users (`wan_only`), and a line that was down altogether is `unavailable`, not a failure.
 */
export const ipv6: Rule = {
  version: 'ipv6/1',
  probes: ['ipv6'],
  reads: ['last'],
  parameters: {
    samples: { unit: 'samples', least: 1, most: 86_400, whole: true, byDefault: 20 },
    ratio_pct: { unit: '%', least: 1, most: 100, whole: true, byDefault: 80 }
  },
  judge: (evidence, parameters) => {
    const wantSamples = parameters['samples'] ?? 20
    const ratioPct = parameters['ratio_pct'] ?? 80
    const checks = new Set(evidence.checks.filter(check => check.probe === 'ipv6').map(check => check.id))
    const days = daysOfRule(evidence)
    const known = evidence.rollups.filter(row => checks.has(row.checkId))
    const rows = known.filter(row => days.includes(row.day))
    const users = rows.filter(userSide(known))
    const tallies = talliesOf(users, days)
    const counting = tallies.filter(day => day.good + day.bad >= wantSamples)
    const good = counting.reduce((n, day) => n + day.good, 0)
    const total = counting.reduce((n, day) => n + day.good + day.bad, 0)
    const { facts, tooShort } = progress(evidence, days, new Set(counting.map(day => day.day)))
    const finding: Omit<Finding, 'verdict' | 'reason'> = {
      n: counting.length,
      expectedN: days.need,
      facts: {
        ...facts,
        good_samples: good,
        total_samples: total,
        measured_pct: percentCut(good, total),
        ratio_pct: ratioPct,
        want_samples: wantSamples,
        cause: causeOf(counting)
      },
      excluded: excludedOf(rows, users, tallies, counting),
      evidence: counting.map(day => `day ${day.day} good ${day.good} of ${day.good + day.bad}`)
    }
    if (checks.size === 0) return { ...finding, verdict: 'unknown', reason: 'no_check' }
    if (counting.length < days.need)
      return { ...finding, verdict: 'unknown', reason: missingReason(rows, users, tooShort) }
    // Whole numbers on both sides: exactly the threshold is met.
    const met = 100 * good >= ratioPct * total
    return { ...finding, verdict: met ? 'met' : 'missed', reason: met ? 'users_reach' : 'users_fail' }
  }
}

const missingReason = (rows: readonly DayRollup[], users: readonly DayRollup[], tooShort: boolean): string => {
  if (rows.every(row => seenIn(row.counts) === 0)) return 'no_readings'
  if (users.every(row => seenIn(row.counts) === 0)) return 'wan_only'
  return tooShort ? 'period_too_short' : 'too_few_days'
}

/**
 * Whether a row was measured from the users' side. A probe that ran out of time says nothing about its vantage: such a row is where the
 * check's other rows are. Without any word it counts as the gateway's outside, which decides nothing.
 */
const userSide = (rows: readonly DayRollup[]): ((row: DayRollup) => boolean) => {
  const said = new Map<number, Set<string>>()
  for (const row of rows) {
    const vantage = row.last.labels['vantage']
    if (vantage === undefined) continue
    const known = said.get(row.checkId)
    if (known === undefined) said.set(row.checkId, new Set([vantage]))
    else known.add(vantage)
  }
  return row => {
    const vantages = said.get(row.checkId)
    const vantage = row.last.labels['vantage'] ?? (vantages?.size === 1 ? [...vantages][0] : undefined)
    return vantage === 'user'
  }
}

interface Tally {
  readonly day: string
  readonly good: number
  readonly bad: number
  readonly causes: readonly (readonly [reason: string, n: number])[]
}

/** What each school day's hours showed, in order of days. */
const talliesOf = (users: readonly DayRollup[], days: Days): Tally[] => {
  const byDay = Map.groupBy(
    users.filter(row => days.soFar.has(row.day) && seenIn(row.inHours) > 0),
    row => row.day
  )
  return [...byDay]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, list]) => ({
      day,
      good: list.reduce((n, { inHours }) => n + inHours.ok + inHours.degraded, 0),
      bad: list.reduce((n, { inHours }) => n + inHours.failed, 0),
      causes: list.flatMap(row => (row.inHours.failed > 0 ? Object.entries(row.reasons) : []))
    }))
}

/** Words for what works or could not be measured are no causes of failing. */
const noCauses: ReadonlySet<string> = new Set(['ready', 'v6_slow', 'fallback_masked', 'link_down', 'timeout', 'error'])

const causeOf = (counting: readonly Tally[]): string => {
  const counts = new Map<string, number>()
  for (const [reason, n] of counting.flatMap(day => day.causes))
    if (!noCauses.has(reason)) counts.set(reason, (counts.get(reason) ?? 0) + n)
  return mostOf(counts) ?? 'none'
}

const excludedOf = (
  rows: readonly DayRollup[],
  users: readonly DayRollup[],
  tallies: readonly Tally[],
  counting: readonly Tally[]
): Record<string, number> => {
  const seen = (list: readonly DayRollup[]): number => list.reduce((n, row) => n + seenIn(row.counts), 0)
  const inTallies = tallies.reduce((n, day) => n + day.good + day.bad, 0)
  return withoutZeros({
    /** Samples. */
    wan: seen(rows) - seen(users),
    out_of_hours: seen(users) - inTallies,
    unavailable: rows.reduce((n, row) => n + row.counts.unavailable, 0),
    /** Days. */
    few_samples: tallies.length - counting.length
  })
}
