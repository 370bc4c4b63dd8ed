import { Worker } from 'node:worker_threads'
import type { SharedStore } from '../store/store.ts'
import type { Said } from './figures.ts'

/** What a thread of its own is asked to do. */
export interface HalfPeriod {
  readonly shared: SharedStore
  readonly period: string
  readonly nowMs: number
  readonly schools: readonly string[]
}

/** Far more than it needs, and little enough that what is thrown away does not pile up. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 56 }

/** Whether a thread found its limits too narrow: whoever has none can do its work. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'ERR_WORKER_OUT_OF_MEMORY'

/** Judges schools of a period in a thread that begins and ends with it. Rejects with what it died of. */
export const judgeElsewhere = (
  shared: SharedStore,
  period: string,
  nowMs: number,
  schools: readonly string[]
): Promise<readonly Said[]> =>
  new Promise((resolve, reject) => {
    const workerData: HalfPeriod = { shared, period, nowMs, schools }
    const thread = new Worker(new URL('./judge-worker.ts', import.meta.url), {
      workerData,
      resourceLimits,
      transferList: [shared.writer]
    })
    thread.once('message', (said: readonly Said[]) => resolve(said))
    thread.once('error', cause => reject(new Error(`judging ${period} in a thread of its own failed`, { cause })))
    thread.once('exit', code => reject(new Error(`the thread that judged ${period} ended with ${code}`)))
  })
