import type { DatabaseSync } from 'node:sqlite'
import type { DayRollup } from '../../verdicts/rollup.ts'
import type { Share, Verdict } from '../../verdicts/verdict.ts'
import type { StoreReads, StoreWrites } from '../store.ts'
import { rowsOf, transaction, type Sync } from './transaction.ts'

/** Revision of figures that still move. Frozen revisions count from 1. */
const current = 0

export const judgementWrites = (db: DatabaseSync): Pick<Sync<StoreWrites>, 'putRollups' | 'putVerdicts'> => {
  const one = transaction(db)
  const dropRollup = db.prepare('DELETE FROM rollup_day WHERE day = ? AND check_id = ?')
  const addRollup = db.prepare('INSERT INTO rollup_day (day, check_id, part, place, body) VALUES (?, ?, ?, ?, ?)')
  // A day that got another batch meanwhile stays dirty.
  const clean = db.prepare('DELETE FROM dirty WHERE day = ? AND check_id = ? AND arrival <= ?')
  const oldVerdicts = db.prepare(
    'SELECT school, target, verdict, since_ms FROM verdict WHERE period = ? AND revision = ?'
  )
  const dropVerdicts = db.prepare('DELETE FROM verdict WHERE period = ? AND revision = ?')
  const addVerdict = db.prepare(
    'INSERT INTO verdict (period, revision, school, target, verdict, since_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const dropShares = db.prepare('DELETE FROM share WHERE period = ? AND revision = ?')
  const addShare = db.prepare('INSERT INTO share (period, revision, area, target, body) VALUES (?, ?, ?, ?, ?)')
  return {
    putRollups: one((rows, done) => {
      for (const { day, checkId } of done) dropRollup.run(day, checkId)
      for (const row of rows) addRollup.run(row.day, row.checkId, row.part, row.place, JSON.stringify(row))
      for (const { day, checkId, arrival } of done) clean.run(day, checkId, arrival)
    }),
    putVerdicts: one((period, verdicts, shares) => {
      const before = new Map(
        rowsOf<{ school: string; target: string; verdict: string; since_ms: number }>(
          oldVerdicts.all(period, current)
        ).map(row => [`${row.school} ${row.target}`, row])
      )
      dropVerdicts.run(period, current)
      for (const v of verdicts) {
        const old = before.get(`${v.school} ${v.target}`)
        const since = old?.verdict === v.verdict ? old.since_ms : v.asOfMs
        addVerdict.run(period, current, v.school, v.target, v.verdict, since, JSON.stringify(v))
      }
      dropShares.run(period, current)
      for (const s of shares) addShare.run(period, current, s.area, s.target, JSON.stringify(s))
    })
  }
}

export const judgementReads = (
  db: DatabaseSync
): Pick<Sync<StoreReads>, 'rollups' | 'verdicts' | 'shares' | 'answered'> => {
  const answered = db.prepare('SELECT day, subject FROM answered WHERE day >= ? AND day <= ? ORDER BY day, subject')
  const rollups = db.prepare(
    'SELECT body FROM rollup_day WHERE day >= ? AND day <= ? ORDER BY day, check_id, part, place'
  )
  const verdicts = db.prepare(
    'SELECT body, since_ms FROM verdict WHERE period = ? AND revision = ? ORDER BY school, target'
  )
  const shares = db.prepare('SELECT body FROM share WHERE period = ? AND revision = ? ORDER BY area, target')
  return {
    rollups: (fromDay, toDay) =>
      rowsOf<{ body: string }>(rollups.all(fromDay, toDay)).map(row => JSON.parse(row.body) as DayRollup),
    answered: (fromDay, toDay) => rowsOf(answered.all(fromDay, toDay)),
    verdicts: (period, revision = current) =>
      rowsOf<{ body: string; since_ms: number }>(verdicts.all(period, revision)).map(row => ({
        ...(JSON.parse(row.body) as Verdict),
        sinceMs: row.since_ms
      })),
    shares: (period, revision = current) =>
      rowsOf<{ body: string }>(shares.all(period, revision)).map(row => JSON.parse(row.body) as Share)
  }
}
