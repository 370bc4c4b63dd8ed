import { rawMs } from '../../../store/retention.ts'
import type { LoggedBatch, LoggedReading } from '../../../store/sink-store.ts'
import type { Parts } from '../parts.ts'
import type { PlacedTags, Places } from '../places.ts'
import type { Point, Refusal } from '../point.ts'
import { outcomeCodes, readingSpecOf } from '../schema.ts'
import type { Checks } from './checks.ts'
import type { Hours } from './hours.ts'
import { stateOf } from './state.ts'

/** What a batch says, as points: one of each reading, and one of the batch itself. */
export interface BatchReader {
  points(batch: LoggedBatch, nowMs: number): Point[]
}

export interface Ground {
  readonly places: Places
  readonly checks: Checks
  readonly hours: Hours
  readonly parts: Parts
}

/** Places that are kept, so that their text is made once: a city's devices. */
const keptPlaces = 20_000
/** Versions of a check are one series: their readings stand apart by so much, and those of one millisecond by one each. */
const versionNs = 1_000
const mostNs = 1_000_000

export const openBatchReader = (ground: Ground): BatchReader => {
  const ofDevices = keeping(ground.places.device)
  const ofAgents = keeping(ground.places.agent)

  const pointOf = (reading: LoggedReading, arrival: number): Point => {
    const { atMs, checkId, twin } = reading
    const refused = (measurement: string, refused: Refusal): Point => ({
      database: 'raw',
      measurement,
      tags: {},
      fields: {},
      measured: reading.fields,
      atMs,
      offsetNs: 0,
      arrival,
      refused
    })
    const check = ground.checks.get(checkId)
    if (check === undefined)
      return refused('reading', {
        fault: 'unregistered',
        says: `check must be one that the ledger's devices have, got number ${checkId}`
      })
    const { probe } = check
    const spec = readingSpecOf(probe)
    if (spec === undefined)
      return refused('reading', {
        fault: 'bad_name',
        says: `probe of check ${check.key} must have a name that is not used otherwise, got ${JSON.stringify(probe)}`
      })
    const part = ground.parts.tagOf(checkId, reading.part)
    if (typeof part !== 'string') return refused(probe, part)
    const place = ofDevices(check.device, atMs)
    if (place === undefined)
      return refused(probe, {
        fault: 'unregistered',
        says: `device of check ${check.key} must be registered, got ${JSON.stringify(check.device)}`
      })
    if (twin >= versionNs)
      return refused(probe, {
        fault: 'time_out_of_range',
        says: `check ${check.key} must have at most ${versionNs} readings of one millisecond and part, got one more`
      })
    const { outcome } = reading
    const failed = Number(outcome === 'failed')
    const inHours = Number(ground.hours.isInHours(place.tags['school'] ?? '', atMs))
    const state = stateOf(probe, reading)
    return {
      database: 'raw',
      measurement: probe,
      tags: place.tags,
      own: { check: check.key, part },
      fields: {
        outcome: outcomeCodes[outcome],
        answered: Number(outcome === 'ok' || outcome === 'degraded'),
        failed,
        in_hours: inHours,
        failed_in_hours: failed * inHours,
        took_ms: reading.tookMs,
        ...(state === undefined ? {} : { state })
      },
      measured: reading.fields,
      atMs,
      offsetNs: (((check.version - 1) * versionNs) % mostNs) + twin,
      arrival
    }
  }
  return {
    points: (batch, nowMs) => [
      ...batch.readings.map(reading => pointOf(reading, batch.arrival)),
      agentPoint(ofAgents(batch.agent, batch.receivedMs), batch, nowMs)
    ]
  }
}

const none = {}

/** The same object for the same place, as long as it holds. */
const keeping = (look: (id: string, atMs: number) => PlacedTags | undefined): typeof look => {
  const kept = new Map<string, PlacedTags>()
  return (id, atMs) => {
    const known = kept.get(id)
    if (known !== undefined && known.fromMs <= atMs && atMs < known.untilMs) return known
    const found = look(id, atMs)
    if (found === undefined) return undefined
    if (kept.size >= keptPlaces) kept.clear()
    kept.set(id, found)
    return found
  }
}

/** One batch of an agent. */
const agentPoint = (place: PlacedTags | undefined, batch: LoggedBatch, nowMs: number): Point => {
  const { arrival, receivedMs, readings, gaps } = batch
  // Its readings are dropped by and by, and what is left of them says nothing.
  const whole = receivedMs >= nowMs - rawMs
  const ages = readings.map(({ atMs }) => (receivedMs - atMs) / 1_000)
  return {
    database: 'raw',
    measurement: 'agent',
    tags: place?.tags ?? {},
    own: none,
    fields: {
      ...(whole && ages.length > 0 ? { lag_s: least(ages), oldest_s: -least(ages.map(age => -age)) } : {}),
      skew_ms: batch.skewMs,
      ...(whole ? { readings_n: readings.length, late_n: readings.filter(({ live }) => !live).length } : {}),
      refused_n: batch.rejectedN,
      gaps_n: gaps.length,
      lost_n: gaps.reduce((sum, gap) => sum + gap.n, 0)
    },
    atMs: receivedMs,
    // By its own number, so that it is the same after a restart: batches of one agent may come in one millisecond.
    offsetNs: arrival % mostNs,
    arrival,
    ...(place === undefined
      ? {
          refused: {
            fault: 'unregistered' as const,
            says: `agent must have a registered device, got ${JSON.stringify(batch.agent)} with none`
          }
        }
      : {})
  }
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
