import type { FastifyBaseLogger } from 'fastify'
import { keepThread, type KeptThread } from './kept-thread.ts'
import type { Store } from './store/store.ts'

/** Starts upkeep beside the collector and keeps it alive: figures can be late, but never missing for good. What it had begun is finished. */
export const startUpkeepThread = (store: Pick<Store, 'share'>, everyMs: number, log: FastifyBaseLogger): KeptThread =>
  keepThread({
    name: 'upkeep',
    module: new URL('./upkeep-worker.ts', import.meta.url),
    store,
    workerData: { everyMs },
    log
  })
