import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import type { Batch, Gap, GapReason, Marker } from '../contract/batch.ts'
import { limits } from '../contract/limits.ts'
import type { WireReading } from '../contract/reading.ts'
import type { FoldState } from './fold.ts'
import { Damage, fitting, isDamage, looseRow, readingsIn, schema, type LooseRow } from './spool-entries.ts'

/**
 * Readings on disk until a signed acknowledgement says that the collector has them on disk. Everything is loose but at most one
 * frozen batch, whose bytes never change while it is retried; so thinning the rest never makes a hole in the sequence.
 */
export interface Spool {
  /** One transaction: readings to send, and what is folded but not yet sent (undefined: no longer). */
  record(readings: readonly WireReading[], folds: ReadonlyMap<string, FoldState | undefined>): void
  folds(): Map<string, FoldState>
  addMarker(marker: Marker): void
  /** The frozen batch, or a new one of at most that many loose entries; undefined when there is nothing to send. */
  freeze(maxEntries: number): Frozen | undefined
  /** Deletes what the batch held. Only for a verified acknowledgement of this very sequence number. */
  acknowledge(seq: number): void
  /** Takes the frozen batch apart: its entries are loose again, its number is used by the next one. */
  thaw(): void
  /** The collector came back older than its acknowledgements: goes on at its number and says that what lies between is gone. */
  rewind(expect: number): void
  /** This spool went back in time (a restored image): goes on under a new id, and says so. */
  renew(): void
  /** A batch of one entry that the collector can never take: dropped, and said. */
  drop(seq: number): void
  state(): SpoolState
  close(): void
}

export interface Frozen {
  readonly spool: string
  readonly seq: number
  /** gzip, as it goes over the wire. */
  readonly body: Uint8Array
  readonly entries: number
  /** Loose entries wait behind it. */
  readonly more: boolean
}

export interface SpoolState {
  readonly spool: string
  readonly nextSeq: number
  readonly loose: number
  readonly bytes: number
  readonly oldestMs: number | undefined
}

export interface SpoolOptions {
  readonly directory: string
  readonly maxBytes: number
  readonly wallMs: () => number
  readonly onMovedAside?: (file: string, cause: unknown) => void
}

/** Opens the spool. A damaged file is moved aside and counted as a gap; any other fault (a full disk, a lock) passes, and is thrown. */
export const openSpool = (options: SpoolOptions): Spool => {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const file = join(options.directory, 'spool.sqlite')
  try {
    return spoolOn(openDatabase(file), options)
  } catch (cause) {
    if (!isDamage(cause)) throw cause
    const aside = `${file}.corrupt-${options.wallMs()}`
    renameSync(file, aside)
    for (const tail of ['-wal', '-shm']) rmSync(`${file}${tail}`, { force: true })
    options.onMovedAside?.(aside, cause)
    return spoolOn(openDatabase(file), options, 'spool_corrupt')
  }
}

const openDatabase = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: 5_000 })
  try {
    // FULL: a reading that was recorded survives a power cut.
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304; PRAGMA cache_size = -1000'
    )
    const check = db.prepare('PRAGMA quick_check(1)').get()
    if (check?.['quick_check'] !== 'ok')
      throw new Damage(`the spool's file is damaged: ${String(check?.['quick_check'])}`)
    db.exec(schema)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const spoolOn = (db: DatabaseSync, options: SpoolOptions, born?: GapReason): Spool => {
  const getMeta = db.prepare('SELECT value FROM meta WHERE key = ?')
  const setMeta = db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
  )
  const addLoose = db.prepare('INSERT INTO loose (kind, wall_ms, body) VALUES (?, ?, ?)')
  const someLoose = db.prepare(
    'SELECT id, kind, wall_ms, length(CAST(body AS BLOB)) AS size, body FROM loose ORDER BY id LIMIT ?'
  )
  const total = db.prepare(
    'SELECT count(*) AS n, coalesce(sum(length(CAST(body AS BLOB))), 0) AS bytes, min(wall_ms) AS oldest FROM loose'
  )
  const dropTo = db.prepare('DELETE FROM loose WHERE id <= ?')
  const looseAfter = db.prepare(
    'SELECT id, kind, wall_ms, length(CAST(body AS BLOB)) AS size, body FROM loose WHERE id > ? ORDER BY id'
  )
  const anyAfter = db.prepare('SELECT 1 FROM loose WHERE id > ? LIMIT 1')
  const bytesTo = db.prepare('SELECT coalesce(sum(length(CAST(body AS BLOB))), 0) AS bytes FROM loose WHERE id <= ?')
  const looseTo = db.prepare('SELECT kind, body FROM loose WHERE id <= ?')
  const getFrozen = db.prepare('SELECT seq, last_id, entries, body FROM frozen')
  const addFrozen = db.prepare('INSERT INTO frozen (seq, last_id, entries, body) VALUES (?, ?, ?, ?)')
  const dropFrozen = db.prepare('DELETE FROM frozen')
  const putFold = db.prepare(
    'INSERT INTO folding (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body'
  )
  const dropFold = db.prepare('DELETE FROM folding WHERE key = ?')
  const allFolds = db.prepare('SELECT key, body FROM folding')

  const atomically = <Result>(work: () => Result): Result => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }
  const meta = (key: string): string => {
    const value = getMeta.get(key)?.['value']
    if (typeof value !== 'string') throw new Error(`the spool has no ${key}`)
    return value
  }
  /** Returns how many bytes it took. */
  const add = (kind: 'reading' | 'gap' | 'marker', wallMs: number, value: WireReading | Gap | Marker): number => {
    const body = JSON.stringify(value)
    addLoose.run(kind, wallMs, body)
    return Buffer.byteLength(body)
  }
  const addGap = (gap: Gap): void => void (bytes += add('gap', gap.to, gap))
  const gapNow = (reason: GapReason, n: number, from = options.wallMs()): Gap => ({
    from,
    to: options.wallMs(),
    n,
    reason
  })
  const begin = (): void => {
    setMeta.run('spool', randomBytes(16).toString('hex'))
    setMeta.run('next_seq', '1')
  }

  let bytes = 0
  atomically(() => {
    if (getMeta.get('spool') === undefined) begin()
    if (born !== undefined) addGap(gapNow(born, 0, 0))
  })
  bytes = Number(total.get()?.['bytes'])

  /** Under pressure the oldest loose readings go, a tenth at a time, and the loss travels as data. */
  const thin = (): void => {
    const lastFrozen = Number(getFrozen.get()?.['last_id'] ?? 0)
    let freed = 0
    let lastId: number | undefined
    // Row by row: a full spool is larger than the memory that an agent may take.
    const lost = { from: Infinity, to: 0, n: 0 }
    for (const row of looseAfter.iterate(lastFrozen)) {
      if (freed >= options.maxBytes / 10) break
      const { id, kind, wallMs, size, body } = looseRow(row)
      freed += size
      lastId = id
      const gone = kind === 'gap' ? (JSON.parse(body) as Gap) : { from: wallMs, to: wallMs, n: readingsIn(kind, body) }
      lost.from = Math.min(lost.from, gone.from)
      lost.to = Math.max(lost.to, gone.to)
      lost.n += gone.n
    }
    if (lastId === undefined) return
    db.prepare('DELETE FROM loose WHERE id > ? AND id <= ?').run(lastFrozen, lastId)
    addGap({ ...lost, reason: 'spool_full' })
    bytes -= freed
  }

  const frozenNow = (): Frozen | undefined => {
    const row = getFrozen.get()
    if (row === undefined || !(row['body'] instanceof Uint8Array)) return undefined
    return {
      spool: meta('spool'),
      seq: Number(row['seq']),
      body: row['body'],
      entries: Number(row['entries']),
      more: anyAfter.get(Number(row['last_id'])) !== undefined
    }
  }

  return {
    record: (readings, folds) => {
      const before = bytes
      try {
        atomically(() => {
          for (const reading of readings) bytes += add('reading', reading.wall_ms, reading)
          for (const [key, state] of folds) {
            if (state === undefined) dropFold.run(key)
            else putFold.run(key, JSON.stringify(state))
          }
          if (bytes > options.maxBytes) thin()
        })
      } catch (error) {
        // Nothing was written (a full disk): counting it would thin what is there.
        bytes = before
        throw error
      }
    },
    folds: () => new Map(allFolds.all().map(row => [String(row['key']), JSON.parse(String(row['body'])) as FoldState])),
    addMarker: marker => void (bytes += add('marker', marker.wall_ms, marker)),
    freeze: maxEntries => {
      const known = frozenNow()
      if (known !== undefined) return known
      let taken = fitting(someLoose.all(Math.min(maxEntries, limits.readingsPerBatch)).map(looseRow))
      let body = packed(taken)
      // Entries that hardly compress: the collector refuses a body over its cap unread.
      while (body.length > limits.bodyBytes && taken.length > 1) {
        taken = taken.slice(0, Math.ceil(taken.length / 2))
        body = packed(taken)
      }
      const last = taken.at(-1)
      if (last === undefined) return undefined
      addFrozen.run(Number(meta('next_seq')), last.id, taken.length, body)
      return frozenNow()
    },
    acknowledge: seq =>
      atomically(() => {
        const row = getFrozen.get()
        if (row === undefined || Number(row['seq']) !== seq) return
        // Counted by what goes, not by what stays: a long backlog would be read through once for every batch.
        bytes -= Number(bytesTo.get(Number(row['last_id']))?.['bytes'])
        dropTo.run(Number(row['last_id']))
        dropFrozen.run()
        setMeta.run('next_seq', String(seq + 1))
      }),
    thaw: () => void dropFrozen.run(),
    rewind: expect =>
      atomically(() => {
        const lost = Number(meta('next_seq')) - expect
        dropFrozen.run()
        setMeta.run('next_seq', String(expect))
        if (lost > 0) addGap(gapNow('collector_restored', 0, 0))
      }),
    renew: () =>
      atomically(() => {
        dropFrozen.run()
        begin()
        addGap(gapNow('rolled_back', 0, 0))
      }),
    drop: seq =>
      atomically(() => {
        const row = getFrozen.get()
        if (row === undefined || Number(row['seq']) !== seq) return
        // A marker is no reading, and a gap stands for as many as it says.
        const gone = looseTo.all(Number(row['last_id']))
        const n = gone.reduce((sum, one) => sum + readingsIn(String(one['kind']), String(one['body'])), 0)
        dropTo.run(Number(row['last_id']))
        dropFrozen.run()
        addGap(gapNow('too_large', n))
        bytes = Number(total.get()?.['bytes'])
      }),
    state: () => {
      const row = total.get()
      const oldest = row?.['oldest']
      return {
        spool: meta('spool'),
        nextSeq: Number(meta('next_seq')),
        loose: Number(row?.['n']),
        bytes: Number(row?.['bytes']),
        oldestMs: typeof oldest === 'number' ? oldest : undefined
      }
    },
    close: () => db.close()
  }

  function packed(rows: readonly LooseRow[]): Uint8Array {
    const batch: Batch = {
      readings: bodies(rows, 'reading'),
      gaps: bodies(rows, 'gap'),
      markers: bodies(rows, 'marker')
    }
    return gzipSync(JSON.stringify(batch))
  }

  function bodies<Entry>(rows: readonly LooseRow[], kind: string): Entry[] {
    return rows.filter(row => row.kind === kind).map(row => JSON.parse(row.body) as Entry)
  }
}
