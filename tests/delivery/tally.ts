import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Tally {
  /** Readings that the agent had on disk. */
  readonly recorded: number
  readonly stored: number
  /** On disk at the agent once, in the store never. */
  readonly lost: number
  /** In the store more than once. */
  readonly twice: number
  /** Stored with another time than measured, by more than 0.4 s. */
  readonly retimed: number
  readonly gaps: number
}

/** Network, scheduling and a slow disk stay far below this; a reading dated by its retry does not. */
const toleranceMs = 400

/** Reads the collector's file itself: the code under test is not asked. */
export const tallyOf = (directory: string, recorded: ReadonlyMap<number, number>): Tally => {
  const db = new DatabaseSync(join(directory, 'collector/store.sqlite'), { readOnly: true })
  const rows = db.prepare('SELECT at_ms, fields FROM reading').all()
  const gaps = Number(db.prepare('SELECT count(*) AS n FROM gap').get()?.['n'])
  db.close()
  const stored = new Map<number, number[]>()
  for (const row of rows) {
    const { serial_n: serial } = JSON.parse(String(row['fields'])) as { serial_n: number }
    stored.set(serial, [...(stored.get(serial) ?? []), Number(row['at_ms'])])
  }
  const retimed = [...stored].filter(([serial, times]) => {
    const measured = recorded.get(serial)
    return measured !== undefined && times.some(at => Math.abs(at - measured) > toleranceMs)
  })
  return {
    recorded: recorded.size,
    stored: stored.size,
    lost: [...recorded.keys()].filter(serial => !stored.has(serial)).length,
    twice: [...stored.values()].filter(times => times.length > 1).length,
    retimed: retimed.length,
    gaps
  }
}

/** Nothing loose, nothing frozen. The last agent goes on counting, so this is a moment, not a state. */
export const emptySpool = (agentDirectory: string): boolean => {
  const file = join(agentDirectory, 'spool.sqlite')
  if (!existsSync(file)) return false
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1000 })
  try {
    const row = db.prepare('SELECT (SELECT count(*) FROM loose) + (SELECT count(*) FROM frozen) AS n').get()
    return Number(row?.['n']) === 0
  } catch {
    return false
  } finally {
    db.close()
  }
}
