import { Counter, Gauge, type Registry } from 'prom-client'
import type { SinkStanding } from '../sinks/standing.ts'
import type { SinkState } from '../store/sink-store.ts'

const states: readonly SinkState[] = ['starting', 'delivering', 'backing_off', 'refused']

/** Sinks on /metrics: what the store knows of them, not what a thread says of itself. */
export const sinkMetrics = (registry: Registry) => {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `campus_gauge_sink_${name}`, help, labelNames: ['sink'], registers: [registry] })
  const behind = gauge('batches_behind', 'Batches that are not delivered yet')
  const seconds = gauge('behind_seconds', 'Age of the oldest batch that is not delivered yet')
  const history = gauge('history_batches', 'Older batches still to be filled in')
  const letters = gauge('dead_letters', 'Points that were refused and lie there')
  const delivered = gauge('delivered_timestamp_seconds', 'When points were last taken; 0 for never')
  const counter = (name: string, help: string) =>
    new Counter({ name: `campus_gauge_sink_${name}_total`, help, labelNames: ['sink'], registers: [registry] })
  const points = counter('points_delivered', 'Points delivered since the sink first ran')
  const tooOld = counter('points_too_old', 'Points older than the database keeps: not sent')
  const state = new Gauge({
    name: 'campus_gauge_sink_state',
    help: '1 for the state in which the sink is',
    labelNames: ['sink', 'state'],
    registers: [registry]
  })
  /** The store counts; a counter here can only be set from nothing. */
  const set = (one: Counter<'sink'>, sink: string, n: number): void => {
    one.remove({ sink })
    one.inc({ sink }, n)
  }
  return {
    show: (standing: SinkStanding): void => {
      const sink = standing.name
      behind.set({ sink }, standing.behindN)
      seconds.set({ sink }, standing.behindS)
      history.set({ sink }, standing.historyN)
      letters.set({ sink }, standing.deadLettersN)
      delivered.set({ sink }, standing.deliveredAtMs / 1000)
      set(points, sink, standing.pointsN)
      set(tooOld, sink, standing.tooOldN)
      for (const one of states) state.set({ sink, state: one }, one === standing.state ? 1 : 0)
    }
  }
}
