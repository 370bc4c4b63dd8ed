import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate } from '../../collector/store/migrate.ts'
import { lineOf } from '../../collector/store/operations/judgement.ts'
import { reads } from '../../collector/store/operations/reads.ts'
import { writes } from '../../collector/store/operations/writes.ts'
import { rollupsFrom, type BlockReads } from '../../collector/store/rollup-reads.ts'
import type { Store } from '../../collector/store/store.ts'

/**
 * The SQLite store in this thread, in memory or in a directory as openStore keeps it: for tests of what stands on a store, where two threads
 * for each would cost most of the time. What goes in and comes out is copied, as between threads.
 */
export const openStoreHere = (directory?: string): Store => {
  const file = directory === undefined ? ':memory:' : join(directory, 'store.sqlite')
  const db = new DatabaseSync(file, { timeout: 10_000 })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON')
  migrate(db, file)
  const operations: Readonly<Record<string, (...args: never[]) => unknown>> = { ...writes(db), ...reads(db) }
  const asked = Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (...args: unknown[]) =>
        new Promise(resolve =>
          resolve(structuredClone((operation as (...all: readonly unknown[]) => unknown)(...structuredClone(args))))
        )
    ])
  ) as unknown as Store & BlockReads & { putVerdictLines: (...args: readonly unknown[]) => Promise<void> }
  return {
    ...asked,
    ...rollupsFrom(asked),
    putVerdictsOf: (period, schools, verdicts) => asked.putVerdictLines(period, schools, verdicts.map(lineOf)),
    share: () => {
      throw new Error('a store in this thread has no other: open it with openStore')
    },
    close: () => {
      if (db.isOpen) db.close()
      return Promise.resolve()
    }
  }
}
