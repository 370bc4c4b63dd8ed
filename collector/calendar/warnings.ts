import type { CalendarFile } from './calendar-file.ts'
import { weekdayOf } from './day.ts'
import { isDay } from './written-time.ts'

const weekdayNames = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** What is probably a slip in a calendar that can be used nevertheless: one sentence each. */
export const calendarWarnings = (file: CalendarFile, place: string): string[] =>
  (file.make_up ?? []).flatMap(({ day }, i) => {
    const weekday = isDay(day) ? weekdayOf(day) : 7
    return weekday >= 6
      ? []
      : [
          `${place} /make_up/${i}/day should be a Saturday or a Sunday, got "${day}", a ${weekdayNames[weekday] ?? ''}: it is a school day already`
        ]
  })

/** Calendars that hold nowhere: a sentence each. `known` are the ids of all areas and schools. */
export const strayScopes = (
  calendars: readonly { readonly scope: string; readonly name: string }[],
  known: ReadonlySet<string>
): string[] =>
  calendars
    .filter(one => one.scope !== '' && !known.has(one.scope))
    .map(
      one => `${one.name} /scope must be "nation", or the id of an area or a school of the ledger, got "${one.scope}"`
    )
