import { dayOf } from '../../../calendar/day.ts'
import type { SchoolCalendar } from '../../../calendar/school-calendar.ts'
import { leastSchoolDays } from '../../../verdicts/verdict.ts'
import type { PageContext } from '../context.ts'

/** What the calendar says of the school in the period. */
export interface SchoolTerm {
  readonly text: string
  /** Too few days: figures are carried over. */
  readonly vacation: string | undefined
  readonly notes: readonly string[]
}

export const schoolTerm = (context: PageContext, calendar: SchoolCalendar): SchoolTerm => {
  const { say, formats, period, nowMs, language } = context
  const days = calendar.schoolDays(period)
  const today = dayOf(nowMs)
  const soFar = days.filter(day => day <= today).length
  const running = today <= period.lastDay && today >= period.firstDay
  const next = days.find(day => day > today)
  return {
    text: [
      say('school_days', { n: formats.number(days.length) }),
      ...(running ? [say('school_days_so_far', { n: formats.number(soFar) })] : []),
      ...(running && next !== undefined ? [say('next_school_day', { day: formats.day(next) })] : [])
    ].join(say('comma')),
    vacation: days.length < leastSchoolDays ? say('school_vacation', { n: leastSchoolDays }) : undefined,
    notes: calendar.notes(period).map(note => note[language])
  }
}
