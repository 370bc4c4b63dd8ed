import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import type { SharedStore, Store } from './store/store.ts'

/** A thread beside the collector that is started again whenever it ends, until it is told to stop. */
export interface KeptThread {
  /** Resolves when the thread has ended. */
  stop(): Promise<void>
}

export interface KeptThreadOptions {
  /** What the log calls it. */
  readonly name: string
  readonly module: URL
  /** It enters the store by itself, and gets this with it. The message `stop` asks it to end. */
  readonly store: Pick<Store, 'share'>
  readonly workerData: Readonly<Record<string, unknown>>
  readonly log: FastifyBaseLogger
  /** A thread that has not ended so long after `stop` is ended, ms; it is waited for when left out. */
  readonly patienceMs?: number
}

/** What every such thread finds in its `workerData`. */
export interface KeptThreadTerms {
  readonly shared: SharedStore
  readonly level: string
}

/** A thread that died is started again after this time, ms. */
const restartMs = 10_000

/** Whatever a thread lacks (memory, handles), the collector goes on without it. */
export const keepThread = (options: KeptThreadOptions): KeptThread => {
  const { name, module, store, log, patienceMs } = options
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let worker: Worker | undefined

  const later = (): void => {
    if (!stopping) timer = setTimeout(start, restartMs)
  }
  const start = (): void => {
    try {
      begin()
    } catch (err) {
      log.error({ err, thread: name }, 'a thread cannot be started')
      later()
    }
  }
  const begin = (): void => {
    const shared = store.share()
    const terms: KeptThreadTerms = { shared, level: log.level }
    const thread = new Worker(module, {
      workerData: { ...options.workerData, ...terms },
      transferList: [shared.writer]
    })
    worker = thread
    thread.on('error', err => log.error({ err, thread: name }, 'a thread failed'))
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
      const late = patienceMs === undefined ? undefined : setTimeout(() => void thread.terminate(), patienceMs)
      await ended
      clearTimeout(late)
    }
  }
}
