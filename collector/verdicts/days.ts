import { dayOf } from '../calendar/day.ts'
import { periodAt, type Period } from '../calendar/period.ts'
import type { DayRollup } from './rollup.ts'
import { neededDays, type Finding, type SchoolEvidence } from './verdict.ts'

/** The days that a rule counts: expected school days of the period, none of them after the day on which it is asked. */
export interface Days {
  readonly soFar: ReadonlySet<string>
  /** How many of them decide; at least 1, so that a period without school days is never met by emptiness. */
  readonly need: number
  /** Whether a day, in or out of school, lies in the period and not after the day of asking. */
  includes(day: string): boolean
  /**
   * The first day on which `lacking` more school days can have counted: YYYY-MM-DD, or the name of the next period (YYYY-MM) when this
   * one has too few left. `todayCounts`: today is among those already counted.
   */
  earliest(lacking: number, todayCounts: boolean): string
  /** Whether this period still has `lacking` school days, today included unless it counts already. */
  canStill(lacking: number, todayCounts: boolean): boolean
}

export const daysOfRule = ({ period, asOfMs, schoolDays }: SchoolEvidence): Days => {
  const today = dayOf(asOfMs)
  const inOrder = [...new Set(schoolDays)].sort()
  const left = (todayCounts: boolean): string[] => inOrder.filter(day => day > today || (day === today && !todayCounts))
  return {
    soFar: new Set(inOrder.filter(day => day <= today)),
    need: Math.max(1, neededDays(inOrder.length)),
    includes: day => day >= period.firstDay && day <= period.lastDay && day <= today,
    earliest: (lacking, todayCounts) =>
      lacking <= 0 ? today : (left(todayCounts)[lacking - 1] ?? periodAt(period.toMs).name),
    canStill: (lacking, todayCounts) => left(todayCounts).length >= lacking
  }
}

/** The day, or the name of the next period (YYYY-MM) when the day lies behind this one: nothing is judged on a day that does not count. */
export const inPeriodOrNext = (period: Period, day: string): string =>
  day > period.lastDay ? periodAt(period.toMs).name : day

/** Facts that say how far a rule is, and whether the period is too short for the rest. */
export interface Progress {
  readonly facts: Readonly<Record<string, number | string>>
  readonly tooShort: boolean
}

/** `counted`: the days that count so far; `want` of them are needed. */
export const progress = (
  evidence: SchoolEvidence,
  days: Days,
  counted: ReadonlySet<string>,
  want = days.need
): Progress => {
  const todayCounts = counted.has(dayOf(evidence.asOfMs))
  const lacking = want - counted.size
  return {
    facts: { have_days: counted.size, want_days: want, earliest_day: days.earliest(lacking, todayCounts) },
    tooShort: !days.canStill(lacking, todayCounts)
  }
}

export const answeredIn = ({ ok, degraded }: DayRollup['counts']): boolean => ok + degraded > 0
export const seenIn = ({ ok, degraded, failed }: DayRollup['counts']): number => ok + degraded + failed

/** Only what happened: a finding's `excluded` has no zeros. */
export const withoutZeros = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))

/** The commonest word, of equals the first by name: the order of the evidence must not choose. */
export const commonest = <Word extends string>(words: Iterable<Word>): Word | undefined => {
  const counts = new Map<Word, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return mostOf(counts)
}

/** The word with the largest count, of equals the first by name. */
export const mostOf = <Word extends string>(counts: ReadonlyMap<Word, number>): Word | undefined =>
  [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0]

/** Who declared it, as facts of the finding: what is declared is shown as declared. */
export const sourceOf = (fact: SchoolEvidence['facts'][number]): Record<string, string> => ({
  source: fact.source,
  as_of: fact.asOf,
  by: fact.by
})

/** `part` of `whole` in percent, cut to a tenth: what is under a threshold never prints as having reached it. */
export const percentCut = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.floor((1000 * part) / whole) / 10

/** A finding about nothing yet. */
export const bare: Pick<Finding, 'n' | 'expectedN' | 'facts' | 'excluded' | 'evidence'> = {
  n: 0,
  expectedN: 0,
  facts: {},
  excluded: {},
  evidence: []
}
