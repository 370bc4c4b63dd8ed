import { dayMs, dayOf, dayStart } from '../../../calendar/day.ts'
import { openCalendars, type SchoolCalendar } from '../../../calendar/school-calendar.ts'
import type { Store } from '../../../store/store.ts'

/** When schools have lessons. */
export interface Hours {
  isInHours(school: string, atMs: number): boolean
  /** How much of a span lies in a school's hours, ms; 0 for a school that nobody knows. Spans over many days cost a look at each day. */
  within(school: string, fromMs: number, toMs: number): number
}

const minutes = 1_440
const minuteMs = 60_000

export const readHours = async (store: Pick<Store, 'areas' | 'schools' | 'calendars'>): Promise<Hours> => {
  const [areas, schools, texts] = await Promise.all([store.areas(), store.schools(), store.calendars()])
  const calendars = openCalendars(texts, areas)
  const calendarOf = new Map(schools.map(school => [school.id, calendars.of(school)]))
  /** Minutes in hours before each minute of a day; a city's schools share a handful of calendars. */
  const days = new Map<SchoolCalendar, Map<string, Uint16Array>>()
  const sumsOf = (calendar: SchoolCalendar, day: string): Uint16Array => {
    const own = days.get(calendar) ?? new Map<string, Uint16Array>()
    days.set(calendar, own)
    const known = own.get(day)
    if (known !== undefined) return known
    if (own.size > 100) own.clear()
    const sums = new Uint16Array(minutes + 1)
    const midnight = dayStart(day)
    for (let i = 0; i < minutes; i += 1)
      sums[i + 1] = (sums[i] ?? 0) + Number(calendar.isInHours(midnight + i * minuteMs))
    own.set(day, sums)
    return sums
  }
  /** Of a day, up to an instant of it: calendars are written in minutes. */
  const upTo = (sums: Uint16Array, sinceMidnightMs: number): number => {
    const minute = Math.floor(sinceMidnightMs / minuteMs)
    const whole = sums[minute] ?? 0
    return whole * minuteMs + ((sums[minute + 1] ?? whole) - whole) * (sinceMidnightMs % minuteMs)
  }
  return {
    isInHours: (school, atMs) => calendarOf.get(school)?.isInHours(atMs) ?? false,
    within: (school, fromMs, toMs) => {
      const calendar = calendarOf.get(school)
      if (calendar === undefined) return 0
      let sum = 0
      for (let at = fromMs; at < toMs;) {
        const day = dayOf(at)
        const midnight = dayStart(day)
        const end = Math.min(toMs, midnight + dayMs)
        const sums = sumsOf(calendar, day)
        sum += upTo(sums, end - midnight) - upTo(sums, at - midnight)
        at = end
      }
      return sum
    }
  }
}
