import { weekdayOf, dayOf, shanghaiOffsetMs, dayMs } from './day.ts'
import { daysOf, type Period } from './period.ts'

/** When a school is expected to be open. Pure data behind pure functions. */
export interface SchoolCalendar {
  /** In a term, and a working weekday that is no holiday, or a make-up day (调休). */
  isSchoolDay(day: string): boolean
  /** Expected school days of a period, in order. */
  schoolDays(period: Period): string[]
  /** Within the school's hours of a school day, and not excused (maintenance, exams with machines off). */
  isInHours(atMs: number): boolean
}

export interface Calendars {
  of(school: { readonly id: string; readonly area: string }): SchoolCalendar
}

/** A calendar's YAML text and where it holds: an area id, a school id, or '' for the whole country. */
export interface CalendarText {
  readonly scope: string
  readonly text: string
}

/** A school inherits from its area and all above. Until calendars are given: Monday to Friday, 08:00 to 17:30. */
export const openCalendars = (
  _texts: readonly CalendarText[],
  _areas: readonly { readonly id: string; readonly parent: string | undefined }[]
): Calendars => {
  const isSchoolDay = (day: string): boolean => weekdayOf(day) <= 5
  const calendar: SchoolCalendar = {
    isSchoolDay,
    schoolDays: period => daysOf(period).filter(isSchoolDay),
    isInHours: atMs => {
      const minute = Math.floor(((atMs + shanghaiOffsetMs) % dayMs) / 60_000)
      return isSchoolDay(dayOf(atMs)) && minute >= 480 && minute < 1050
    }
  }
  return { of: () => calendar }
}
