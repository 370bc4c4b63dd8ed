import { Worker } from 'node:worker_threads'
import { SentenceError } from '../../../contract/parse.ts'
import type { SharedStore, Store } from '../../store/store.ts'
import type { ImportOptions, ImportReport, Progress } from './import.ts'
import { importLimits } from './limits.ts'
import type { ImportFile } from './read-file.ts'

export interface ImportTask {
  readonly shared: SharedStore
  readonly file: ImportFile
  readonly options: Omit<ImportOptions, 'progress'>
}
export type ImportNews =
  | { readonly progress: Parameters<Progress> }
  | { readonly report: ImportReport }
  /** Of a SentenceError, which does not survive the way between threads. */
  | { readonly sentence: string }

/**
 * An import in a thread of its own, with a limit on its memory: whatever is in the file, batches go on being stored. Rejects with a
 * SentenceError when the file cannot be read.
 */
export const runImport = (
  store: Pick<Store, 'share'>,
  file: ImportFile,
  { progress, ...options }: ImportOptions
): Promise<ImportReport> =>
  new Promise((resolve, reject) => {
    const { heapMb } = options.limits ?? importLimits
    const shared = store.share()
    const bytes = new Uint8Array(file.bytes)
    const workerData: ImportTask = { shared, file: { ...file, bytes }, options }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData,
      transferList: [shared.writer, bytes.buffer],
      resourceLimits: { maxOldGenerationSizeMb: heapMb }
    })
    worker.on('message', (news: ImportNews) => {
      if ('progress' in news) progress?.(...news.progress)
      else if ('report' in news) resolve(news.report)
      else reject(new SentenceError(news.sentence))
    })
    worker.on('error', (error: Error & { readonly code?: unknown }) => {
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(error)
      else
        reject(
          new SentenceError(`${file.name} must be readable within ${heapMb} MB of memory: import it in parts`, '', {
            cause: error
          })
        )
    })
    worker.on('exit', () => reject(new Error('the import ended without a report')))
  })
