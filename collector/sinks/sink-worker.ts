import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { pino } from 'pino'
import { enterStore } from '../store/sqlite.ts'
import type { KeptThreadTerms } from '../kept-thread.ts'
import type { SinkSettings } from './sink.ts'
import { sinks } from './sinks.ts'

/** One sink in a thread of its own: reading, writing down and sending never keep a batch or a page waiting. */
interface SinkWorkerData extends KeptThreadTerms {
  readonly name: string
  readonly settings: SinkSettings
}
const { shared, name, settings, level } = workerData as SinkWorkerData
const port: MessagePort | null = parentPort
if (port === null) throw new Error('collector/sinks/sink-worker.ts must run as a worker thread')

const store = enterStore(shared)
const log = pino({ level, base: null }, pino.destination(2))
const running = sinks
  .find(sink => sink.name === name)
  ?.start(settings, {
    store,
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    random: Math.random,
    log
  })

port.once('message', () => {
  void Promise.resolve(running?.stop())
    .then(() => store.close())
    // Connections that are kept open would keep the thread.
    .then(() => process.exit(0))
})
