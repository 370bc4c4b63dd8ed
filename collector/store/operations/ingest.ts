import type { DatabaseSync } from 'node:sqlite'
import { dayOf } from '../../calendar/day.ts'
import { closesAfterMs } from '../retention.ts'
import type { CommitAnswer, CommitBatch, StoreWrites } from '../store.ts'
import { rowOf, transaction, type Sync } from './transaction.ts'

/** The ingest write: batch log, readings, quarantine and high-water mark of many batches in one transaction. */
export const ingest = (db: DatabaseSync): Pick<Sync<StoreWrites>, 'commitBatches'> => {
  const findStream = db.prepare('SELECT id, high_water FROM stream WHERE agent = ? AND spool = ?')
  const addStream = db.prepare(
    'INSERT INTO stream (agent, spool, high_water) VALUES (?, ?, 0) RETURNING id, high_water'
  )
  const raiseHighWater = db.prepare('UPDATE stream SET high_water = ? WHERE id = ?')
  const findSha = db.prepare('SELECT sha256 FROM batch WHERE stream = ? AND seq = ?')
  const addBatch = db.prepare(
    'INSERT INTO batch (stream, seq, sha256, received_ms, seen_ip, body, skew_ms) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const addReading = db.prepare(
    `INSERT INTO reading (at_ms, check_id, n, arrival, part, outcome, reason, took_ms, live, fields, labels, trace)
     VALUES (?1, ?2, (SELECT coalesce(max(n) + 1, 0) FROM reading WHERE at_ms = ?1 AND check_id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`
  )
  const addRejected = db.prepare('INSERT INTO rejected (arrival, i, reason, pointer, body) VALUES (?, ?, ?, ?, ?)')
  const addGap = db.prepare(
    'INSERT INTO gap (arrival, i, agent, from_ms, to_ms, n, reason) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const addMarker = db.prepare(
    'INSERT INTO marker (arrival, i, agent, kind, boot, up_ms, wall_ms, reason, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const soil = db.prepare(
    'INSERT INTO dirty (day, check_id, arrival) VALUES (?, ?, ?) ON CONFLICT (day, check_id) DO UPDATE SET arrival = excluded.arrival'
  )
  const seeBoot = db.prepare(
    'INSERT INTO boot (agent, boot, offset_ms) VALUES (?, ?, ?) ON CONFLICT (agent, boot) DO UPDATE SET offset_ms = excluded.offset_ms'
  )
  const seeAgent = db.prepare(
    `INSERT INTO agent_seen (agent, seen_ms, seen_ip, skew_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (agent) DO UPDATE SET seen_ms = excluded.seen_ms, seen_ip = excluded.seen_ip, skew_ms = excluded.skew_ms`
  )
  // Beyond 2^53 the sum would no longer be a whole number, and then no batch with a gap could ever be stored again.
  const addCount = db.prepare(
    'INSERT INTO count (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = min(value + excluded.value, 9007199254740991)'
  )

  const commitOne = (batch: CommitBatch): CommitAnswer => {
    const stream =
      rowOf<{ id: number; high_water: number }>(findStream.get(batch.agent, batch.spool)) ??
      rowOf<{ id: number; high_water: number }>(addStream.get(batch.agent, batch.spool))
    if (stream === undefined) throw new Error(`no stream for agent ${batch.agent}`)
    if (batch.seq > stream.high_water + 1) return { kind: 'out_of_order', expect: stream.high_water + 1 }
    if (batch.seq <= stream.high_water) {
      const known = rowOf<{ sha256: string }>(findSha.get(stream.id, batch.seq))
      const same = known === undefined || known.sha256 === batch.sha256
      return { kind: same ? 'duplicate' : 'rolled_back', highWater: stream.high_water }
    }
    store(batch, stream.id)
    // Not for a duplicate: somebody who replays an old batch must not make a dead agent look alive.
    seeAgent.run(batch.agent, batch.receivedMs, batch.seenIp, Math.round(batch.skewMs))
    raiseHighWater.run(batch.seq, stream.id)
    return { kind: 'stored', highWater: batch.seq }
  }

  const store = (batch: CommitBatch, stream: number): void => {
    const { lastInsertRowid } = addBatch.run(
      stream,
      batch.seq,
      batch.sha256,
      batch.receivedMs,
      batch.seenIp,
      batch.body,
      Math.round(batch.skewMs)
    )
    const arrival = Number(lastInsertRowid)
    const soiled = new Set<string>()
    const closedBefore = dayOf(batch.receivedMs - closesAfterMs)
    for (const r of batch.readings) {
      addReading.run(
        r.atMs,
        r.checkId,
        arrival,
        r.part,
        r.outcome,
        r.reason ?? null,
        r.tookMs,
        r.live ? 1 : 0,
        r.fields,
        r.labels ?? null,
        r.trace ?? null
      )
      const day = dayOf(r.atMs)
      // A closed day keeps what it said: the reading stays as it is, and only its number is told.
      if (day < closedBefore) {
        add('late_closed', 1)
        continue
      }
      const key = `${day} ${r.checkId}`
      if (soiled.has(key)) continue
      soiled.add(key)
      soil.run(day, r.checkId, arrival)
    }
    for (const r of batch.rejected) addRejected.run(arrival, r.i, r.reason, r.pointer, r.body)
    for (const [i, g] of batch.gaps.entries()) addGap.run(arrival, i, batch.agent, g.from, g.to, g.n, g.reason)
    for (const [i, m] of batch.markers.entries())
      addMarker.run(arrival, i, batch.agent, m.kind, m.boot, m.up_ms, m.wall_ms, m.reason ?? null, m.text ?? null)
    if (batch.bootOffsetMs !== undefined) seeBoot.run(batch.agent, batch.boot, Math.round(batch.bootOffsetMs))
    add('batches', 1)
    add('readings', batch.readings.length)
    add('rejected', batch.rejected.length)
    add('gaps', batch.gaps.length)
    for (const gap of batch.gaps) add('lost_readings', gap.n)
  }

  /** Counts of one commit, written once at its end. */
  let counts = new Map<string, number>()
  const add = (name: string, n: number): void => {
    if (n > 0) counts.set(name, Math.min((counts.get(name) ?? 0) + n, Number.MAX_SAFE_INTEGER))
  }

  return {
    commitBatches: transaction(db)(batches => {
      counts = new Map()
      const answers = batches.map(commitOne)
      for (const [name, value] of counts) addCount.run(name, value)
      return answers
    })
  }
}
