import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import type { Store } from '../store/store.ts'
import type { SinkSettings } from './sink.ts'
import type { SinkWorkerData } from './sink-worker.ts'
import { sinks } from './sinks.ts'

export interface SinkThreads {
  /** Resolves when every thread has ended: within two seconds, whatever the far ends do. */
  stop(): Promise<void>
}

/** A thread that died is started again after this time, ms. */
const restartMs = 10_000
/** The cursor is on disk with every page: a thread that does not end by itself loses nothing. */
const patienceMs = 1_500

/** Starts every sink that is configured beside the collector, each in its thread, and keeps it alive. */
export const startSinkThreads = (
  store: Pick<Store, 'share'>,
  settings: SinkSettings,
  log: FastifyBaseLogger
): SinkThreads => {
  const { influx, uploadMs } = settings
  const threads = sinks
    .filter(sink => sink.configured(settings))
    .map(({ name }) => startThread(store, name, { influx, uploadMs }, log))
  return {
    stop: async () => {
      await Promise.all(threads.map(thread => thread.stop()))
    }
  }
}

const startThread = (
  store: Pick<Store, 'share'>,
  name: string,
  settings: SinkSettings,
  log: FastifyBaseLogger
): SinkThreads => {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let worker: Worker | undefined

  const later = (): void => {
    if (!stopping) timer = setTimeout(start, restartMs)
  }
  /** Whatever a thread lacks (memory, handles), the collector goes on without it. */
  const start = (): void => {
    try {
      begin()
    } catch (err) {
      log.error({ err, sink: name }, 'a sink thread cannot be started')
      later()
    }
  }
  const begin = (): void => {
    const shared = store.share()
    const workerData: SinkWorkerData = { shared, name, settings, level: log.level }
    const thread = new Worker(new URL('./sink-worker.ts', import.meta.url), {
      workerData,
      transferList: [shared.writer]
    })
    worker = thread
    thread.on('error', err => log.error({ err, sink: name }, 'a sink thread failed'))
    thread.on('exit', () => {
      if (worker === thread) worker = undefined
      later()
    })
  }
  start()
  return {
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      if (worker === undefined) return
      const thread = worker
      // Also when it fails on its way out: whoever stops the collector must not.
      const ended = new Promise(resolve => thread.once('exit', resolve))
      thread.postMessage('stop')
      const late = setTimeout(() => void thread.terminate(), patienceMs)
      await ended
      clearTimeout(late)
    }
  }
}
