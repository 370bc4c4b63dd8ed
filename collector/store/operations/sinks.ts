import type { DatabaseSync } from 'node:sqlite'
import type { Gap } from '../../../contract/batch.ts'
import type {
  ChangeKind,
  DeadLetter,
  LoggedBatch,
  LoggedReading,
  LogPlace,
  PlaceRow,
  SinkReads,
  SinkRow,
  SinkWrites
} from '../sink-store.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

/** Says that something changed: followers find it after their place. Call it inside the transaction of the change. */
export const noteChange = (db: DatabaseSync): ((kind: ChangeKind, key: string) => void) => {
  const next = db.prepare("UPDATE count SET value = value + 1 WHERE name = 'changes' RETURNING value")
  const put = db.prepare(
    'INSERT INTO change (kind, key, seq) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET seq = excluded.seq'
  )
  return (kind, key) => {
    const row = rowOf<{ value: number }>(next.get())
    if (row === undefined) throw new Error('the store has no counter of changes')
    put.run(kind, key, row.value)
  }
}

export const sinkWrites = (db: DatabaseSync): Sync<SinkWrites> => {
  const one = transaction(db)
  const putRow = db.prepare(
    'INSERT INTO sink (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body'
  )
  const addLetter = db.prepare(
    'INSERT INTO dead_letter (sink, at_ms, database, arrival, line, reason, answer) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const putPlace = db.prepare(
    'INSERT INTO sink_place (sink, subject, from_ms, tags) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET tags = excluded.tags'
  )
  const some = 'sink = ? AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))'
  const due = db.prepare(`UPDATE dead_letter SET due_ms = ?3 WHERE ${some}`)
  const drop = db.prepare(`DELETE FROM dead_letter WHERE ${some}`)
  const remove = db.prepare('DELETE FROM dead_letter WHERE id = ?')
  const refuse = db.prepare('UPDATE dead_letter SET due_ms = NULL, tries = tries + 1, answer = ? WHERE id = ?')
  const listOf = (ids: readonly number[] | undefined): string | null => (ids === undefined ? null : JSON.stringify(ids))
  return {
    putSink: one((row, letters = []) => {
      putRow.run(row.name, JSON.stringify(row))
      for (const letter of letters)
        addLetter.run(
          letter.sink,
          letter.atMs,
          letter.database,
          letter.arrival,
          letter.line,
          letter.reason,
          letter.answer
        )
    }),
    putPlaces: one(places => {
      for (const place of places) putPlace.run(place.sink, place.subject, place.fromMs, place.tags)
    }),
    replayDeadLetters: one((sink, ids, nowMs) => Number(due.run(sink, listOf(ids), nowMs).changes)),
    settleDeadLetters: one((delivered, refused) => {
      for (const id of delivered) remove.run(id)
      for (const { id, answer } of refused) refuse.run(answer, id)
    }),
    dropDeadLetters: one((sink, ids) => Number(drop.run(sink, listOf(ids)).changes))
  }
}

export const sinkReads = (db: DatabaseSync): Sync<SinkReads> => {
  const head = db.prepare('SELECT arrival, received_ms AS receivedMs FROM batch ORDER BY arrival DESC LIMIT 1')
  const batches = db.prepare(
    `SELECT b.arrival, s.agent, b.received_ms AS receivedMs, b.skew_ms AS skewMs,
       (SELECT count(*) FROM rejected r WHERE r.arrival = b.arrival) AS rejectedN
     FROM batch b JOIN stream s ON s.id = b.stream WHERE b.arrival > ? AND b.arrival <= ? ORDER BY b.arrival LIMIT ?`
  )
  const sizes = db.prepare(
    'SELECT arrival, count(*) AS n FROM reading WHERE arrival > ? AND arrival <= ? GROUP BY arrival ORDER BY arrival'
  )
  const readings = db.prepare(
    `SELECT arrival, at_ms AS atMs, check_id AS checkId, n, part, outcome, reason, took_ms AS tookMs, live, fields, labels,
       CASE WHEN n = 0 THEN 0 ELSE (SELECT count(*) FROM reading t
         WHERE t.at_ms = r.at_ms AND t.check_id = r.check_id AND t.n < r.n AND t.part = r.part) END AS twin
     FROM reading r INDEXED BY reading_arrival WHERE arrival > ? AND arrival <= ? ORDER BY arrival, at_ms, check_id, n`
  )
  const gaps = db.prepare(
    'SELECT arrival, from_ms AS "from", to_ms AS "to", n, reason FROM gap WHERE arrival > ? AND arrival <= ? ORDER BY arrival, i'
  )
  const received = db.prepare('SELECT received_ms AS receivedMs FROM batch WHERE arrival > ? ORDER BY arrival LIMIT 1')
  const changes = db.prepare('SELECT key, seq FROM change WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?')
  const sinks = db.prepare('SELECT body FROM sink ORDER BY name')
  const places = db.prepare(
    'SELECT sink, subject, from_ms AS fromMs, tags FROM sink_place WHERE sink = ? ORDER BY subject, from_ms'
  )
  const letterColumns = 'id, sink, at_ms AS atMs, database, arrival, line, reason, answer, due_ms AS dueMs, tries'
  const letters = db.prepare(`SELECT ${letterColumns} FROM dead_letter WHERE sink = ? AND id > ? ORDER BY id LIMIT ?`)
  const dueLetters = db.prepare(
    `SELECT ${letterColumns} FROM dead_letter WHERE sink = ? AND id > ? AND due_ms IS NOT NULL ORDER BY id LIMIT ?`
  )
  const counts = db.prepare('SELECT count(*) AS total, count(due_ms) AS due FROM dead_letter WHERE sink = ?')

  /** The last of the batches after a place that together hold about so many readings. */
  const lastWithin = (after: number, last: number, limit: number): number => {
    let [sum, upTo] = [0, after]
    for (const row of sizes.iterate(after, last)) {
      const { arrival, n } = rowOf<{ arrival: number; n: number }>(row) ?? none
      if (sum > 0 && sum + n > limit) return upTo
      sum += n
      upTo = arrival
    }
    return last
  }

  return {
    logHead: () => rowOf<LogPlace>(head.get()) ?? { arrival: 0, receivedMs: 0 },
    batchLog: (after, upTo, limit) => {
      const found = rowsOf<Omit<LoggedBatch, 'gaps' | 'readings'>>(batches.all(after, upTo, mostBatches))
      const end = found.at(-1)?.arrival
      if (end === undefined) return []
      const last = lastWithin(after, end, limit)
      const ofBatch = Map.groupBy(
        rowsOf<ReadingLine>(readings.all(after, last)).map(readingOf),
        ({ arrival }) => arrival
      )
      const gapsOf = Map.groupBy(rowsOf<Gap & { arrival: number }>(gaps.all(after, last)), gap => gap.arrival)
      return found
        .filter(({ arrival }) => arrival <= last)
        .map(batch => ({
          ...batch,
          gaps: (gapsOf.get(batch.arrival) ?? []).map(({ from, to, n, reason }) => ({ from, to, n, reason })),
          readings: (ofBatch.get(batch.arrival) ?? []).map(({ reading }) => reading)
        }))
    },
    receivedAfter: arrival => rowOf<{ receivedMs: number }>(received.get(arrival))?.receivedMs,
    changes: (kind, after, limit) => rowsOf(changes.all(kind, after, limit)),
    sinks: () => rowsOf<{ body: string }>(sinks.all()).map(row => JSON.parse(row.body) as SinkRow),
    places: sink => rowsOf<PlaceRow>(places.all(sink)),
    deadLetters: (sink, after, limit, due = false) =>
      rowsOf<Omit<DeadLetter, 'dueMs'> & { dueMs: number | null }>(
        (due ? dueLetters : letters).all(sink, after, limit)
      ).map(row => ({ ...row, dueMs: row.dueMs ?? undefined })),
    deadLetterCounts: sink => rowOf<{ total: number; due: number }>(counts.get(sink)) ?? { total: 0, due: 0 }
  }
}

/** Batches without readings are cheap, but not free. */
const mostBatches = 500
const none = { arrival: 0, n: 0 }

interface ReadingLine extends Omit<LoggedReading, 'reason' | 'live' | 'fields' | 'labels'> {
  readonly arrival: number
  readonly reason: string | null
  readonly live: number
  readonly fields: string
  readonly labels: string | null
}
const readingOf = (line: ReadingLine): { arrival: number; reading: LoggedReading } => ({
  arrival: line.arrival,
  reading: {
    atMs: line.atMs,
    checkId: line.checkId,
    n: line.n,
    twin: line.twin,
    part: line.part,
    outcome: line.outcome,
    reason: line.reason ?? undefined,
    tookMs: line.tookMs,
    live: line.live === 1,
    fields: JSON.parse(line.fields) as Record<string, number>,
    labels: line.labels === null ? {} : (JSON.parse(line.labels) as Record<string, string>)
  }
})
