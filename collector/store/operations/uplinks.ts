import type { DatabaseSync } from 'node:sqlite'
import type { UplinkRow } from '../../ledger/uplink.ts'
import type { TierTest } from '../../verdicts/uplink/tier-test.ts'
import type { UplinkReads, UplinkWrites } from '../uplink-store.ts'
import { rowsOf, transaction, type Sync } from './transaction.ts'

export const uplinkWrites = (db: DatabaseSync): Sync<UplinkWrites> => {
  const put = db.prepare(
    `INSERT INTO tier_test (uplink, at_ms, direction, kind, tier_mbps, lease, body) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = iif(json_extract(body, '$.school') IS NULL, excluded.body,
       json_set(excluded.body, '$.school', json_extract(body, '$.school')))`
  )
  return {
    putTierTests: transaction(db)(tests => {
      for (const t of tests) put.run(t.uplink, t.atMs, t.direction, t.kind, t.tierMbps, t.lease, JSON.stringify(t))
    })
  }
}

export const uplinkReads = (db: DatabaseSync): Sync<UplinkReads> => {
  const columns = `SELECT id, school, device, interface AS interfaceName, contract_down_mbps AS contractDownMbps,
       contract_up_mbps AS contractUpMbps, isp, shared_group AS sharedGroup, server FROM uplink`
  const uplinks = db.prepare(`${columns} ORDER BY id`)
  const uplinksOf = db.prepare(`${columns} WHERE school IN (SELECT value FROM json_each(?)) ORDER BY id`)
  const order = 'ORDER BY at_ms, uplink, direction, kind, tier_mbps, lease'
  // Tests of the time before an uplink's id was given to another school are that school's no more than this one's: they stay, unread.
  const own = `coalesce(json_extract(body, '$.school'), u.school) = u.school`
  const from = `FROM tier_test JOIN uplink u ON u.id = tier_test.uplink WHERE ${own} AND at_ms >= ? AND at_ms < ?`
  const all = db.prepare(`SELECT body ${from} ${order}`)
  const some = db.prepare(`SELECT body ${from} AND u.id IN (SELECT value FROM json_each(?)) ${order}`)
  return {
    uplinks: schools =>
      rowsOf<Nullable<UplinkRow>>(schools === undefined ? uplinks.all() : uplinksOf.all(JSON.stringify(schools))).map(
        u => ({
          ...u,
          interfaceName: u.interfaceName ?? undefined,
          contractDownMbps: u.contractDownMbps ?? undefined,
          contractUpMbps: u.contractUpMbps ?? undefined,
          isp: u.isp ?? undefined,
          sharedGroup: u.sharedGroup ?? undefined,
          server: u.server ?? undefined
        })
      ),
    tierTests: (ids, fromMs, toMs) =>
      rowsOf<{ body: string }>(
        ids === undefined ? all.all(fromMs, toMs) : some.all(fromMs, toMs, JSON.stringify(ids))
      ).map(row => ({ ...unsaid, ...(JSON.parse(row.body) as TierTest) }))
  }
}

type Nullable<Row> = { [Name in keyof Row]: undefined extends Row[Name] ? NonNullable<Row[Name]> | null : Row[Name] }

/** JSON leaves out what is undefined; a row has every name. */
const unsaid = {
  ipMbps: undefined,
  ipLoMbps: undefined,
  ipHiMbps: undefined,
  goodputMbps: undefined,
  cv: undefined,
  capMbps: undefined
} satisfies Partial<TierTest>
