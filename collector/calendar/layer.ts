import { shown } from '../../contract/fault.ts'
import { SentenceError } from '../../contract/parse.ts'
import type { CalendarFile } from './calendar-file.ts'
import { addDays, dayStart } from './day.ts'
import { instantOf, minuteOf } from './written-time.ts'

/**
 * All files of one scope, as one. Layers stand above each other from the school over its areas to the country: a nearer one replaces terms,
 * weekdays and hours as a whole, adds to the named days and excuses, and wins for a day that both name.
 */
export interface Layer {
  readonly scope: string
  readonly terms: readonly Term[] | undefined
  readonly weekdays: ReadonlySet<number> | undefined
  readonly hours: readonly Lesson[] | undefined
  readonly days: ReadonlyMap<string, NamedDay>
  readonly excused: readonly Excuse[]
  /** Years whose public holidays are here, and whether all of them are known. */
  readonly years: ReadonlyMap<number, 'final' | 'statutory_only'>
}

export interface Term {
  readonly name: string
  readonly from: string
  /** Last day. */
  readonly to: string
}
export interface Lesson {
  readonly name: string
  /** Minutes since midnight; `toMinute` exclusive. */
  readonly fromMinute: number
  readonly toMinute: number
  readonly weekdays: ReadonlySet<number> | undefined
  /** Both MM-DD or both YYYY-MM-DD, the last one included; undefined: always. */
  readonly season: { readonly first: string; readonly last: string } | undefined
}
export interface NamedDay {
  readonly kind: 'closed' | 'open' | 'make_up' | 'holiday'
  readonly name: string
  /** Whose weekday's timetable holds. */
  readonly as: number | undefined
}
export interface Excuse {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  readonly reason: 'maintenance' | 'exam' | 'power'
  readonly text: string
}

export interface PlacedFile {
  /** What errors call it: a file, or a row of the store. */
  readonly place: string
  readonly file: CalendarFile
}

/** Throws a SentenceError where two entries of one scope contradict each other. The order of the files means nothing. */
export const layerOf = (scope: string, files: readonly PlacedFile[]): Layer => ({
  scope,
  terms: termsOf(files),
  weekdays: onlyOne(files, 'weekdays', weekdays => new Set(weekdays)),
  hours: onlyOne(files, 'hours', hours =>
    hours.map(one => ({
      name: one.name,
      fromMinute: minuteOf(one.from) ?? 0,
      toMinute: minuteOf(one.to) ?? 0,
      weekdays: one.weekdays === undefined ? undefined : new Set(one.weekdays),
      season:
        one.from_day === undefined || one.to_day === undefined ? undefined : { first: one.from_day, last: one.to_day }
    }))
  ),
  days: namedDaysOf(files),
  excused: files.flatMap(({ file }) =>
    (file.excused ?? []).map(one => ({
      fromMs: instantOf(one.from, 'first') ?? 0,
      toMs: instantOf(one.to, 'last') ?? 0,
      reason: one.reason,
      text: one.text ?? ''
    }))
  ),
  years: yearsOf(files)
})

const termsOf = (files: readonly PlacedFile[]): Term[] | undefined => {
  if (files.every(({ file }) => file.terms === undefined)) return undefined
  const placed = files
    .flatMap(({ place, file }) => (file.terms ?? []).map((term, i) => ({ at: `${place} /terms/${i}`, term })))
    .sort((a, b) => (a.term.from < b.term.from ? -1 : 1))
  for (const [i, { at, term }] of placed.entries()) {
    const before = placed[i - 1]?.term
    if (before !== undefined && term.from <= before.to)
      throw new SentenceError(
        `${at}/from must be after ${before.to}, the last day of term ${shown(before.name)}, got ${shown(term.from)}`
      )
  }
  return placed.map(({ term }) => term)
}

const onlyOne = <Key extends 'weekdays' | 'hours', Result>(
  files: readonly PlacedFile[],
  key: Key,
  use: (value: NonNullable<CalendarFile[Key]>) => Result
): Result | undefined => {
  let found: { place: string; result: Result } | undefined
  for (const { place, file } of files) {
    const value = file[key]
    if (value === undefined) continue
    if (found !== undefined)
      throw new SentenceError(
        `${place} /${key} must be in one calendar of a scope, got it in ${found.place} too: two would contradict each other`
      )
    found = { place, result: use(value) }
  }
  return found?.result
}

/** Within a scope: closed before open before make-up before holiday; what cannot both be meant is refused. */
const namedDaysOf = (files: readonly PlacedFile[]): Map<string, NamedDay> => {
  const days = new Map<string, NamedDay & { readonly at: string }>()
  const name = (at: string, day: string, one: NamedDay): void => {
    const known = days.get(day)
    const clash =
      (known?.kind === 'make_up' && one.kind === 'holiday') || (known?.kind === 'open' && one.kind === 'closed')
    if (clash)
      throw new SentenceError(
        `${known.at} must not be ${one.kind === 'holiday' ? 'a holiday' : 'closed'} too (${at}${one.name === '' ? '' : `, ${one.name}`}), got "${day}"`
      )
    if (known?.kind === 'make_up' && one.kind === 'make_up' && known.as !== one.as)
      throw new SentenceError(
        `${at} must not have two timetables (${known.at} has ${shown(known.as)}), got "${day}" with ${shown(one.as)}`
      )
    if (known === undefined || rank[one.kind] < rank[known.kind]) days.set(day, { ...one, at })
  }
  // Make-up and open days first, so that the clash is told at the entry a person would change.
  for (const { place, file } of files) {
    for (const [i, one] of (file.make_up ?? []).entries())
      name(`${place} /make_up/${i}/day`, one.day, { kind: 'make_up', name: one.name ?? '', as: one.as })
  }
  for (const { place, file } of files)
    for (const [i, one] of (file.holidays ?? []).entries())
      for (let day = one.from; day <= one.to; day = addDays(day, 1))
        name(`${place} /holidays/${i}`, day, { kind: 'holiday', name: one.name, as: undefined })
  for (const kind of ['open', 'closed'] as const)
    for (const { place, file } of files)
      for (const [i, one] of (file[kind] ?? []).entries())
        name(`${place} /${kind}/${i}/day`, one.day, { kind, name: one.name ?? '', as: undefined })
  return new Map([...days].map(([day, { kind, name, as }]) => [day, { kind, name, as }]))
}
const rank = { closed: 0, open: 1, make_up: 2, holiday: 3 } as const

const yearsOf = (files: readonly PlacedFile[]): Map<number, 'final' | 'statutory_only'> => {
  const years = new Map<number, 'final' | 'statutory_only'>()
  for (const { file } of files) {
    if (file.year === undefined) continue
    const status = file.status ?? 'final'
    if (years.get(file.year) !== 'final') years.set(file.year, status)
  }
  return years
}

/** Excuses that touch a day. */
export const excusesOn = (layers: readonly Layer[], day: string): Excuse[] => {
  const [fromMs, toMs] = [dayStart(day), dayStart(addDays(day, 1))]
  return layers.flatMap(layer => layer.excused.filter(one => one.fromMs < toMs && one.toMs > fromMs))
}
