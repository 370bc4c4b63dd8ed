/** Migration 5: calendars as they were written. `scope` is an area id, a school id, or '' for the whole country. */
export const calendarSchema = `
  CREATE TABLE calendar (scope TEXT PRIMARY KEY, sha256 TEXT NOT NULL, text TEXT NOT NULL, put_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`
