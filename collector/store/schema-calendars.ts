/** Migration 5: calendars as they were written. `scope` is an area id, a school id, or '' for the whole country; `name` that of the file. */
export const calendarSchema = `
  CREATE TABLE calendar (scope TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT NOT NULL, put_ms INTEGER NOT NULL,
    PRIMARY KEY (scope, name)) STRICT, WITHOUT ROWID;
`
