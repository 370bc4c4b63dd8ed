import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SentenceError } from '../../contract/parse.ts'
import { readCalendar, scopeOf } from '../calendar/calendar-file.ts'
import { changedDays } from '../calendar/changed-days.ts'
import { addDays, dayOf } from '../calendar/day.ts'
import { layersOf, openCalendars } from '../calendar/school-calendar.ts'
import { calendarWarnings, strayScopes } from '../calendar/warnings.ts'
import { rerollDays, type CalendarRow } from '../store/calendar-store.ts'
import type { StoreReads, StoreWrites } from '../store/store.ts'

/** The calendars of a directory, checked together, and what is probably a slip in them. */
export interface LoadedCalendars {
  readonly rows: readonly CalendarRow[]
  readonly warnings: readonly string[]
}

/** Every `.yaml` of a directory. The text is kept as it is: it is evidence. Throws a SentenceError. */
export const loadCalendars = (directory: string): LoadedCalendars => {
  const loaded = namesIn(directory).map(name => {
    const place = join(directory, name)
    const text = readFileSync(place, 'utf8')
    const file = readCalendar(text, place)
    const row = { scope: scopeOf(file), name, sha256: createHash('sha256').update(text).digest('hex'), text }
    return { row, place, warnings: calendarWarnings(file, place) }
  })
  layersOf(loaded.map(({ row, place }) => ({ scope: row.scope, name: place, text: row.text })))
  return { rows: loaded.map(one => one.row), warnings: loaded.flatMap(one => one.warnings) }
}

const namesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory)
      .filter(name => name.endsWith('.yaml'))
      .sort()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not readable'
    throw new SentenceError(`calendars must be a readable directory: ${why}`, '', { cause })
  }
}

/**
 * Makes the store's calendars those of the directory, and days dirty whose hours differ for any school; without a change nothing is written.
 * Resolves with what a person should look at: a calendar of an area that the ledger does not know (yet) is kept and holds nowhere.
 */
export const storeCalendars = async (
  store: Pick<StoreReads, 'areas' | 'schools' | 'calendars'> & Pick<StoreWrites, 'putCalendars'>,
  { rows, warnings }: LoadedCalendars,
  nowMs: number
): Promise<readonly string[]> => {
  const [areas, schools, stored] = await Promise.all([store.areas(), store.schools(), store.calendars()])
  const wanted = new Map(rows.map(row => [`${row.scope} ${row.name}`, row]))
  const known = new Map(stored.map(row => [`${row.scope} ${row.name}`, row]))
  const changes = [
    ...rows.filter(row => known.get(`${row.scope} ${row.name}`)?.sha256 !== row.sha256),
    ...stored.filter(row => !wanted.has(`${row.scope} ${row.name}`)).map(row => ({ ...row, text: '' }))
  ]
  if (changes.length > 0) {
    const today = dayOf(nowMs)
    const days = Array.from({ length: rerollDays }, (_, i) => addDays(today, -i)).reverse()
    const [before, after] = [openCalendars(stored, areas), openCalendars(rows, areas)]
    await store.putCalendars(changes, nowMs, changedDays(before, after, schools, days))
  }
  const ids = new Set([...areas.map(area => area.id), ...schools.map(school => school.id)])
  return [...warnings, ...strayScopes(rows, ids)]
}
