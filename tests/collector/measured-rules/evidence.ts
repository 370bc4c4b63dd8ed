import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { Finding, RuleTerms, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { evidence, rollup } from '../../rig/evidence.ts'

/** A school's evidence, and what the rule of an indicator must find in it. */
export interface Case {
  readonly name: string
  readonly over: Partial<SchoolEvidence>
  readonly verdict: Finding['verdict']
  readonly reason: string
  readonly parameters?: Readonly<Record<string, number>>
  readonly terms?: RuleTerms
}

/** Default evidence: 23 school days, Monday to Friday, of which 10 decide; it is Tuesday, 10 November, the 16th of them. */
export const schoolDays: readonly string[] = evidence().schoolDays
export const days = (n: number, from = 0): string[] => schoolDays.slice(from, from + n)
export const saturday = '2026-10-24'
export const lastEvening = Date.parse('2026-11-19T20:00:00+08:00')

type Counts = Partial<DayRollup['counts']>
/** A rollup whose measurements were all taken in the school's hours. */
export const hours = (day: string, checkId: number, counts: Counts, over: Partial<DayRollup> = {}): DayRollup =>
  rollup(day, checkId, {
    place: '',
    counts: { ok: 0, degraded: 0, failed: 0, unavailable: 0, ...counts },
    liveFailed: counts.failed ?? 0,
    ...over
  })

/** The same, measured outside them. */
export const outside = (row: DayRollup): DayRollup => ({
  ...row,
  inHours: { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
})
