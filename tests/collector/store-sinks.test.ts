import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import t from 'tap'
import { rollupMigration } from '../../collector/store/schema-rollups.ts'
import { migrations } from '../../collector/store/schema.ts'
import { openStore } from '../../collector/store/sqlite.ts'
import { temporaryDirectory } from '../rig/collector.ts'
import { openStoreHere } from '../rig/store-here.ts'
import { sinkSuite } from '../suites/store-sinks.ts'

// Threads add nothing to these claims: that every operation crosses them is checked by its type.
sinkSuite('SQLite', () => {
  const directory = temporaryDirectory(work => t.teardown(work))
  return { open: () => Promise.resolve(openStoreHere(directory)), close: () => Promise.resolve() }
})

void t.test('SQLite: a store of before has changed as much as it holds, and reads its log by arrival', async t => {
  const directory = temporaryDirectory(work => t.teardown(work))
  const file = join(directory, 'store.sqlite')
  const db = new DatabaseSync(file)
  for (const [name, convert] of Object.entries(rollupMigration)) db.function(name, bodies => convert(String(bodies)))
  for (const step of migrations.slice(0, 7)) db.exec(step)
  db.exec(`
    PRAGMA user_version = 7;
    INSERT INTO rollup_block (day, block, numbers, words, lasts) VALUES ('2026-11-02', 0, x'', '', ''), ('2026-11-01', 3, x'', '', '');
    INSERT INTO share (period, revision, area, target, body) VALUES ('2026-10', 0, 'a', 't', '{}'), ('2026-09', 1, 'a', 't', '{}');
  `)
  db.close()
  const store = await openStore(directory)
  t.teardown(() => store.close())
  t.same(await store.changes('rollup', 0, 9), [
    { key: '2026-11-01 3', seq: 1 },
    { key: '2026-11-02 0', seq: 2 }
  ])
  t.same(await store.changes('period', 0, 9), [{ key: '2026-10', seq: 3 }])
  await store.putShares('2026-11', [], [])
  t.same(await store.changes('period', 3, 9), [{ key: '2026-11', seq: 4 }], 'what changes now comes behind them')

  const plans = new DatabaseSync(file, { readOnly: true })
  t.teardown(() => plans.close())
  const plan = (sql: string): string =>
    plans
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(row => String(row['detail']))
      .join('; ')
  const log = plan('SELECT arrival, count(*) FROM reading WHERE arrival > 1 AND arrival <= 2 GROUP BY arrival')
  t.match(log, 'SEARCH reading USING COVERING INDEX reading_arrival')
  t.notMatch(log, /SCAN|TEMP B-TREE/)
})
