import type { DatabaseSync } from 'node:sqlite'
import {
  holdSlackMs,
  wishMs,
  type GrantAnswer,
  type GrantBounds,
  type LeaseReads,
  type LeaseRow,
  type LeaseWrites,
  type NewLease,
  type Presence,
  type Wish
} from '../lease-store.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

/** Clock jumps between two steps of one lease are looked for this far back, ms: a lease lives for minutes. */
const recentMs = 3_600_000

export const leaseWrites = (db: DatabaseSync): Sync<LeaseWrites> => {
  const one = transaction(db)
  const redateLeases = db.prepare(
    `UPDATE lease SET issued_ms = ?1, not_before_ms = not_before_ms - (issued_ms - ?1), expires_ms = expires_ms - (issued_ms - ?1),
       until_ms = until_ms - (issued_ms - ?1), opened_ms = opened_ms - (issued_ms - ?1) WHERE issued_ms > ?1`
  )
  const redateOpened = db.prepare(
    `UPDATE lease SET opened_ms = ?1, until_ms = until_ms - (opened_ms - ?1) WHERE issued_ms > ?1 - ${recentMs} AND opened_ms > ?1`
  )
  const redateClosed = db.prepare(
    `UPDATE lease SET closed_ms = ?1 WHERE issued_ms > ?1 - ${recentMs} AND closed_ms > ?1`
  )
  const redateUse = db.prepare('UPDATE budget_use SET at_ms = ?1 WHERE at_ms > ?1')
  const redateWishes = db.prepare('UPDATE on_demand SET asked_ms = ?1 WHERE asked_ms > ?1')
  // Closing them for good: a lease whose bytes were given back must never open, whatever the clock says later.
  const lapse = db.prepare(
    'UPDATE lease SET lapsed = 1, closed_ms = ?1 WHERE closed_ms IS NULL AND opened_ms IS NULL AND until_ms < ?1 RETURNING id'
  )
  const forget = db.prepare('DELETE FROM budget_use WHERE lease = ?')
  const busyLine = db.prepare('SELECT 1 FROM lease WHERE closed_ms IS NULL AND until_ms >= ? AND line = ? LIMIT 1')
  const liveCaps = db.prepare(
    'SELECT coalesce(sum(cap_mbps), 0) AS mbps FROM lease WHERE closed_ms IS NULL AND until_ms >= ? AND server = ?'
  )
  const spent = db.prepare(
    'SELECT coalesce(sum(bytes), 0) AS bytes FROM budget_use WHERE uplink = ?1 AND at_ms >= ?2 AND (?3 IS NULL OR kind = ?3)'
  )
  const takeWish = db.prepare('DELETE FROM on_demand WHERE uplink = ? AND asked_ms > ?')
  const insert = db.prepare(
    `INSERT INTO lease (id, uplink, line, agent, server, ip, direction, tier_mbps, kind, slot, cap_mbps, max_bytes, max_ms, issued_ms,
       not_before_ms, expires_ms, until_ms, remote, opened_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  )
  const reserve = db.prepare('INSERT INTO budget_use (lease, uplink, at_ms, kind, bytes) VALUES (?, ?, ?, ?, ?)')
  const find = db.prepare(
    'SELECT ip, max_ms, not_before_ms, expires_ms, opened_ms, closed_ms, lapsed FROM lease WHERE id = ?'
  )
  const open = db.prepare('UPDATE lease SET opened_ms = ?, until_ms = ? WHERE id = ?')
  const close = db.prepare(
    'UPDATE lease SET closed_ms = ?, record = ? WHERE id = ? AND opened_ms IS NOT NULL AND closed_ms IS NULL'
  )
  const settle = db.prepare('UPDATE budget_use SET bytes = ? WHERE lease = ?')
  const wish = db.prepare(
    'INSERT INTO on_demand (uplink, asked_ms) VALUES (?, ?) ON CONFLICT (uplink) DO UPDATE SET asked_ms = excluded.asked_ms'
  )
  const unwish = db.prepare('DELETE FROM on_demand WHERE uplink = ?')
  const addPresence = db.prepare(
    `INSERT INTO presence (agent, day, night, daytime) VALUES (?, ?, ?, ?)
     ON CONFLICT (agent, day) DO UPDATE SET night = max(night, excluded.night), daytime = max(daytime, excluded.daytime)`
  )

  const redate = (nowMs: number): void => {
    for (const statement of [redateLeases, redateOpened, redateClosed, redateUse, redateWishes]) statement.run(nowMs)
  }

  const refusalOf = (lease: NewLease, bounds: GrantBounds): GrantAnswer => {
    const refused = (why: Extract<GrantAnswer, { kind: 'refused' }>['why']): GrantAnswer => ({ kind: 'refused', why })
    if (busyLine.get(lease.issuedMs, lease.line) !== undefined) return refused('line_busy')
    const caps = rowOf<{ mbps: number }>(liveCaps.get(lease.issuedMs, lease.server))?.mbps ?? 0
    if (caps + lease.capMbps > bounds.capsMbps) return refused('server_busy')
    for (const purse of bounds.purses) {
      const bytes = rowOf<{ bytes: number }>(spent.get(lease.uplink, purse.fromMs, purse.kind ?? null))?.bytes ?? 0
      if (bytes + lease.maxBytes > purse.bytes) return refused(purse.name)
    }
    if (lease.slot === 'on_demand' && takeWish.run(lease.uplink, lease.issuedMs - wishMs).changes === 0)
      return refused('no_wish')
    return { kind: 'granted' }
  }

  const add = (lease: NewLease): void => {
    const { issuedMs, expiresMs } = lease
    insert.run(
      lease.id,
      lease.uplink,
      lease.line,
      lease.agent,
      lease.server,
      lease.ip ?? null,
      lease.direction,
      lease.tierMbps,
      lease.kind,
      lease.slot,
      lease.capMbps,
      lease.maxBytes,
      lease.maxMs,
      issuedMs,
      lease.notBeforeMs,
      expiresMs,
      lease.remote ? expiresMs + lease.maxMs + holdSlackMs : expiresMs,
      lease.remote ? 1 : 0,
      lease.remote ? issuedMs : null
    )
    reserve.run(lease.id, lease.uplink, issuedMs, lease.kind, lease.maxBytes)
  }

  return {
    redateLeases: one(redate),
    grantLease: one((lease, bounds) => {
      redate(lease.issuedMs)
      for (const { id } of rowsOf<{ id: string }>(lapse.all(lease.issuedMs))) forget.run(id)
      const answer = refusalOf(lease, bounds)
      if (answer.kind === 'granted') add(lease)
      return answer
    }),
    openLease: one((id, ip, nowMs) => {
      redate(nowMs)
      const lease = rowOf<OpenColumns>(find.get(id))
      if (lease === undefined) return 'lease_invalid'
      if (lease.lapsed === 1) return 'lease_expired'
      if (lease.opened_ms !== null || lease.closed_ms !== null) return 'lease_used'
      if (lease.ip !== null && lease.ip !== ip) return 'lease_foreign_address'
      if (nowMs < lease.not_before_ms) return 'lease_early'
      if (nowMs > lease.expires_ms) return 'lease_expired'
      open.run(nowMs, nowMs + lease.max_ms + holdSlackMs, id)
      return 'opened'
    }),
    closeLease: one((id, usedBytes, nowMs, record) => {
      redate(nowMs)
      if (close.run(nowMs, record, id).changes === 0) return false
      settle.run(usedBytes, id)
      return true
    }),
    wishTest: one(({ uplink, askedMs }) => {
      wish.run(uplink, askedMs)
    }),
    dropWish: one(uplink => unwish.run(uplink).changes > 0),
    putPresence: one(rows => {
      for (const { agent, day, night, daytime } of rows) addPresence.run(agent, day, night ? 1 : 0, daytime ? 1 : 0)
    })
  }
}

export const leaseReads = (db: DatabaseSync): Sync<LeaseReads> => {
  const columns = `l.*, coalesce(b.bytes, 0) AS bytes FROM lease l LEFT JOIN budget_use b ON b.lease = l.id`
  const ofUplinks = db.prepare(
    `SELECT ${columns} WHERE l.uplink IN (SELECT value FROM json_each(?)) AND l.issued_ms >= ? ORDER BY l.issued_ms, l.id`
  )
  const live = db.prepare(`SELECT ${columns} WHERE l.closed_ms IS NULL AND l.until_ms >= ? ORDER BY l.issued_ms, l.id`)
  const wishes = db.prepare('SELECT uplink, asked_ms AS askedMs FROM on_demand ORDER BY uplink')
  const presence = db.prepare(
    'SELECT agent, day, night, daytime FROM presence WHERE agent IN (SELECT value FROM json_each(?)) AND day >= ? ORDER BY agent, day'
  )
  return {
    leasesOf: (uplinks, fromMs) => rowsOf<LeaseColumns>(ofUplinks.all(JSON.stringify(uplinks), fromMs)).map(leaseOf),
    liveLeases: nowMs => rowsOf<LeaseColumns>(live.all(nowMs)).map(leaseOf),
    wishes: () => rowsOf<Wish>(wishes.all()),
    presence: (agents, fromDay) =>
      rowsOf<{ agent: string; day: string; night: number; daytime: number }>(
        presence.all(JSON.stringify(agents), fromDay)
      ).map((row): Presence => ({ ...row, night: row.night === 1, daytime: row.daytime === 1 }))
  }
}

interface OpenColumns {
  ip: string | null
  max_ms: number
  not_before_ms: number
  expires_ms: number
  opened_ms: number | null
  closed_ms: number | null
  lapsed: number
}

interface LeaseColumns extends OpenColumns {
  id: string
  uplink: string
  line: string
  agent: string
  server: string
  direction: LeaseRow['direction']
  tier_mbps: number
  kind: LeaseRow['kind']
  slot: LeaseRow['slot']
  cap_mbps: number
  max_bytes: number
  issued_ms: number
  until_ms: number
  remote: number
  bytes: number
}

const leaseOf = (row: LeaseColumns): LeaseRow => ({
  id: row.id,
  uplink: row.uplink,
  line: row.line,
  agent: row.agent,
  server: row.server,
  ip: row.ip ?? undefined,
  direction: row.direction,
  tierMbps: row.tier_mbps,
  kind: row.kind,
  slot: row.slot,
  capMbps: row.cap_mbps,
  maxBytes: row.max_bytes,
  maxMs: row.max_ms,
  issuedMs: row.issued_ms,
  notBeforeMs: row.not_before_ms,
  expiresMs: row.expires_ms,
  remote: row.remote === 1,
  untilMs: row.until_ms,
  openedMs: row.opened_ms ?? undefined,
  closedMs: row.closed_ms ?? undefined,
  lapsed: row.lapsed === 1,
  bytes: row.bytes
})
