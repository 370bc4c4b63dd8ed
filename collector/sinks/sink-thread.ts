import type { FastifyBaseLogger } from 'fastify'
import { keepThread, type KeptThread } from '../kept-thread.ts'
import type { Store } from '../store/store.ts'
import type { SinkSettings } from './sink.ts'
import { sinks } from './sinks.ts'

/** The cursor is on disk with every page: a thread that does not end by itself loses nothing. */
const patienceMs = 1_500

/** Starts every sink that is configured beside the collector, each in its thread, and keeps it alive. All end within two seconds, whatever the far ends do. */
export const startSinkThreads = (
  store: Pick<Store, 'share'>,
  settings: SinkSettings,
  log: FastifyBaseLogger
): KeptThread => {
  const { influx, uploadMs } = settings
  const threads = sinks
    .filter(sink => sink.configured(settings))
    .map(({ name }) =>
      keepThread({
        name: `sink ${name}`,
        module: new URL('./sink-worker.ts', import.meta.url),
        store,
        workerData: { name, settings: { influx, uploadMs } },
        log,
        patienceMs
      })
    )
  return {
    stop: async () => {
      await Promise.all(threads.map(thread => thread.stop()))
    }
  }
}
