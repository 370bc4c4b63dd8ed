import { shown } from '../../contract/fault.ts'
import { SentenceError } from '../../contract/parse.ts'
import { addDays } from './day.ts'
import type { CalendarFile, LessonEntry } from './calendar-file.ts'
import { instantOf, isDay, isYearDay, minuteOf } from './written-time.ts'

/** Nobody's holiday is longer; a slip in the year must not become thousands of days. */
const longestHolidayDays = 200

/** Each entry of a file, by itself: days that exist, ends after beginnings. Throws a SentenceError. */
export const checkEntries = (file: CalendarFile, place: string): void => {
  const refuse = (pointer: string, expectation: string, got: unknown): never => {
    throw new SentenceError(`${place} ${pointer} ${expectation}, got ${shown(got)}`, pointer)
  }
  const day = (pointer: string, text: string): void => {
    if (!isDay(text)) refuse(pointer, 'must be a day that exists, such as 2026-03-02', text)
  }
  const span = (pointer: string, one: { readonly from: string; readonly to: string }): void => {
    day(`${pointer}/from`, one.from)
    day(`${pointer}/to`, one.to)
    if (one.to < one.from) refuse(`${pointer}/to`, `must be on or after from ${one.from}`, one.to)
  }
  const lesson = (pointer: string, one: LessonEntry): void => {
    const [from, to] = [minuteOf(one.from), minuteOf(one.to)]
    if (from === undefined) return refuse(`${pointer}/from`, "must be a time such as '08:00'", one.from)
    if (to === undefined) return refuse(`${pointer}/to`, "must be a time such as '17:30'", one.to)
    if (to <= from) refuse(`${pointer}/to`, `must be after from ${one.from}: hours do not cross midnight`, one.to)
    const { from_day: first, to_day: last } = one
    if (first === undefined && last === undefined) return
    if (first === undefined) return refuse(`${pointer}/from_day`, 'must be given where to_day is', first)
    if (last === undefined) return refuse(`${pointer}/to_day`, 'must be given where from_day is', last)
    const yearly = isYearDay(first)
    if (!yearly && !isDay(first)) refuse(`${pointer}/from_day`, 'must be a day such as 05-01 or 2026-05-01', first)
    if (yearly ? !isYearDay(last) : !isDay(last))
      refuse(`${pointer}/to_day`, `must be a day written like from_day ${first}`, last)
    if (!yearly && last < first) refuse(`${pointer}/to_day`, `must be on or after from_day ${first}`, last)
  }

  if (file.status !== undefined && file.year === undefined)
    refuse('/year', 'must be given where status is: it says which year is final', file.year)
  for (const [i, one] of (file.terms ?? []).entries()) span(`/terms/${i}`, one)
  for (const [i, one] of (file.holidays ?? []).entries()) {
    span(`/holidays/${i}`, one)
    if (one.to > addDays(one.from, longestHolidayDays))
      refuse(`/holidays/${i}/to`, `must be at most ${longestHolidayDays} days after from ${one.from}`, one.to)
  }
  for (const key of ['make_up', 'open', 'closed'] as const)
    for (const [i, one] of (file[key] ?? []).entries()) day(`/${key}/${i}/day`, one.day)
  for (const [i, one] of (file.hours ?? []).entries()) lesson(`/hours/${i}`, one)
  for (const [i, one] of (file.excused ?? []).entries()) {
    const [from, to] = [instantOf(one.from, 'first'), instantOf(one.to, 'last')]
    const expected = 'must be a day, or a time such as 2026-06-07T08:00:00+08:00'
    if (from === undefined) return refuse(`/excused/${i}/from`, expected, one.from)
    if (to === undefined) return refuse(`/excused/${i}/to`, expected, one.to)
    if (to <= from) refuse(`/excused/${i}/to`, `must be after from ${one.from}`, one.to)
  }
}
