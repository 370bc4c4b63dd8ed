import { openStore } from '../../collector/store/sqlite.ts'
import type { Store } from '../../collector/store/store.ts'
import type { StoreDoor } from '../suites/store.ts'
import { temporaryDirectory, type After } from './collector.ts'

/** SQLite, as the suites want it: the same directory opens again and again. */
export const sqliteDoor = (after: After): StoreDoor => {
  const directory = temporaryDirectory(after)
  const opened: Store[] = []
  return {
    open: async () => {
      const store = await openStore(directory)
      opened.push(store)
      return store
    },
    close: async () => {
      for (const store of opened) await store.close().catch(() => undefined)
    }
  }
}
