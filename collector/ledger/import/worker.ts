import { parentPort, workerData } from 'node:worker_threads'
import { SentenceError } from '../../../contract/parse.ts'
import { enterStore } from '../../store/sqlite.ts'
import { importLedger } from './import.ts'
import type { ImportNews, ImportTask } from './thread.ts'

/** The thread of one import: reads the store by itself and writes through its one writer. */
const { shared, file, options } = workerData as ImportTask
const port = parentPort
if (port === null) throw new Error('collector/ledger/import/worker.ts must run as a worker thread')
const tell = (news: ImportNews): void => port.postMessage(news)

const store = enterStore(shared)
try {
  const report = await importLedger(store, file, { ...options, progress: (...progress) => tell({ progress }) })
  tell({ report })
} catch (error) {
  if (!(error instanceof SentenceError)) throw error
  tell({ sentence: error.message })
} finally {
  await store.close()
}
