import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import type { Batch, Gap, GapReason, Marker } from '../contract/batch.ts'
import { limits } from '../contract/limits.ts'
import type { WireReading } from '../contract/reading.ts'
import type { FoldState } from './fold.ts'

/**
 * Readings on disk until a signed acknowledgement says that the collector has them on disk. Everything is loose but at most one
 * frozen batch, whose bytes never change while it is retried; so thinning the rest never makes a hole in the sequence.
 */
export interface Spool {
  /** One transaction: readings to send, and what is folded but not yet sent. */
  record(readings: readonly WireReading[], folds: ReadonlyMap<string, FoldState>): void
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
}

export interface SpoolState {
  readonly spool: string
  readonly nextSeq: number
  readonly loose: number
  readonly bytes: number
  readonly oldestMs: number | undefined
}

const schema = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS loose (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, wall_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS frozen (seq INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, entries INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS folding (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

export interface SpoolOptions {
  readonly directory: string
  readonly maxBytes: number
  readonly wallMs: () => number
  readonly onMovedAside?: (file: string, cause: unknown) => void
}

/** Opens the spool. A file that cannot be read is moved aside and counted as a gap: the agent goes on. */
export const openSpool = (options: SpoolOptions): Spool => {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const file = join(options.directory, 'spool.sqlite')
  try {
    return spoolOn(openDatabase(file), options)
  } catch (cause) {
    const aside = `${file}.corrupt-${options.wallMs()}`
    renameSync(file, aside)
    for (const tail of ['-wal', '-shm']) rmSync(`${file}${tail}`, { force: true })
    options.onMovedAside?.(aside, cause)
    const spool = spoolOn(openDatabase(file), options, 'spool_corrupt')
    return spool
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
      throw new Error(`the spool's file is damaged: ${String(check?.['quick_check'])}`)
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
  const getFrozen = db.prepare('SELECT seq, last_id, entries, body FROM frozen')
  const addFrozen = db.prepare('INSERT INTO frozen (seq, last_id, entries, body) VALUES (?, ?, ?, ?)')
  const dropFrozen = db.prepare('DELETE FROM frozen')
  const putFold = db.prepare(
    'INSERT INTO folding (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body'
  )
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
  const add = (kind: 'reading' | 'gap' | 'marker', wallMs: number, value: WireReading | Gap | Marker): void =>
    void addLoose.run(kind, wallMs, JSON.stringify(value))
  const addGap = (gap: Gap): void => add('gap', gap.to, gap)
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
    const rows = looseRows(Number(total.get()?.['n'])).filter(row => row.id > lastFrozen)
    let freed = 0
    const gone: LooseRow[] = []
    for (const row of rows) {
      if (freed >= options.maxBytes / 10) break
      freed += row.size
      gone.push(row)
    }
    const last = gone.at(-1)
    if (last === undefined) return
    const readings = gone.filter(row => row.kind === 'reading')
    db.prepare('DELETE FROM loose WHERE id > ? AND id <= ?').run(lastFrozen, last.id)
    const older = gone.filter(row => row.kind === 'gap').map(row => JSON.parse(row.body) as Gap)
    const times = [...readings.map(row => row.wallMs), ...older.flatMap(gap => [gap.from, gap.to])]
    const n = readings.length + older.reduce((sum, gap) => sum + gap.n, 0)
    addGap({ from: Math.min(...times, last.wallMs), to: Math.max(...times, 0), n, reason: 'spool_full' })
    bytes -= freed
  }

  interface LooseRow {
    readonly id: number
    readonly kind: string
    readonly wallMs: number
    readonly size: number
    readonly body: string
  }
  const looseRows = (limit: number): LooseRow[] =>
    someLoose.all(limit).map(row => ({
      id: Number(row['id']),
      kind: String(row['kind']),
      wallMs: Number(row['wall_ms']),
      size: Number(row['size']),
      body: String(row['body'])
    }))

  const frozenNow = (): Frozen | undefined => {
    const row = getFrozen.get()
    if (row === undefined || !(row['body'] instanceof Uint8Array)) return undefined
    return { spool: meta('spool'), seq: Number(row['seq']), body: row['body'], entries: Number(row['entries']) }
  }

  return {
    record: (readings, folds) =>
      atomically(() => {
        for (const reading of readings) {
          add('reading', reading.wall_ms, reading)
          bytes += JSON.stringify(reading).length
        }
        for (const [key, state] of folds) putFold.run(key, JSON.stringify(state))
        if (bytes > options.maxBytes) thin()
      }),
    folds: () => new Map(allFolds.all().map(row => [String(row['key']), JSON.parse(String(row['body'])) as FoldState])),
    addMarker: marker => add('marker', marker.wall_ms, marker),
    freeze: maxEntries => {
      const known = frozenNow()
      if (known !== undefined) return known
      const rows = looseRows(Math.min(maxEntries, limits.readingsPerBatch))
      const taken = fitting(rows)
      const last = taken.at(-1)
      if (last === undefined) return undefined
      const batch: Batch = {
        readings: bodies(taken, 'reading'),
        gaps: bodies(taken, 'gap'),
        markers: bodies(taken, 'marker')
      }
      const body = gzipSync(JSON.stringify(batch))
      addFrozen.run(Number(meta('next_seq')), last.id, taken.length, body)
      return frozenNow()
    },
    acknowledge: seq =>
      atomically(() => {
        const row = getFrozen.get()
        if (row === undefined || Number(row['seq']) !== seq) return
        dropTo.run(Number(row['last_id']))
        dropFrozen.run()
        setMeta.run('next_seq', String(seq + 1))
        bytes = Number(total.get()?.['bytes'])
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
        dropTo.run(Number(row['last_id']))
        dropFrozen.run()
        addGap(gapNow('too_large', Number(row['entries'])))
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

  /** As many of the oldest entries as the caps of a batch allow; at least one. */
  function fitting(rows: readonly LooseRow[]): LooseRow[] {
    const counts: Record<string, number> = { gap: 0, marker: 0, reading: 0 }
    let size = 0
    const taken: LooseRow[] = []
    for (const row of rows) {
      size += row.size + 1
      counts[row.kind] = (counts[row.kind] ?? 0) + 1
      const full =
        size > limits.inflatedBytes * 0.8 ||
        (counts['gap'] ?? 0) > limits.gapsPerBatch ||
        (counts['marker'] ?? 0) > limits.markersPerBatch
      if (full && taken.length > 0) break
      taken.push(row)
    }
    return taken
  }

  function bodies<Entry>(rows: readonly LooseRow[], kind: string): Entry[] {
    return rows.filter(row => row.kind === kind).map(row => JSON.parse(row.body) as Entry)
  }
}
