import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import t from 'tap'
import { leaseSchema } from '../../collector/store/schema-leases.ts'
import { uplinkSchema } from '../../collector/store/schema-uplinks.ts'
import { migrations } from '../../collector/store/schema.ts'
import { openStore } from '../../collector/store/sqlite.ts'
import { temporaryDirectory } from '../rig/collector.ts'
import { rollup } from '../rig/evidence.ts'
import { sqliteDoor } from '../rig/store-door.ts'
import { judgementSuite } from '../suites/store-judgement.ts'

judgementSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))

void t.test('rollups that an earlier version wrote are read as before, all of them in hours', async t => {
  const directory = temporaryDirectory(work => t.teardown(work))
  const db = new DatabaseSync(join(directory, 'store.sqlite'))
  for (const step of [migrations[0] ?? '', uplinkSchema, leaseSchema]) db.exec(step)
  db.exec('PRAGMA user_version = 3')
  db.exec(`INSERT INTO area VALUES ('a', NULL, 'city', 'a', NULL);
    INSERT INTO school VALUES ('s', '1', 's', NULL, 'primary', 'rural', 0, 0, NULL, NULL, NULL);
    INSERT INTO device VALUES ('d', 's', NULL, 'gateway', 'd', NULL, NULL, '[]', 'campus');
    INSERT INTO "check" VALUES (1, 'd-edu', 1, 'd', 'portal', 60000, 'www.gov.cn', 'off_site', '{}', 0, NULL)`)
  const counts = { ok: 3, degraded: 0, failed: 1, unavailable: 0 }
  const rows = [
    rollup('2026-11-02', 1, { counts, reasons: { timeout: 1 } }),
    rollup('2026-11-02', 1, { part: 'eth0', place: '' }),
    rollup('2026-11-02', 200, { fields: { a: { n: 1, min: 1, mean: 1, p50: 1, p95: 1, max: 1 } } }),
    rollup('2026-11-02', 201, { part: 'eth0', place: '' }),
    rollup('2026-11-02', 201, { part: 'eth1', fields: { a: { n: 2, min: 2, mean: 2, p50: 2, p95: 2, max: 2 } } }),
    rollup('2026-11-03', 1, { counts: { ...counts, ok: 0 } })
  ].map(row => ({ ...row, inHours: row.counts }))
  const add = db.prepare('INSERT INTO rollup_day VALUES (?, ?, ?, ?, ?)')
  for (const row of rows.toReversed())
    add.run(row.day, row.checkId, row.part, row.place, JSON.stringify({ ...row, inHours: undefined }))
  db.close()

  const store = await openStore(directory)
  t.teardown(() => store.close())
  t.same(
    (await store.rollups('2026-11-01', '2026-11-30')).map(row => JSON.stringify(sorted(row))).sort(),
    rows.map(row => JSON.stringify(sorted(row))).sort()
  )
  t.same(await store.answered('2026-11-01', '2026-11-30'), [{ day: '2026-11-02', subject: 'www.gov.cn' }])
  t.equal(await store.ledgerChanges(), 0)
})

const sorted = (row: object): unknown => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))
