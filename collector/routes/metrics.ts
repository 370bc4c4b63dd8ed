import type { FastifyPluginAsync } from 'fastify'
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Committer } from '../receive/committer.ts'
import { standings } from '../sinks/standing.ts'
import { sinkMetrics } from './sink-metrics.ts'
import type { StoreReads } from '../store/store.ts'

/** What /metrics shows (OpenMetrics names: base units, `_total` on counters). One registry a collector, no module state. */
export const openMetrics = (store: StoreReads, committer: Committer, now: () => number) => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const answers = new Counter({
    name: 'campus_gauge_agent_answers_total',
    help: 'Answers to agents by route and status',
    labelNames: ['route', 'status'],
    registers: [registry]
  })
  const stored = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })
  const batches = stored('campus_gauge_batches_stored', 'Batches in the log')
  const readings = stored('campus_gauge_readings_stored', 'Readings in the store')
  const rejected = stored('campus_gauge_readings_rejected', 'Readings kept aside with a reason')
  const gaps = stored('campus_gauge_gaps', 'Gaps that agents declared')
  const lost = stored('campus_gauge_readings_lost', 'Readings that agents declared lost')
  const dirty = stored('campus_gauge_dirty_days', 'Days of checks that wait for their rollup')
  const sinks = sinkMetrics(registry)
  const waiting = stored('campus_gauge_batches_waiting', 'Batches that wait for the disk')

  const routes: FastifyPluginAsync = async app => {
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      const counts = await store.counts()
      batches.set(counts.batches)
      readings.set(counts.readings)
      rejected.set(counts.rejected)
      gaps.set(counts.gaps)
      lost.set(counts.lostReadings)
      dirty.set(counts.dirty)
      waiting.set(committer.waiting())
      for (const standing of await standings(store, now())) sinks.show(standing)
      return reply.type(registry.contentType).send(await registry.metrics())
    })
    return Promise.resolve()
  }
  return { routes, answered: (route: string, status: number) => answers.inc({ route, status: String(status) }) }
}
