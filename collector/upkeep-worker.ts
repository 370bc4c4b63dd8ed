import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { pino } from 'pino'
import { enterStore } from './store/sqlite.ts'
import type { KeptThreadTerms } from './kept-thread.ts'
import { startUpkeep } from './upkeep.ts'

/** Upkeep in a thread of its own: rolling up a city's day takes seconds, and no batch may wait for it. */
const { shared, everyMs, level } = workerData as KeptThreadTerms & { readonly everyMs: number }
const port: MessagePort | null = parentPort
if (port === null) throw new Error('collector/upkeep-worker.ts must run as a worker thread')

const store = enterStore(shared)
const log = pino({ level, base: null }, pino.destination(2))
const upkeep = startUpkeep({ store, now: Date.now, everyMs, log })

port.once('message', () => {
  void upkeep
    .stop()
    .then(() => store.close())
    .then(() => port.close())
})
