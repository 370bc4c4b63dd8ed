import type { DatabaseSync } from 'node:sqlite'
import { addDays, dayOf } from '../../calendar/day.ts'
import { rerollDays, type CalendarReads, type CalendarWrites } from '../calendar-store.ts'
import { soilRollups } from './rollups.ts'
import { rowsOf, transaction, type Sync } from './transaction.ts'

export const calendarWrites = (db: DatabaseSync): Sync<CalendarWrites> => {
  const put = db.prepare(
    `INSERT INTO calendar (scope, name, sha256, text, put_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (scope, name) DO UPDATE SET sha256 = excluded.sha256, text = excluded.text, put_ms = excluded.put_ms
     WHERE calendar.text <> excluded.text`
  )
  const drop = db.prepare('DELETE FROM calendar WHERE scope = ? AND name = ?')
  const soil = soilRollups(db)
  return {
    putCalendars: transaction(db)((rows, nowMs, days) => {
      let changed = 0
      for (const row of rows) {
        const done =
          row.text === '' ? drop.run(row.scope, row.name) : put.run(row.scope, row.name, row.sha256, row.text, nowMs)
        changed += Number(done.changes)
      }
      if (changed === 0) return
      soil(addDays(dayOf(nowMs), -rerollDays), days)
    })
  }
}

export const calendarReads = (db: DatabaseSync): Sync<CalendarReads> => {
  const all = db.prepare('SELECT scope, name, sha256, text FROM calendar ORDER BY scope, name')
  return { calendars: () => rowsOf(all.all()) }
}
