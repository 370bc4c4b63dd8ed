import type { Outcome } from '../../contract/reading.ts'

/** A stored reading as the rollup sees it. */
export interface RollupInput {
  readonly atMs: number
  readonly checkId: number
  readonly part: string
  readonly outcome: Outcome
  readonly reason: string | undefined
  /** Arrived within 15 minutes of being measured. */
  readonly live: boolean
  readonly fields: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
}

/** One day of one check, part and measured place. Counts are measurements: a folded reading counts for all it folds. */
export interface DayRollup {
  readonly day: string
  readonly checkId: number
  readonly part: string
  /** The label `place` (self, on_site, private, off_site), '' without one. */
  readonly place: string
  readonly counts: Readonly<Record<Outcome, number>>
  /** Of those, the ones measured in the school's hours on a school day. */
  readonly inHours: Readonly<Record<Outcome, number>>
  /** Of the failed ones, those that arrived while it was happening. */
  readonly liveFailed: number
  readonly reasons: Readonly<Record<string, number>>
  readonly firstMs: number
  readonly last: Pick<RollupInput, 'atMs' | 'outcome' | 'reason' | 'fields' | 'labels'>
  readonly fields: Readonly<Record<string, FieldFigures>>
}

/** Figures over the day's readings; percentiles by nearest rank. */
export interface FieldFigures {
  readonly n: number
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** Whether a check's school is in its hours at an instant. */
export type InHours = (checkId: number, atMs: number) => boolean

/** Rollups of one day from its readings in time order. */
export const rollUp = (day: string, readings: readonly RollupInput[], inHours: InHours): DayRollup[] => {
  // The length keeps part and place apart: an agent may write any text in either.
  const groups = Map.groupBy(readings, r => `${r.checkId} ${r.part.length} ${r.part}${r.labels['place'] ?? ''}`)
  return [...groups.values()].flatMap(group => {
    const [first, last] = [group[0], group.at(-1)]
    if (first === undefined || last === undefined) return []
    return [
      {
        day,
        checkId: first.checkId,
        part: first.part,
        place: first.labels['place'] ?? '',
        counts: countsOf(group),
        inHours: countsOf(group.filter(r => inHours(r.checkId, r.atMs))),
        liveFailed: sum(group.filter(r => r.outcome === 'failed' && r.live).map(weightOf)),
        reasons: reasonsOf(group),
        firstMs: first.atMs,
        last: { atMs: last.atMs, outcome: last.outcome, reason: last.reason, fields: last.fields, labels: last.labels },
        fields: figuresOf(group)
      }
    ]
  })
}

/** How many measurements a reading stands for: a whole number that a day can hold, whatever an agent claims. */
export const weightOf = (reading: RollupInput): number =>
  Math.min(86_400, Math.max(1, Math.floor(reading.fields['folded_n'] ?? 1)))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const countsOf = (group: readonly RollupInput[]): Record<Outcome, number> => {
  const counts = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
  for (const reading of group) counts[reading.outcome] += weightOf(reading)
  return counts
}

const reasonsOf = (group: readonly RollupInput[]): Record<string, number> => {
  // A Map: a reason may be called "constructor".
  const reasons = new Map<string, number>()
  for (const r of group) if (r.reason !== undefined) reasons.set(r.reason, (reasons.get(r.reason) ?? 0) + weightOf(r))
  return Object.fromEntries(reasons)
}

const figuresOf = (group: readonly RollupInput[]): Record<string, FieldFigures> => {
  const values = new Map<string, number[]>()
  for (const reading of group)
    for (const [name, value] of Object.entries(reading.fields)) {
      const known = values.get(name)
      if (known === undefined) values.set(name, [value])
      else known.push(value)
    }
  return Object.fromEntries([...values].map(([name, list]) => [name, figures(list)]))
}

const figures = (list: readonly number[]): FieldFigures => {
  const sorted = list.toSorted((a, b) => a - b)
  const rank = (p: number): number => sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0
  return {
    n: sorted.length,
    min: rank(0),
    mean: sum(sorted) / sorted.length,
    p50: rank(0.5),
    p95: rank(0.95),
    max: rank(1)
  }
}
