import type { CalendarDay, Calendars } from './school-calendar.ts'

/** Of some days, those whose hours are not the same for every school before and after. */
export const changedDays = (
  before: Calendars,
  after: Calendars,
  schools: readonly { readonly id: string; readonly area: string }[],
  days: readonly string[]
): string[] => {
  // Most schools share their calendars: each pair is compared once.
  const pairs = new Map<unknown, Set<unknown>>()
  const changed = new Set<string>()
  for (const school of schools) {
    const [old, next] = [before.of(school), after.of(school)]
    const seen = pairs.get(old) ?? new Set()
    pairs.set(old, seen)
    if (seen.has(next)) continue
    seen.add(next)
    for (const day of days)
      if (!changed.has(day) && hoursText(old.day(day)) !== hoursText(next.day(day))) changed.add(day)
  }
  return days.filter(day => changed.has(day))
}

const hoursText = (day: CalendarDay): string =>
  JSON.stringify([
    day.hours.map(one => [one.fromMinute, one.toMinute]),
    day.hours.length === 0 ? [] : day.excused.map(one => [one.fromMs, one.toMs])
  ])
