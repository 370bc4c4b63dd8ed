import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { migrate } from './migrate.ts'
import { reads } from './operations/reads.ts'
import { writes } from './operations/writes.ts'

/**
 * One thread with one connection: `writer` owns every write, `reader` serves long reads beside it (WAL keeps them apart).
 * Messages: {id, operation, args} in, {id, value} or {id, error} out.
 */
interface Call {
  readonly id: number
  readonly operation: string
  readonly args: readonly unknown[]
}
const { file, role } = workerData as { file: string; role: 'writer' | 'reader' }
const port = parentPort
if (port === null) throw new Error('collector/store/worker.ts must run as a worker thread')

const db = new DatabaseSync(file, { readOnly: role === 'reader', timeout: 10_000 })
// FULL: an acknowledged batch survives a power cut, not only a crash of the process.
if (role === 'writer') {
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000'
  )
  migrate(db, file)
}
const operations: Readonly<Record<string, (...args: never[]) => unknown>> =
  role === 'writer' ? { ...writes(db) } : { ...reads(db) }

const serve = (caller: MessagePort): void => {
  caller.on('message', (call: Call) => {
    try {
      if (call.operation === 'close') {
        db.close()
        caller.postMessage({ id: call.id, value: undefined })
        caller.close()
        return
      }
      // Another thread gets a door of its own: its calls stand in the same line.
      if (call.operation === 'door') {
        serve(call.args[0] as MessagePort)
        return
      }
      const operation = operations[call.operation] as ((...args: readonly unknown[]) => unknown) | undefined
      if (operation === undefined) throw new Error(`store operation ${call.operation} is unknown`)
      caller.postMessage({ id: call.id, value: operation(...call.args) })
    } catch (error) {
      caller.postMessage({ id: call.id, error })
    }
  })
}
serve(port)
port.postMessage({ id: 0, value: undefined })
