import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import type { Store } from './store/store.ts'

export interface UpkeepThread {
  /** Resolves when the thread has ended; what it had begun is finished. */
  stop(): Promise<void>
}

/** A thread that died is started again after this time, ms. */
const restartMs = 10_000

/** Starts upkeep beside the collector and keeps it alive: figures can be late, but never missing for good. */
export const startUpkeepThread = (
  store: Pick<Store, 'share'>,
  everyMs: number,
  log: FastifyBaseLogger
): UpkeepThread => {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let worker: Worker | undefined

  const start = (): void => {
    const shared = store.share()
    const thread = new Worker(new URL('./upkeep-worker.ts', import.meta.url), {
      workerData: { shared, everyMs, level: log.level },
      transferList: [shared.writer]
    })
    worker = thread
    thread.on('error', err => log.error({ err }, 'the upkeep thread failed'))
    thread.on('exit', () => {
      if (worker === thread) worker = undefined
      if (!stopping) timer = setTimeout(start, restartMs)
    })
  }
  start()
  return {
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      if (worker === undefined) return
      const ended = once(worker, 'exit')
      worker.postMessage('stop')
      await ended
    }
  }
}
