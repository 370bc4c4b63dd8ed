import { addDays, dayOf } from '../calendar/day.ts'
import { inPeriodOrNext } from './days.ts'
import type { DayRollup } from './rollup.ts'
import type { SchoolEvidence } from './verdict.ts'

/** What a school's ping and portal checks of one host saw, day by day of the period so far. */
export interface HostDays {
  readonly checks: number
  /** Days with a measurement that came to an answer or a failure: unavailable readings are none. */
  readonly measured: readonly string[]
  readonly answered: readonly string[]
  /** School days on which it failed live and never answered. */
  readonly failed: readonly string[]
  /** Readings that say nothing. */
  readonly unavailable: number
}

/** Probes that ask a host whether it is there. */
export const hostProbes = ['ping', 'portal'] as const

export const hostDays = (evidence: SchoolEvidence, host: string): HostDays => {
  const ids = new Set(
    evidence.checks
      .filter(check => check.subject === host && hostProbes.some(probe => probe === check.probe))
      .map(check => check.id)
  )
  const today = dayOf(evidence.asOfMs)
  const ofChecks = rollupsByCheck(evidence)
  const rows = [...ids]
    .flatMap(id => ofChecks.get(id) ?? [])
    .filter(row => row.day >= evidence.period.firstDay && row.day <= evidence.period.lastDay && row.day <= today)
  const days = [...Map.groupBy(rows, row => row.day)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const where = (holds: (row: DayRollup) => boolean): string[] =>
    days.flatMap(([day, list]) => (list.some(holds) ? [day] : []))
  const answered = where(row => row.counts.ok + row.counts.degraded > 0)
  const schoolDays = new Set(evidence.schoolDays)
  return {
    checks: ids.size,
    measured: where(row => row.counts.ok + row.counts.degraded + row.counts.failed > 0),
    answered,
    failed: where(row => row.liveFailed > 0).filter(day => schoolDays.has(day) && !answered.includes(day)),
    unavailable: rows.reduce((n, row) => n + row.counts.unavailable, 0)
  }
}

/** Sorted out once for all hosts that are asked about. */
const rollupsByCheck = (evidence: SchoolEvidence): ReadonlyMap<number, readonly DayRollup[]> => {
  const known = recent.get(evidence) ?? Map.groupBy(evidence.rollups, row => row.checkId)
  recent.set(evidence, known)
  return known
}
const recent = new WeakMap<SchoolEvidence, ReadonlyMap<number, readonly DayRollup[]>>()

/** The first day on which `want` days can be reached when each from now on counts; the next period (YYYY-MM) when this one has too few left. */
export const earliestDay = (evidence: SchoolEvidence, days: readonly string[], want: number): string => {
  const today = dayOf(evidence.asOfMs)
  const lacking = Math.max(0, want - days.length)
  return inPeriodOrNext(evidence.period, addDays(today, days.includes(today) ? lacking : Math.max(0, lacking - 1)))
}
