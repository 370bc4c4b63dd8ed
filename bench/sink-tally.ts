import type { Influxd } from '../tests/rig/influxd.ts'
import { batchKey, novelCheck, type Fed, type Place } from './sink-feed.ts'

/** What lies in InfluxDB against what was committed: each point once, at its place. */
export interface SinkTally {
  /** Readings and `agent` points that lie there. */
  readonly found: number
  /** Serial numbers that are nowhere. */
  readonly lost: readonly number[]
  /** Batches whose `agent` point is nowhere. */
  readonly lostBatches: number
  /** Readings that lie there more than once, or somewhere else, or that nobody committed. */
  readonly twice: number
  readonly misplaced: number
  readonly invented: number
}

const measurements = ['host', 'port', 'ping', 'clock', 'portal', novelCheck.probe]

/** Compares series and time of every single point, not totals. Readings in `out` are expected to be missing. */
export const tallyOf = async (influxd: Influxd, fed: Fed, out: ReadonlySet<number> = new Set()): Promise<SinkTally> => {
  const seen = new Map<number, number>()
  let [misplaced, invented] = [0, 0]
  for (const measurement of measurements)
    for (const { tags = {}, values } of await influxd.query(
      'readiness',
      `SELECT "serial_n" FROM "${measurement}" GROUP BY *`
    ))
      for (const [time, value] of values) {
        const serial = Number(value)
        const place = fed.readings.get(serial)
        if (place === undefined || out.has(serial)) invented += 1
        else if (!isAt(place, measurement, tags, String(time))) misplaced += 1
        seen.set(serial, (seen.get(serial) ?? 0) + 1)
      }
  const agents = new Map<string, number>()
  for (const { tags = {}, values } of await influxd.query('readiness', 'SELECT "readings_n" FROM "agent" GROUP BY *'))
    for (const [time, value] of values) {
      const key = batchKey(tags['device'] ?? '', nsOfText(String(time)))
      if (fed.batches.get(key) !== value) invented += 1
      agents.set(key, (agents.get(key) ?? 0) + 1)
    }
  return {
    found: sum(seen.values()) + sum(agents.values()),
    lost: [...fed.readings.keys()].filter(serial => !seen.has(serial) && !out.has(serial)),
    lostBatches: [...fed.batches.keys()].filter(key => !agents.has(key)).length,
    twice: [...seen.values(), ...agents.values()].filter(n => n > 1).length,
    misplaced,
    invented
  }
}

const isAt = (place: Place, measurement: string, tags: Readonly<Record<string, string>>, time: string): boolean =>
  place.measurement === measurement &&
  place.device === tags['device'] &&
  place.part === tags['part'] &&
  place.ns === nsOfText(time)

/** RFC 3339 as the server prints it, with as many digits as there are: as JSON numbers nanoseconds would lose their last digits. */
const nsOfText = (text: string): string => {
  const [seconds = '', fraction = ''] = text.replace('Z', '').split('.')
  return `${Date.parse(`${seconds}Z`) / 1000}${fraction.padEnd(9, '0')}`
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)
