/** Calendars, behind the store's interface. */
export interface CalendarWrites {
  /** Replaces the calendars of the named scopes; an empty text takes one away. Days whose in-hours may differ become dirty. */
  putCalendars(rows: readonly CalendarRow[], nowMs: number): Promise<void>
}
export interface CalendarReads {
  calendars(): Promise<readonly CalendarRow[]>
}

export interface CalendarRow {
  /** Id of an area or a school; '' is the whole country. */
  readonly scope: string
  readonly sha256: string
  /** YAML as it was given: it is evidence. */
  readonly text: string
}
