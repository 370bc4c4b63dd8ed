import type { Period } from '../calendar/period.ts'
import type { DayRollup, FieldFigures } from '../verdicts/rollup.ts'
import type { RuleCheck, SchoolEvidence } from '../verdicts/verdict.ts'
import { canonical } from './canonical.ts'

/** What a school's verdicts rest on, without what all schools share. */
type OwnEvidence = Omit<SchoolEvidence, 'period' | 'asOfMs' | 'answered'>

/**
 * The canonical text of a school's evidence. Day rollups are lists, not objects: they are nearly all of it. Contact and telephone stay out: no
 * rule looks at them, and what is kept for ever should not hold them. The store's reads are ordered, so the same evidence is the same text.
 */
export const schoolText = (evidence: SchoolEvidence): string => {
  const { school } = evidence
  const own = {
    school: { ...school, contact: undefined, phone: undefined },
    rooms: evidence.rooms,
    devices: evidence.devices,
    checks: evidence.checks.map(checkOf),
    rollups: evidence.rollups.map(rollupRow),
    facts: evidence.facts,
    uplinks: evidence.uplinks,
    tierTests: evidence.tierTests,
    portMap: evidence.portMap,
    schoolDays: evidence.schoolDays,
    before: evidence.before
  } satisfies Record<keyof OwnEvidence, unknown>
  return canonical(own)
}

/** Only of a text whose hash was checked: it is what `schoolText` wrote. */
export const schoolEvidenceOf = (
  text: string,
  shared: { readonly period: Period; readonly asOfMs: number; readonly answered: SchoolEvidence['answered'] }
): SchoolEvidence => {
  const own = JSON.parse(text) as Omit<OwnEvidence, 'rollups'> & { rollups: RollupRow[] }
  return {
    ...own,
    rollups: own.rollups.map(rollupOf),
    period: shared.period,
    asOfMs: shared.asOfMs,
    answered: shared.answered
  }
}

/** Where schools' evidence differs: part by part, for the words of a revision. */
export const partsOf = (
  text: string
): Readonly<Record<keyof OwnEvidence, unknown>> & { rollups: readonly RollupRow[] } =>
  JSON.parse(text) as Record<keyof OwnEvidence, unknown> & { rollups: RollupRow[] }

const checkOf = (check: RuleCheck): RuleCheck => ({
  id: check.id,
  device: check.device,
  probe: check.probe,
  subject: check.subject,
  place: check.place
})

type Counts = readonly [ok: number, degraded: number, failed: number, unavailable: number]
export type RollupRow = readonly [
  day: string,
  checkId: number,
  part: string,
  place: string,
  counts: Counts,
  inHours: Counts,
  liveFailed: number,
  reasons: DayRollup['reasons'],
  firstMs: number,
  last: readonly [
    atMs: number,
    outcome: DayRollup['last']['outcome'],
    reason: string | null,
    fields: DayRollup['last']['fields'],
    labels: DayRollup['last']['labels']
  ],
  fields: Readonly<
    Record<string, readonly [n: number, min: number, mean: number, p50: number, p95: number, max: number]>
  >
]

/** Written out name by name: the store may give rollups whose parts are read only when they are asked for. */
const rollupRow = (r: DayRollup): RollupRow => [
  r.day,
  r.checkId,
  r.part,
  r.place,
  countsRow(r.counts),
  countsRow(r.inHours),
  r.liveFailed,
  r.reasons,
  r.firstMs,
  [r.last.atMs, r.last.outcome, r.last.reason ?? null, r.last.fields, r.last.labels],
  Object.fromEntries(
    Object.entries(r.fields).map(([name, f]) => [name, [f.n, f.min, f.mean, f.p50, f.p95, f.max] as const])
  )
]

const rollupOf = ([
  day,
  checkId,
  part,
  place,
  counts,
  inHours,
  liveFailed,
  reasons,
  firstMs,
  [atMs, outcome, reason, fields, labels],
  figures
]: RollupRow): DayRollup => ({
  day,
  checkId,
  part,
  place,
  counts: countsOf(counts),
  inHours: countsOf(inHours),
  liveFailed,
  reasons,
  firstMs,
  last: { atMs, outcome, reason: reason ?? undefined, fields, labels },
  fields: Object.fromEntries(
    Object.entries(figures).map(([name, [n, min, mean, p50, p95, max]]): [string, FieldFigures] => [
      name,
      { n, min, mean, p50, p95, max }
    ])
  )
})

const countsRow = (c: DayRollup['counts']): Counts => [c.ok, c.degraded, c.failed, c.unavailable]
const countsOf = ([ok, degraded, failed, unavailable]: Counts): DayRollup['counts'] => ({
  ok,
  degraded,
  failed,
  unavailable
})
