import type { Gap } from '../contract/batch.ts'
import { limits } from '../contract/limits.ts'

/** Loose entries, the one frozen batch that holds the oldest of them, and what is folded but not yet sent. */
export const schema = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS loose (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, wall_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS frozen (seq INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, entries INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS folding (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

/** One entry of the spool that is not yet in a batch. */
export interface LooseRow {
  readonly id: number
  readonly kind: string
  readonly wallMs: number
  /** Of its text, bytes. */
  readonly size: number
  readonly body: string
}

export const looseRow = (row: Readonly<Record<string, unknown>>): LooseRow => ({
  id: Number(row['id']),
  kind: String(row['kind']),
  wallMs: Number(row['wall_ms']),
  size: Number(row['size']),
  body: String(row['body'])
})

/** How many readings are gone with an entry: a marker is none, a gap stands for as many as it says. */
export const readingsIn = (kind: string, body: string): number =>
  kind === 'gap' ? (JSON.parse(body) as Gap).n : kind === 'reading' ? 1 : 0

/** As many of the oldest entries as the caps of a batch allow; at least one. */
export const fitting = (rows: readonly LooseRow[]): LooseRow[] => {
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

/** The spool's file can be opened and is not what was written into it. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

/** Ours, and SQLite's SQLITE_CORRUPT and SQLITE_NOTADB, whatever their extension. A full disk, a lock or a missing permission is none. */
export const isDamage = (cause: unknown): boolean =>
  cause instanceof Damage ||
  (cause instanceof Error && 'errcode' in cause && [11, 26].includes(Number(cause.errcode) & 0xff))
