import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import type { RuleCheck, SchoolEvidence } from '../../collector/verdicts/verdict.ts'

/** The plainest ways to look at a school's evidence: everything is counted anew for every question. */

/** Shanghai is eight hours ahead of UTC, always. */
export const dayAt = (atMs: number): string => dayNumbered(Math.floor((atMs + 8 * 3_600_000) / 86_400_000))

export const daysLater = (day: string, n: number): string => dayNumbered(numberOf(day) + n)
export const nextDay = (day: string): string => daysLater(day, 1)

/** Days since 1970 and their names: written down once, because a month asks for them a thousand times. */
const names = new Map<number, string>()
const numbers = new Map<string, number>()

const dayNumbered = (number: number): string => {
  const known = names.get(number) ?? new Date(number * 86_400_000).toISOString().slice(0, 10)
  names.set(number, known)
  return known
}

export const numberOf = (day: string): number => {
  const known = numbers.get(day) ?? Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000)
  numbers.set(day, known)
  return known
}

/** The day's first moment. */
export const startOf = (day: string): number => numberOf(day) * 86_400_000 - 8 * 3_600_000

export const todayOf = (e: SchoolEvidence): string => dayAt(e.asOfMs)

/** Days of the period that have begun. */
export const daysSoFar = (e: SchoolEvidence): string[] => {
  const days: string[] = []
  for (let day = e.period.firstDay; day <= e.period.lastDay && day <= todayOf(e); day = nextDay(day)) days.push(day)
  return days
}

export const schoolDaysSoFar = (e: SchoolEvidence): string[] => daysSoFar(e).filter(day => e.schoolDays.includes(day))

/** min(10, six tenths rounded up), in whole numbers. */
export const needOf = (e: SchoolEvidence): number => {
  let need = 0
  while (10 * need < 6 * e.schoolDays.length) need++
  return need > 10 ? 10 : need
}

/** A school's rows of one day with their checks: kept only because looking through all of them for every question takes a night. */
const rowsByDay = new WeakMap<SchoolEvidence, Map<string, { row: DayRollup; check: RuleCheck }[]>>()

export const rowsOf = (e: SchoolEvidence, day: string, wanted: (check: RuleCheck) => boolean): DayRollup[] => {
  let known = rowsByDay.get(e)
  if (known === undefined) {
    known = new Map()
    for (const row of e.rollups) {
      const rows = known.get(row.day) ?? []
      known.set(row.day, rows)
      for (const check of e.checks) if (check.id === row.checkId) rows.push({ row, check })
    }
    rowsByDay.set(e, known)
  }
  const rows: DayRollup[] = []
  for (const { row, check } of known.get(day) ?? []) if (wanted(check)) rows.push(row)
  return rows
}

export const rowsSoFar = (e: SchoolEvidence, wanted: (check: RuleCheck) => boolean): DayRollup[] =>
  daysSoFar(e).flatMap(day => rowsOf(e, day, wanted))

export const answers = (row: DayRollup): boolean => row.counts.ok > 0 || row.counts.degraded > 0
export const answersInHours = (row: DayRollup): boolean => row.inHours.ok > 0 || row.inHours.degraded > 0
export const isSeen = (row: DayRollup): boolean => answers(row) || row.counts.failed > 0

/** The newest declaration of a key that is not later than the period. */
export const declaredValue = (e: SchoolEvidence, key: string): string | undefined => {
  let newest: { asOf: string; value: string } | undefined
  for (const fact of e.facts)
    if (fact.key === key && fact.asOf <= e.period.lastDay && (newest === undefined || newest.asOf < fact.asOf))
      newest = fact
  return newest?.value
}

/** Why there are too few days: the rest of the period no longer holds enough of them, or it does. */
export const tooFew = (e: SchoolEvidence, have: readonly string[], need: number, from: readonly string[]): string => {
  const today = todayOf(e)
  const left = from.filter(day => day >= today && !have.includes(day)).length
  return have.length + left < need ? 'period_too_short' : 'too_few_days'
}

/** Every day of the period, begun or not. */
export const allDays = (e: SchoolEvidence): string[] => {
  const days: string[] = []
  for (let day = e.period.firstDay; day <= e.period.lastDay; day = nextDay(day)) days.push(day)
  return days
}
