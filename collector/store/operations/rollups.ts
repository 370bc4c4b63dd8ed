import type { DatabaseSync } from 'node:sqlite'
import { addDays, dayStart } from '../../calendar/day.ts'
import type { DayRollup } from '../../verdicts/rollup.ts'
import type { JudgementReads, JudgementWrites } from '../judgement-store.ts'
import {
  blockOf,
  checksIn,
  everyPart,
  packFigures,
  packRollups,
  unpackRollups,
  type FiguresSheet,
  type RollupBlock
} from '../rollup-block.ts'
import type { BlockReads } from '../rollup-reads.ts'
import type { DirtyDay } from '../store.ts'
import { noteChange } from './sinks.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

export const rollupWrites = (
  db: DatabaseSync
): Pick<Sync<JudgementWrites>, 'putRollups' | 'forgetDirty' | 'dropRaw'> => {
  const one = transaction(db)
  const changed = noteChange(db)
  const find = db.prepare('SELECT day, numbers, words, lasts FROM rollup_block WHERE day = ? AND block = ?')
  const put = db.prepare(
    `INSERT INTO rollup_block (day, block, numbers, words, lasts) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET numbers = excluded.numbers, words = excluded.words, lasts = excluded.lasts`
  )
  const drop = db.prepare('DELETE FROM rollup_block WHERE day = ? AND block = ?')
  const putFigures = db.prepare('INSERT OR REPLACE INTO rollup_figures (day, check_id, figures) VALUES (?, ?, ?)')
  const dropFigures = db.prepare('DELETE FROM rollup_figures WHERE day = ? AND check_id = ?')
  const addAnswered = db.prepare(
    `INSERT OR IGNORE INTO answered (day, subject) SELECT ?, subject FROM "check" WHERE id = ? AND probe = 'portal' AND subject <> ''`
  )
  // A day that got another batch meanwhile stays dirty.
  const clean = db.prepare('DELETE FROM dirty WHERE day = ? AND check_id = ? AND arrival <= ?')
  const cleanAll = (days: readonly DirtyDay[]): void => {
    for (const { day, checkId, arrival } of days) clean.run(day, checkId, arrival)
  }

  const putBlock = (day: string, block: number, replaced: ReadonlySet<number>, rows: readonly DayRollup[]): void => {
    const all = [...rows]
    const known = rowOf<RollupBlock>(find.get(day, block))
    if (known !== undefined)
      unpackRollups(known, id => (replaced.has(id) ? undefined : { ...kept, into: all }), noSheet)
    if (all.length === 0) drop.run(day, block)
    else {
      const packed = packRollups(all)
      put.run(day, block, packed.numbers, packed.words, packed.lasts)
    }
    changed('rollup', `${day} ${block}`)
    const fresh = Map.groupBy(rows, row => row.checkId)
    for (const checkId of replaced) {
      const figures = packFigures(fresh.get(checkId) ?? [])
      if (figures === undefined) dropFigures.run(day, checkId)
      else putFigures.run(day, checkId, figures)
    }
  }
  /** Never taken back, as readings are not. Where a subject answered nowhere, nobody is blamed for not reaching it. */
  const noteAnswers = (rows: readonly DayRollup[]): void => {
    for (const { day, checkId, place, counts } of rows)
      if (place === 'off_site' && counts.ok + counts.degraded > 0) addAnswered.run(day, checkId)
  }

  const oldReading = db.prepare('SELECT at_ms AS atMs FROM reading WHERE at_ms < ? ORDER BY at_ms LIMIT 1 OFFSET ?')
  const dropReadings = db.prepare('DELETE FROM reading WHERE at_ms < ?1 AND at_ms <= ?2')
  const bodies = db.prepare(
    'SELECT arrival, received_ms AS receivedMs FROM batch WHERE arrival > ? ORDER BY arrival LIMIT ?'
  )
  const emptyBodies = db.prepare("UPDATE batch SET body = x'' WHERE arrival > ? AND arrival <= ?")
  const countOf = db.prepare('SELECT value FROM count WHERE name = ?')
  const setCount = db.prepare(
    'INSERT INTO count (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'
  )
  const dropBodies = (beforeMs: number, limit: number): number => {
    const from = rowOf<{ value: number }>(countOf.get('bodies_dropped'))?.value ?? 0
    const rows = rowsOf<{ arrival: number; receivedMs: number }>(bodies.all(from, limit))
    const end = rows.findIndex(row => row.receivedMs >= beforeMs)
    const old = end < 0 ? rows : rows.slice(0, end)
    const last = old.at(-1)
    if (last === undefined) return 0
    emptyBodies.run(from, last.arrival)
    setCount.run('bodies_dropped', last.arrival)
    return old.length
  }

  return {
    putRollups: one((rows, done) => {
      const touched = new Map<string, { day: string; block: number; checks: Set<number>; rows: DayRollup[] }>()
      const of = (day: string, checkId: number) => {
        const block = blockOf(checkId)
        const key = `${day} ${block}`
        const known = touched.get(key) ?? { day, block, checks: new Set<number>(), rows: [] }
        touched.set(key, known)
        known.checks.add(checkId)
        return known
      }
      for (const { day, checkId } of done) of(day, checkId)
      for (const row of rows) of(row.day, row.checkId).rows.push(row)
      for (const { day, block, checks, rows: fresh } of touched.values()) putBlock(day, block, checks, fresh)
      noteAnswers(rows)
      cleanAll(done)
    }),
    forgetDirty: one(cleanAll),
    dropRaw: one((beforeDay, limit) => {
      const beforeMs = dayStart(beforeDay)
      const edge = rowOf<{ atMs: number }>(oldReading.get(beforeMs, limit))
      const { changes } = dropReadings.run(beforeMs, edge?.atMs ?? beforeMs)
      return Number(changes) + dropBodies(beforeMs, limit)
    })
  }
}

/** What is packed anew beside what changes: figures lie apart and stay as they are. */
const kept = { ...everyPart, figures: false }
const noSheet = (): undefined => undefined

/** Blocks as they lie: they are unpacked by whoever asked, because a copy of a city's rollups between threads costs more than reading them. */
export const rollupReads = (
  db: DatabaseSync
): Sync<BlockReads> & Pick<Sync<JudgementReads>, 'rolledDays' | 'answered' | 'ledgerChanges'> => {
  const from = 'FROM rollup_block WHERE day = ? AND block BETWEEN ? AND ? ORDER BY block'
  const whole = db.prepare(`SELECT day, numbers, words, lasts ${from}`)
  const thin = db.prepare(`SELECT day, numbers, words, '' AS lasts ${from}`)
  const sheets = db.prepare('SELECT day, check_id AS checkId, figures FROM rollup_figures WHERE day >= ? AND day <= ?')
  const sheetsOf = db.prepare(
    'SELECT day, check_id AS checkId, figures FROM rollup_figures WHERE day = ? AND check_id IN (SELECT value FROM json_each(?))'
  )
  const nextDay = db.prepare('SELECT min(day) AS day FROM rollup_block WHERE day >= ?')
  const answered = db.prepare('SELECT day, subject FROM answered WHERE day >= ? AND day <= ? ORDER BY day, subject')
  const changes = db.prepare("SELECT value FROM count WHERE name = 'ledger_changes'")

  const rolledDays = (fromDay: string, toDay: string): string[] => {
    const days: string[] = []
    let from = fromDay
    for (;;) {
      const day = rowOf<{ day: string | null }>(nextDay.get(from))?.day ?? undefined
      if (day === undefined || day > toDay) return days
      days.push(day)
      from = addDays(day, 1)
    }
  }
  /** A month's days need not be looked up for every few schools. */
  const daysWithin = (fromDay: string, toDay: string): string[] => {
    const days: string[] = []
    if (fromDay === '') return rolledDays(fromDay, toDay)
    for (let day = fromDay; day <= toDay; day = addDays(day, 1))
      if (days.push(day) > 62) return rolledDays(fromDay, toDay)
    return days
  }
  return {
    rollupBlocks: (ranges, fromDay, toDay) =>
      daysWithin(fromDay, toDay).flatMap(day =>
        ranges.flatMap(range => {
          if (day < range.fromDay) return []
          const lasts = range.lastsFrom !== undefined && day >= range.lastsFrom
          return rowsOf<RollupBlock>((lasts ? whole : thin).all(day, range.first, range.last))
        })
      ),
    rollupFigures: (checkIds, fromDay, toDay) => {
      if (checkIds === undefined) return rowsOf(sheets.all(fromDay, toDay))
      const ids = JSON.stringify(checkIds)
      return daysWithin(fromDay, toDay).flatMap(day => rowsOf<FiguresSheet>(sheetsOf.all(day, ids)))
    },
    rolledDays,
    answered: (fromDay, toDay) => rowsOf(answered.all(fromDay, toDay)),
    ledgerChanges: () => rowOf<{ value: number }>(changes.get())?.value ?? 0
  }
}

/** Makes every rolled up day after the given one dirty, or those of some days: what it was made with has changed. */
export const soilRollups = (db: DatabaseSync): ((afterDay: string, only?: readonly string[]) => void) => {
  const days = db.prepare('SELECT DISTINCT day FROM rollup_block WHERE day > ? ORDER BY day')
  const blocks = db.prepare('SELECT day, numbers FROM rollup_block WHERE day = ?')
  // Arrival 0: any batch that comes meanwhile keeps the day dirty, as ever. A day that is dirty already is made anew anyway.
  const soil = db.prepare('INSERT OR IGNORE INTO dirty (day, check_id, arrival) VALUES (?, ?, 0)')
  return (afterDay, only) => {
    for (const { day } of rowsOf<{ day: string }>(days.all(afterDay)))
      if (only?.includes(day) ?? true)
        for (const block of rowsOf<Pick<RollupBlock, 'day' | 'numbers'>>(blocks.all(day)))
          for (const checkId of checksIn(block)) soil.run(day, checkId)
  }
}
