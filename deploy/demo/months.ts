import { Worker } from 'node:worker_threads'
import type { Settings } from '../../collector/config.ts'
import { startCollector } from '../../collector/main.ts'
import { startUpkeep, type Upkeep } from '../../collector/upkeep.ts'
import type { DemoTerms } from './terms.ts'

/** What the agents' thread says, and the one answer it waits for. */
export type FromWorker =
  | { readonly kind: 'clock'; readonly ms: number }
  | { readonly kind: 'upkeep' }
  | { readonly kind: 'progress'; readonly day: number; readonly days: number; readonly readings: number }
  | {
      readonly kind: 'end'
      readonly readings: number
      readonly batches: number
      /** Devices whose agents are still heard of. */
      readonly alive: readonly string[]
    }
export type ToWorker = 'done'

export interface Months {
  readonly readings: number
  readonly batches: number
  /** Devices whose agents are still heard of. */
  readonly alive: readonly string[]
}

export interface Progress {
  readonly day: number
  readonly days: number
  readonly readings: number
}

/**
 * Lives the months before: a real collector on loopback whose clock the simulation moves, fed by signed batches from a thread that plays the
 * agents. The collector is stopped when it is over; what it stored stays.
 */
export const liveMonths = async (
  settings: Settings,
  terms: DemoTerms,
  version: string,
  onProgress: (progress: Progress) => void
): Promise<Months> => {
  const clock = { ms: terms.untilMs - terms.days * 86_400_000 }
  const now = (): number => clock.ms
  let upkeep: Upkeep | undefined
  const collector = await startCollector({ ...settings, host: '127.0.0.1', port: 0 }, version, {
    now,
    upkeep: (store, log) => {
      // By hand: only the simulation knows when its days are over.
      upkeep = startUpkeep({ store, now, everyMs: 0x7fff_ffff, log })
      return upkeep
    }
  })
  const worker = new Worker(new URL('./simulation-worker.ts', import.meta.url), {
    workerData: { url: collector.url, adminSecret: collector.adminSecret, terms }
  })
  try {
    return await new Promise<Months>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', code => reject(new Error(`the simulated agents ended with ${code}`)))
      worker.on('message', (message: FromWorker) => {
        switch (message.kind) {
          case 'clock':
            clock.ms = message.ms
            worker.postMessage('done' satisfies ToWorker)
            break
          case 'upkeep':
            void (upkeep?.run() ?? Promise.resolve()).then(
              () => worker.postMessage('done' satisfies ToWorker),
              (error: unknown) => reject(error instanceof Error ? error : new Error(String(error)))
            )
            break
          case 'progress':
            onProgress(message)
            break
          case 'end':
            resolve(message)
        }
      })
    })
  } finally {
    // When something failed it still waits for an answer.
    await worker.terminate()
    await collector.stop()
  }
}
