import { readCalendar, scopeOf } from './calendar-file.ts'
import { dayMs, dayOf, dayStart, shanghaiOffsetMs, weekdayOf } from './day.ts'
import { layerOf, excusesOn, type Excuse, type Layer, type Lesson, type NamedDay, type Term } from './layer.ts'
import { lineOf, type AreaNode } from './line.ts'
import { calendarNotes, type Note } from './notes.ts'
import { daysOf, type Period } from './period.ts'
import { SentenceError } from '../../contract/parse.ts'

/** When a school is expected to be open. Pure data behind pure functions. */
export interface SchoolCalendar {
  /** In a term, and a working weekday that is no holiday, or a make-up day (调休). */
  isSchoolDay(day: string): boolean
  /** Expected school days of a period, in order. */
  schoolDays(period: Period): string[]
  /** Within the school's hours of a school day, and not excused (maintenance, exams with machines off). */
  isInHours(atMs: number): boolean
  /** What a day is, and why. */
  day(day: string): CalendarDay
  /** What a reader of a period's expected days must know: holidays that are not all known, terms that end before it. */
  notes(period: Period): readonly Note[]
}

export interface CalendarDay {
  readonly day: string
  readonly isSchoolDay: boolean
  /** `school` an ordinary school day; `make_up` and `open` are school days too; `weekend` is a day without lessons by `weekdays`. */
  readonly kind: 'school' | 'make_up' | 'open' | 'weekend' | 'holiday' | 'closed' | 'no_term'
  /** Of the term, the holiday, or why it is open or closed; '' when nobody named it. */
  readonly name: string
  /** The named periods (节次) of a school day in order of time; empty on all other days. */
  readonly hours: readonly Hours[]
  /** What takes parts of the day out of the hours. */
  readonly excused: readonly Excuse[]
}

/** Minutes since midnight, `toMinute` exclusive. */
export interface Hours {
  readonly name: string
  readonly fromMinute: number
  readonly toMinute: number
}

export interface Calendars {
  of(school: { readonly id: string; readonly area: string }): SchoolCalendar
}

/** A calendar's YAML text and where it holds: an area id, a school id, or '' for the whole country. */
export interface CalendarText {
  readonly scope: string
  /** What errors call it; a scope may have several. */
  readonly name?: string
  readonly text: string
}

/**
 * A school inherits from its area and all above. Until calendars are given: Monday to Friday, 08:00 to 17:30. Without terms every day is in
 * one. Throws a SentenceError for a text that is no calendar.
 */
export const openCalendars = (texts: readonly CalendarText[], areas: readonly AreaNode[]): Calendars => {
  const layers = layersOf(texts)
  const parents = new Map(areas.map(area => [area.id, area.parent]))
  // A city's schools share a handful of calendars, and with them the days that were worked out.
  const made = new Map<string, SchoolCalendar>()
  return {
    of: school => {
      const line = lineOf(school, parents).filter(scope => layers.has(scope))
      const key = line.join('\n')
      const known = made.get(key)
      if (known !== undefined) return known
      const calendar = calendarOf(line.flatMap(scope => layers.get(scope) ?? []))
      made.set(key, calendar)
      return calendar
    }
  }
}

/** The layer of every scope that has calendars. */
export const layersOf = (texts: readonly CalendarText[]): Map<string, Layer> => {
  const placed = texts
    .map(one => {
      const place = one.name ?? `calendar of ${one.scope === '' ? 'the country' : one.scope}`
      const file = readCalendar(one.text, place)
      if (scopeOf(file) !== one.scope)
        throw new SentenceError(
          `${place} /scope must be the scope it is kept under, "${one.scope}", got "${file.scope}"`
        )
      return { scope: one.scope, place, file, text: one.text }
    })
    .sort((a, b) => compare(a.place, b.place) || compare(a.text, b.text))
  return new Map([...Map.groupBy(placed, one => one.scope)].map(([scope, files]) => [scope, layerOf(scope, files)]))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const defaultWeekdays: ReadonlySet<number> = new Set([1, 2, 3, 4, 5])
const defaultHours: readonly Lesson[] = [
  { name: '全天', fromMinute: 480, toMinute: 1050, weekdays: undefined, season: undefined }
]
const monday = 1
/** Days that are kept worked out: more than a year of them. */
const keptDays = 500

/** Layers from the nearest to the country. */
const calendarOf = (layers: readonly Layer[]): SchoolCalendar => {
  const terms = layers.find(layer => layer.terms !== undefined)?.terms
  const weekdays = layers.find(layer => layer.weekdays !== undefined)?.weekdays ?? defaultWeekdays
  const lessons = layers.find(layer => layer.hours !== undefined)?.hours ?? defaultHours

  const kindOf = (day: string): Pick<CalendarDay, 'kind' | 'name'> & { as?: number | undefined } => {
    const term = terms === undefined ? always : terms.find(one => one.from <= day && day <= one.to)
    if (term === undefined) return { kind: 'no_term', name: '' }
    const named = nearest(layers, day)
    if (named !== undefined) return named
    return weekdays.has(weekdayOf(day)) ? { kind: 'school', name: term.name } : { kind: 'weekend', name: '' }
  }
  const hoursOf = (day: string, as: number | undefined): Hours[] => {
    const own = weekdayOf(day)
    const weekday = as ?? (weekdays.has(own) ? own : monday)
    return lessons
      .filter(one => (one.weekdays?.has(weekday) ?? true) && inSeason(one, day))
      .map(({ name, fromMinute, toMinute }) => ({ name, fromMinute, toMinute }))
      .sort((a, b) => a.fromMinute - b.fromMinute || a.toMinute - b.toMinute)
  }
  const worked = new Map<string, Worked>()
  const workOut = (day: string): Worked => {
    const known = worked.get(day)
    if (known !== undefined) return known
    const { kind, name, as } = kindOf(day)
    const isSchoolDay = kind === 'school' || kind === 'make_up' || kind === 'open'
    const hours = isSchoolDay ? hoursOf(day, as) : []
    const excused = excusesOn(layers, day)
    const one = { day: { day, isSchoolDay, kind, name, hours, excused }, open: openSpans(day, hours, excused) }
    if (worked.size >= keptDays) worked.clear()
    worked.set(day, one)
    return one
  }
  // Asked for each reading of a fleet, mostly of one day: the day before is looked up by number, without making its text.
  let lastNumber = Number.NaN
  let lastOpen: readonly Span[] = []
  const periods = new Map<string, readonly string[]>()
  return {
    isSchoolDay: day => workOut(day).day.isSchoolDay,
    schoolDays: period => {
      const days = periods.get(period.name) ?? daysOf(period).filter(day => workOut(day).day.isSchoolDay)
      periods.set(period.name, days)
      return [...days]
    },
    isInHours: atMs => {
      const number = Math.floor((atMs + shanghaiOffsetMs) / dayMs)
      if (number !== lastNumber) {
        lastOpen = workOut(dayOf(atMs)).open
        lastNumber = number
      }
      return lastOpen.some(span => atMs >= span.fromMs && atMs < span.toMs)
    },
    day: day => workOut(day).day,
    notes: period => calendarNotes(layers, period)
  }
}

const always: Term = { name: '', from: '', to: '' }

interface Span {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
}
interface Worked {
  readonly day: CalendarDay
  /** The hours without what is excused. */
  readonly open: readonly Span[]
}

const nearest = (layers: readonly Layer[], day: string): NamedDay | undefined => {
  for (const layer of layers) {
    const named = layer.days.get(day)
    if (named !== undefined) return named
  }
  return undefined
}

const inSeason = ({ season }: Lesson, day: string): boolean => {
  if (season === undefined) return true
  const { first, last } = season
  const at = first.length === day.length ? day : day.slice(5)
  return first <= last ? first <= at && at <= last : first <= at || at <= last
}

const openSpans = (day: string, hours: readonly Hours[], excused: readonly Excuse[]): Span[] => {
  const midnight = dayStart(day)
  return excused.reduce<Span[]>(
    (spans, excuse) => spans.flatMap(span => without(span, excuse)),
    hours.map(one => ({ fromMs: midnight + one.fromMinute * 60_000, toMs: midnight + one.toMinute * 60_000 }))
  )
}

const without = (span: Span, hole: Span): Span[] =>
  [
    { fromMs: span.fromMs, toMs: Math.min(span.toMs, hole.fromMs) },
    { fromMs: Math.max(span.fromMs, hole.toMs), toMs: span.toMs }
  ].filter(part => part.fromMs < part.toMs)
