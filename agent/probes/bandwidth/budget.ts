import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { fits } from '../../../contract/parse.ts'
import { RegistryId } from '../../../contract/registry-id.ts'
import { readIfThere, writePrivate } from '../../private-file.ts'

/**
 * The agent's own book of what its tests cost, beside the collector's: bytes are reserved on disk before the first one flows and settled
 * afterwards, so a crash in between keeps the whole reservation.
 *
 * A day is the 24 hours, a month the 31 days before now by the collector's signed clock. The machine's own clock is never asked. A row
 * dated later than now counts as now, and one of this boot counts by uptime as well: a clock that jumps, either one, frees nothing.
 */
export interface Book {
  /** Bytes that may still be spent on an uplink now, by this budget or the last one named. Infinity before any lease has named one. */
  left(uplink: string, now: BookTime, budget?: Budget): number
  /** False, and nothing written, when the bytes do not fit. */
  reserve(entry: Reservation, limits: Budget, now: BookTime): boolean
  /** What it cost in the end; the reservation goes. */
  settle(lease: string, bytes: number): void
}

export interface BookTime {
  /** The collector's clock, ms since 1970. */
  readonly serverMs: number
  readonly boot: string
  /** Since boot, with sleep, ms. */
  readonly upMs: number
}

export interface Reservation {
  readonly lease: string
  readonly uplink: string
  readonly bytes: number
}

export interface Budget {
  readonly dayBytes: number
  readonly monthBytes: number
}

const Row = Type.Object({
  lease: RegistryId,
  uplink: RegistryId,
  bytes: Type.Number({ minimum: 0 }),
  server_ms: Type.Number(),
  boot: Type.String(),
  up_ms: Type.Number(),
  /** The clock when the row was first found to be dated later than now. */
  found_ms: Type.Optional(Type.Number())
})
type Row = Static<typeof Row>
const Pages = Type.Object({
  rows: Type.Array(Row),
  /** Budgets as last named, by uplink. */
  budgets: Type.Record(Type.String(), Type.Object({ day_bytes: Type.Number(), month_bytes: Type.Number() })),
  /** A book that could not be read was put aside then: for a day nothing is spent. */
  lost: Type.Optional(Type.Pick(Row, ['server_ms', 'boot', 'up_ms', 'found_ms']))
})
type Pages = Static<typeof Pages>

const unlimited: Budget = { dayBytes: Infinity, monthBytes: Infinity }
const dayMs = 86_400_000
const monthMs = 31 * dayMs
/** More than two years of nightly tests. The oldest go first, by order, because a date may be wrong. */
const mostRows = 1_000

export const openBook = (directory: string): Book => {
  const file = join(directory, 'bandwidth-budget.json')
  let pages: Pages | undefined

  const read = (now: BookTime): Pages => {
    const known = pages ?? readPages(file, now)
    pages = {
      ...known,
      rows: known.rows.map(row => dated(row, now)),
      ...(known.lost === undefined ? {} : { lost: dated(known.lost, now) })
    }
    return pages
  }
  const write = (next: Pages): void => {
    writePrivate(file, JSON.stringify(next))
    // Only what is on disk counts as written.
    pages = next
  }
  const spent = (rows: readonly Row[], uplink: string, now: BookTime, spanMs: number): number =>
    rows.filter(row => row.uplink === uplink && within(row, now, spanMs)).reduce((sum, row) => sum + row.bytes, 0)
  const room = (known: Pages, uplink: string, budget: Budget, now: BookTime): number => {
    if (known.lost !== undefined && within(known.lost, now, dayMs)) return 0
    const day = budget.dayBytes - spent(known.rows, uplink, now, dayMs)
    const month = budget.monthBytes - spent(known.rows, uplink, now, monthMs)
    return Math.max(0, Math.min(day, month))
  }

  return {
    left: (uplink, now, budget) => {
      const known = read(now)
      const named = known.budgets[uplink]
      const last = named === undefined ? unlimited : { dayBytes: named.day_bytes, monthBytes: named.month_bytes }
      return room(known, uplink, budget ?? last, now)
    },
    reserve: ({ lease, uplink, bytes }, limits, now) => {
      const known = read(now)
      if (bytes > room(known, uplink, limits, now)) return false
      const row: Row = { lease, uplink, bytes, server_ms: now.serverMs, boot: now.boot, up_ms: now.upMs }
      const budget = { day_bytes: limits.dayBytes, month_bytes: limits.monthBytes }
      write({ ...known, rows: shortened([...known.rows, row]), budgets: { ...known.budgets, [uplink]: budget } })
      return true
    },
    settle: (lease, bytes) => {
      if (pages === undefined) return
      write({
        ...pages,
        rows: pages.rows.map(row => (row.lease === lease ? { ...row, bytes: Math.max(0, bytes) } : row))
      })
    }
  }
}

type Dated = Pick<Row, 'server_ms' | 'boot' | 'up_ms' | 'found_ms'>

/**
 * A row from the future counts from the moment it was found to be one: it neither is free nor blocks until that future comes. Its own date is
 * kept beside it, for the clock that went back may have been the wrong one.
 */
const dated = <T extends Dated>(row: T, now: BookTime): T =>
  row.server_ms > now.serverMs && (row.found_ms ?? Infinity) > now.serverMs ? { ...row, found_ms: now.serverMs } : row

/** By either date, and in the same boot by uptime, whatever the dates say. */
const within = (row: Dated, now: BookTime, spanMs: number): boolean =>
  (row.server_ms <= now.serverMs && now.serverMs - row.server_ms < spanMs) ||
  (row.found_ms !== undefined && now.serverMs - row.found_ms < spanMs) ||
  (row.boot === now.boot && now.upMs - row.up_ms < spanMs)

const shortened = (rows: readonly Row[]): Row[] => rows.slice(-mostRows)

/** A book that is damaged is put aside by the next write; until a day later nothing is spent, because nobody knows what was. */
const readPages = (file: string, now: BookTime): Pages => {
  const text = readIfThere(file)
  if (text === undefined) return { rows: [], budgets: {} }
  try {
    const raw: unknown = JSON.parse(text)
    if (fits(Pages, raw)) return raw
  } catch {
    // Not JSON: the same as a wrong shape.
  }
  const lost: Pages = {
    rows: [],
    budgets: {},
    lost: { server_ms: now.serverMs, boot: now.boot, up_ms: now.upMs }
  }
  writePrivate(file, JSON.stringify(lost))
  return lost
}
