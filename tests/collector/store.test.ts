import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../collector/store/sqlite.ts'
import { temporaryDirectory } from '../rig/collector.ts'
import { sqliteDoor } from '../rig/store-door.ts'
import { ingestSuite } from '../suites/store.ts'

ingestSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))

void t.test('a store that a newer version wrote is refused with a sentence', async t => {
  const directory = temporaryDirectory(work => t.teardown(work))
  const file = join(directory, 'store.sqlite')
  const db = new DatabaseSync(file)
  db.exec('PRAGMA user_version = 99')
  db.close()
  await t.rejects(openStore(directory), {
    cause: {
      message: `store ${file} was written by a newer version (schema 99, this one knows 8): start that version, or restore a backup`
    }
  })
})

void t.test('a closed store refuses instead of hanging', async t => {
  const store = await openStore(temporaryDirectory(work => t.teardown(work)))
  await store.close()
  await t.rejects(store.counts(), /is closed/)
})
