import type { DatabaseSync } from 'node:sqlite'
import type { CalendarReads, CalendarWrites } from '../calendar-store.ts'
import { rowsOf, transaction, type Sync } from './transaction.ts'

export const calendarWrites = (db: DatabaseSync): Sync<CalendarWrites> => {
  const put = db.prepare(
    `INSERT INTO calendar (scope, sha256, text, put_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (scope) DO UPDATE SET sha256 = excluded.sha256, text = excluded.text, put_ms = excluded.put_ms`
  )
  const drop = db.prepare('DELETE FROM calendar WHERE scope = ?')
  return {
    putCalendars: transaction(db)((rows, nowMs) => {
      for (const row of rows)
        if (row.text === '') drop.run(row.scope)
        else put.run(row.scope, row.sha256, row.text, nowMs)
    })
  }
}

export const calendarReads = (db: DatabaseSync): Sync<CalendarReads> => {
  const all = db.prepare('SELECT scope, sha256, text FROM calendar ORDER BY scope')
  return { calendars: () => rowsOf(all.all()) }
}
