import type { DatabaseSync } from 'node:sqlite'
import type { Gap } from '../../../contract/batch.ts'
import type { Outcome } from '../../../contract/reading.ts'
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
  const some = 'sink = ? AND (? OR id IN (SELECT value FROM json_each(?)))'
  const due = db.prepare(`UPDATE dead_letter SET due_ms = ? WHERE ${some}`)
  const drop = db.prepare(`DELETE FROM dead_letter WHERE ${some}`)
  const remove = db.prepare('DELETE FROM dead_letter WHERE id = ?')
  const refuse = db.prepare('UPDATE dead_letter SET due_ms = NULL, tries = tries + 1, answer = ? WHERE id = ?')
  const wish = db.prepare('UPDATE sink SET rewind_to = ? WHERE name = ?')
  const wished = db.prepare('SELECT body, rewind_to AS after FROM sink WHERE name = ? AND rewind_to IS NOT NULL')
  const someOf = (ids: readonly number[] | undefined): [number, string] => [
    ids === undefined ? 1 : 0,
    JSON.stringify(ids ?? [])
  ]
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
    replayDeadLetters: one((sink, ids, nowMs) => Number(due.run(nowMs, sink, ...someOf(ids)).changes)),
    settleDeadLetters: one((delivered, refused) => {
      for (const id of delivered) remove.run(id)
      for (const { id, answer } of refused) refuse.run(answer, id)
    }),
    dropDeadLetters: one((sink, ids) => Number(drop.run(sink, ...someOf(ids)).changes)),
    rewindSink: one((sink, afterArrival) => wish.run(afterArrival, sink).changes > 0),
    takeRewind: one(sink => {
      const found = rowOf<{ body: string; after: number }>(wished.get(sink))
      if (found === undefined) return undefined
      const row = rewound(sinkOf(found.body), found.after)
      putRow.run(row.name, JSON.stringify(row))
      wish.run(null, sink)
      return row
    })
  }
}

/** A history that ended is not in the text. */
const sinkOf = (body: string): SinkRow => {
  const row = JSON.parse(body) as Omit<SinkRow, 'history'> & Partial<SinkRow>
  return { ...row, history: row.history }
}

/** What comes meanwhile goes on at once: everything before it is history again. */
const rewound = (row: SinkRow, afterArrival: number): SinkRow => {
  const after = Math.min(afterArrival, row.history?.after ?? row.arrival, row.arrival)
  return { ...row, history: after < row.arrival ? { after, upTo: row.arrival } : undefined, rollupSeq: 0, periodSeq: 0 }
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
       CASE WHEN n = 0 THEN 0 WHEN n >= ${manyTwins} THEN n ELSE (SELECT count(*) FROM reading t
         WHERE t.at_ms = r.at_ms AND t.check_id = r.check_id AND t.n < r.n AND t.part = r.part) END AS twin
     FROM reading r INDEXED BY reading_arrival WHERE arrival > ? AND arrival <= ? ORDER BY arrival, at_ms, check_id, n`
  )
  readings.setReturnArrays(true)
  const labelsOf = openLabels()
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
  const lettersOf = db.prepare(`SELECT ${letterColumns} FROM dead_letter WHERE sink = ? AND arrival = ? ORDER BY id`)
  const total = db.prepare('SELECT count(*) AS n FROM dead_letter WHERE sink = ?')
  const due = db.prepare('SELECT count(*) AS n FROM dead_letter WHERE sink = ? AND due_ms IS NOT NULL')
  const wished = db.prepare('SELECT 1 FROM sink WHERE name = ? AND rewind_to IS NOT NULL')

  /** The last of the batches after a place that together hold about so many readings. */
  const lastWithin = (after: number, last: number, limit: number): number => {
    let [sum, upTo] = [0, after]
    for (const row of sizes.iterate(after, last)) {
      const { arrival, n } = rowOf<{ arrival: number; n: number }>(row) ?? none
      // A batch is something to tell of, too.
      if (sum > 0 && sum + n + 1 > limit) return upTo
      sum += n + 1
      upTo = arrival
    }
    return last
  }

  const readingsIn = (after: number, last: number): Map<number, LoggedReading[]> => {
    const found = new Map<number, LoggedReading[]>()
    for (const row of rowsOf<ReadingLine>(readings.all(after, last))) {
      const [arrival, atMs, checkId, n, part, outcome, reason, tookMs, live, fields, labels, twin] = row
      const own = found.get(arrival) ?? []
      if (own.length === 0) found.set(arrival, own)
      own.push({
        atMs,
        checkId,
        n,
        twin,
        part,
        outcome,
        reason: reason ?? undefined,
        tookMs,
        live: live === 1,
        fields: JSON.parse(fields) as Record<string, number>,
        labels: labels === null ? noLabels : labelsOf(labels)
      })
    }
    return found
  }

  return {
    logHead: () => rowOf<LogPlace>(head.get()) ?? { arrival: 0, receivedMs: 0 },
    batchLog: (after, upTo, limit) => {
      const within = lastWithin(after, upTo, limit)
      const found = rowsOf<Omit<LoggedBatch, 'gaps' | 'readings'>>(batches.all(after, within, mostBatches))
      const last = found.at(-1)?.arrival
      if (last === undefined) return []
      const ofBatch = readingsIn(after, last)
      const gapsOf = Map.groupBy(rowsOf<Gap & { arrival: number }>(gaps.all(after, last)), gap => gap.arrival)
      return found.map(batch => ({
        ...batch,
        gaps: (gapsOf.get(batch.arrival) ?? []).map(({ from, to, n, reason }) => ({ from, to, n, reason })),
        readings: ofBatch.get(batch.arrival) ?? []
      }))
    },
    receivedAfter: arrival => rowOf<{ receivedMs: number }>(received.get(arrival))?.receivedMs,
    changes: (kind, after, limit) => rowsOf(changes.all(kind, after, limit)),
    sinks: () => rowsOf<{ body: string }>(sinks.all()).map(row => sinkOf(row.body)),
    places: sink => rowsOf<PlaceRow>(places.all(sink)),
    deadLetters: (sink, after, limit, due = false) =>
      rowsOf<LetterLine>((due ? dueLetters : letters).all(sink, after, limit)).map(letterOf),
    deadLettersOf: (sink, arrival) => rowsOf<LetterLine>(lettersOf.all(sink, arrival)).map(letterOf),
    rewindWished: sink => wished.get(sink) !== undefined,
    deadLetterCounts: sink => ({ total: countOf(total.get(sink)), due: countOf(due.get(sink)) })
  }
}

/** No honest check has so many readings of one millisecond: they are not counted one by one, which would take ever longer. */
const manyTwins = 1_024
/** Batches without readings are cheap, but not free. */
const mostBatches = 2_000
const none = { arrival: 0, n: 0 }
const countOf = (row: unknown): number => rowOf<{ n: number }>(row)?.n ?? 0

type LetterLine = Omit<DeadLetter, 'dueMs'> & { readonly dueMs: number | null }
const letterOf = (line: LetterLine): DeadLetter => ({ ...line, dueMs: line.dueMs ?? undefined })

/** Columns of a reading, in the order of its statement: arrays, because millions of rows come this way. */
type ReadingLine = readonly [
  arrival: number,
  atMs: number,
  checkId: number,
  n: number,
  part: string,
  outcome: Outcome,
  reason: string | null,
  tookMs: number,
  live: number,
  fields: string,
  labels: string | null,
  twin: number
]

/** A fleet says the same few things again and again. */
const keptLabels = 1_000
/** What is longer may be somebody's attempt to fill the memory. */
const longestKept = 500
const openLabels = (): ((text: string) => LoggedReading['labels']) => {
  const kept = new Map<string, LoggedReading['labels']>()
  return text => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const labels = Object.freeze(JSON.parse(text) as Record<string, string>)
    if (text.length > longestKept) return labels
    if (kept.size >= keptLabels) kept.clear()
    kept.set(text, labels)
    return labels
  }
}
const noLabels: LoggedReading['labels'] = Object.freeze({})
