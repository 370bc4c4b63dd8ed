import { dayMs } from '../calendar/day.ts'
import { closesAfterMs } from './retention.ts'

/** Calendars, behind the store's interface. */
export interface CalendarWrites {
  /**
   * Puts the named calendars; an empty text takes one away, the others stay. Where anything changed, the rollups of `days` (YYYY-MM-DD; by
   * default all that are not closed) become dirty, so that what lies in the school's hours is counted anew. Not to be called while days are
   * being rolled up by the calendars of before: those would be clean again.
   */
  putCalendars(rows: readonly CalendarRow[], nowMs: number, days?: readonly string[]): Promise<void>
}
export interface CalendarReads {
  /** In order of scope and name. */
  calendars(): Promise<readonly CalendarRow[]>
}

export interface CalendarRow {
  /** Id of an area or a school; '' is the whole country. */
  readonly scope: string
  /** Name of the file it came from: a scope may have several. */
  readonly name: string
  readonly sha256: string
  /** YAML as it was given: it is evidence. */
  readonly text: string
}

/** Later than this a day is closed: its rollups stay as they are. */
export const rerollDays = closesAfterMs / dayMs
