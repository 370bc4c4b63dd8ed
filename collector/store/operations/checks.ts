import type { DatabaseSync } from 'node:sqlite'
import type { CheckRow } from '../../ledger/checks.ts'
import type { StoreReads, StoreWrites } from '../store.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

export const checkWrites = (db: DatabaseSync): Pick<Sync<StoreWrites>, 'putChecks'> => {
  const currentOf = db.prepare(
    'SELECT key, version, probe, every_ms, subject, place, options FROM "check" WHERE device = ? AND to_ms IS NULL'
  )
  const endCheck = db.prepare('UPDATE "check" SET to_ms = ? WHERE key = ? AND to_ms IS NULL')
  const lastVersion = db.prepare('SELECT max(version) AS version FROM "check" WHERE key = ?')
  const addCheck = db.prepare(
    'INSERT INTO "check" (key, version, device, probe, every_ms, subject, place, options, from_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const putChecks: Sync<StoreWrites>['putChecks'] = (drafts, nowMs) => {
    for (const [device, wanted] of Map.groupBy(drafts, draft => draft.device)) {
      const current = new Map(rowsOf<CheckColumns>(currentOf.all(device)).map(row => [row.key, row]))
      for (const key of current.keys()) if (!wanted.some(draft => draft.key === key)) endCheck.run(nowMs, key)
      for (const d of wanted) {
        const old = current.get(d.key)
        const same =
          old?.probe === d.probe &&
          old.every_ms === d.everyMs &&
          old.subject === d.subject &&
          old.place === d.place &&
          old.options === d.options
        if (same) continue
        endCheck.run(nowMs, d.key)
        const version = (rowOf<{ version: number | null }>(lastVersion.get(d.key))?.version ?? 0) + 1
        addCheck.run(d.key, version, d.device, d.probe, d.everyMs, d.subject, d.place, d.options, nowMs)
      }
    }
  }
  return { putChecks: transaction(db)(putChecks) }
}

export const checkReads = (db: DatabaseSync): Pick<Sync<StoreReads>, 'checks' | 'checksOf' | 'ruleChecksOf'> => {
  const checkColumns = 'SELECT id, key, version, device, probe, every_ms, subject, place, options, to_ms FROM "check"'
  const checks = db.prepare(`${checkColumns} ORDER BY id`)
  const checksOf = db.prepare(`${checkColumns} WHERE device IN (SELECT value FROM json_each(?)) ORDER BY id`)
  const ruleChecksOf = db.prepare(
    'SELECT id, device, probe, subject, place FROM "check" WHERE device IN (SELECT value FROM json_each(?)) ORDER BY id'
  )
  return {
    ruleChecksOf: list => rowsOf(ruleChecksOf.all(JSON.stringify(list))),
    checks: () => rowsOf<CheckColumns>(checks.all()).map(checkOf),
    checksOf: list => rowsOf<CheckColumns>(checksOf.all(JSON.stringify(list))).map(checkOf)
  }
}

interface CheckColumns extends Pick<
  CheckRow,
  'id' | 'key' | 'version' | 'device' | 'probe' | 'subject' | 'place' | 'options'
> {
  every_ms: number
  to_ms: number | null
}

const checkOf = (c: CheckColumns): CheckRow => ({
  id: c.id,
  key: c.key,
  version: c.version,
  device: c.device,
  probe: c.probe,
  everyMs: c.every_ms,
  subject: c.subject,
  place: c.place,
  options: c.options,
  toMs: c.to_ms ?? undefined
})
