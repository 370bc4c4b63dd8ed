import type { DatabaseSync } from 'node:sqlite'
import type { Outcome } from '../../../contract/reading.ts'
import { addDays, dayStart } from '../../calendar/day.ts'
import type { ReadingRow, RejectedRow, StoreReads } from '../store.ts'
import { rowOf, rowsOf, type Sync } from './transaction.ts'

type EvidenceReads = 'readings' | 'latest' | 'readingsOfDay' | 'dirtyDays' | 'gaps' | 'rejected' | 'counts'

/** Reads over the raw evidence. Ids of checks come as a JSON list, so one prepared statement serves any number of them. */
export const evidenceReads = (db: DatabaseSync): Pick<Sync<StoreReads>, EvidenceReads> => {
  const columns = 'at_ms, check_id, n, part, outcome, reason, took_ms, fields, labels'
  const among = 'check_id IN (SELECT value FROM json_each(?))'
  const newest = db.prepare(
    `SELECT ${columns} FROM reading WHERE at_ms >= ? AND at_ms < ? AND ${among} ORDER BY at_ms DESC, check_id DESC, n DESC LIMIT ?`
  )
  const newestAfter = db.prepare(
    `SELECT ${columns} FROM reading WHERE at_ms >= ? AND (at_ms, check_id, n) < (?, ?, ?) AND ${among} ORDER BY at_ms DESC, check_id DESC, n DESC LIMIT ?`
  )
  // SQLite takes the other columns from the row that has the maximum (documented behaviour of bare columns with max()).
  const latest = db.prepare(
    `SELECT max(at_ms) AS at_ms, check_id, n, part, outcome, reason, took_ms, fields, labels FROM reading WHERE at_ms >= ? AND ${among} GROUP BY check_id, part`
  )
  const ofDay = db.prepare(
    `SELECT at_ms, check_id, part, outcome, reason, live, fields, labels FROM reading WHERE at_ms >= ? AND at_ms < ? AND ${among} ORDER BY at_ms, check_id, n`
  )
  const dirty = db.prepare('SELECT day, check_id AS checkId, arrival FROM dirty ORDER BY day, check_id')
  const gaps = db.prepare(
    'SELECT agent, from_ms, to_ms, n, reason FROM gap WHERE ?1 IS NULL OR agent = ?1 ORDER BY arrival DESC, i LIMIT ?2'
  )
  const rejected = db.prepare(
    `SELECT s.agent, b.received_ms AS receivedMs, r.i, r.reason, r.pointer, r.body FROM rejected r
     JOIN batch b ON b.arrival = r.arrival JOIN stream s ON s.id = b.stream ORDER BY r.arrival DESC, r.i LIMIT ?`
  )
  const countOf = db.prepare('SELECT value FROM count WHERE name = ?')
  const dirtyCount = db.prepare('SELECT count(*) AS value FROM dirty')
  const count = (name: string): number => rowOf<{ value: number }>(countOf.get(name))?.value ?? 0

  return {
    readings: query => {
      const ids = JSON.stringify(query.checkIds)
      const rows = rowsOf<ReadingColumns>(
        query.after === undefined
          ? newest.all(query.fromMs, query.toMs, ids, query.limit + 1)
          : newestAfter.all(query.fromMs, query.after.atMs, query.after.checkId, query.after.n, ids, query.limit + 1)
      )
      const items = rows.slice(0, query.limit).map(readingOf)
      const last = rows.length > query.limit ? items.at(-1) : undefined
      return { items, next: last === undefined ? undefined : { atMs: last.atMs, checkId: last.checkId, n: last.n } }
    },
    latest: (checkIds, fromMs) => rowsOf<ReadingColumns>(latest.all(fromMs, JSON.stringify(checkIds))).map(readingOf),
    readingsOfDay: (day, checkIds) =>
      rowsOf<ReadingColumns & { live: number }>(
        ofDay.all(dayStart(day), dayStart(addDays(day, 1)), JSON.stringify(checkIds))
      ).map(row => ({
        atMs: row.at_ms,
        checkId: row.check_id,
        part: row.part,
        outcome: row.outcome,
        reason: row.reason ?? undefined,
        live: row.live === 1,
        fields: JSON.parse(row.fields) as Record<string, number>,
        labels: labelsOf(row.labels)
      })),
    dirtyDays: () => rowsOf(dirty.all()),
    gaps: (agent, limit) =>
      rowsOf<{ agent: string; from_ms: number; to_ms: number; n: number; reason: string }>(
        gaps.all(agent ?? null, limit)
      ).map(g => ({
        agent: g.agent,
        from: g.from_ms,
        to: g.to_ms,
        n: g.n,
        reason: g.reason
      })),
    rejected: limit => rowsOf<RejectedRow>(rejected.all(limit)),
    counts: () => ({
      batches: count('batches'),
      readings: count('readings'),
      rejected: count('rejected'),
      gaps: count('gaps'),
      lostReadings: count('lost_readings'),
      lateClosed: count('late_closed'),
      dirty: rowOf<{ value: number }>(dirtyCount.get())?.value ?? 0
    })
  }
}

interface ReadingColumns {
  at_ms: number
  check_id: number
  n: number
  part: string
  outcome: Outcome
  reason: string | null
  took_ms: number
  fields: string
  labels: string | null
}

const labelsOf = (text: string | null): Record<string, string> =>
  text === null ? {} : (JSON.parse(text) as Record<string, string>)

const readingOf = (row: ReadingColumns): ReadingRow => ({
  atMs: row.at_ms,
  checkId: row.check_id,
  n: row.n,
  part: row.part,
  outcome: row.outcome,
  reason: row.reason ?? undefined,
  tookMs: row.took_ms,
  fields: JSON.parse(row.fields) as Record<string, number>,
  labels: labelsOf(row.labels)
})
