import { dayOf, dayStart } from '../../../calendar/day.ts'
import { rawMs } from '../../../store/retention.ts'
import type { Store } from '../../../store/store.ts'
import { weightOf, type RollupInput } from '../../../verdicts/rollup.ts'
import { figure, type Point } from '../point.ts'
import { tagsAt, type Family } from './family.ts'
import type { GivenHours } from './given-hours.ts'
import type { Ground } from './reading.ts'

const hourMs = 3_600_000

/**
 * Hours of ports, from raw readings: none of days whose raw readings are gone, and of the days that still run only hours that say something new.
 */
export const portPoints = async (
  store: Pick<Store, 'readingsOfDay'>,
  ground: Ground,
  day: string,
  families: readonly Family[],
  nowMs: number,
  given: GivenHours
): Promise<Point[]> => {
  if (families.length === 0 || day < dayOf(nowMs - rawMs)) return []
  const familyOf = new Map(families.flatMap(family => family.ids.map(id => [id, family] as const)))
  const readings = await store.readingsOfDay(day, [...familyOf.keys()])
  const hours = new Map<string, Hour>()
  for (const reading of readings) {
    const family = familyOf.get(reading.checkId)
    const part = ground.parts.tagOf(reading.checkId, reading.part)
    // A part too many is refused reading by reading.
    if (family === undefined || typeof part !== 'string') continue
    const atMs = dayStart(day) + Math.floor((reading.atMs - dayStart(day)) / hourMs) * hourMs
    const key = `${atMs} ${part} ${family.key}`
    const known = hours.get(key)
    if (known === undefined) hours.set(key, { family, part, atMs, readings: [reading] })
    else known.readings.push(reading)
  }
  const placed = new Map(families.map(family => [family, tagsAt(ground, family, day)]))
  return [...hours.values()].flatMap(({ family, part, atMs, readings }) => {
    const tags = placed.get(family)
    const fields = fieldsOf(readings)
    const hour = (atMs - dayStart(day)) / hourMs
    return tags === undefined || !given.isNew(day, `${family.key} ${part}`, hour, fields)
      ? []
      : [figure('port_1h', { ...tags, part }, fields, atMs)]
  })
}

interface Hour {
  readonly family: Family
  readonly part: string
  readonly atMs: number
  readonly readings: RollupInput[]
}

const fieldsOf = (readings: readonly RollupInput[]): Record<string, number> => {
  const counts = { ok_n: 0, degraded_n: 0, failed_n: 0, unavailable_n: 0 }
  let [min, max] = [Infinity, -Infinity]
  for (const reading of readings) {
    counts[`${reading.outcome}_n`] += weightOf(reading)
    const speed = reading.fields['speed_mbps']
    if (speed === undefined) continue
    min = Math.min(min, speed)
    max = Math.max(max, speed)
  }
  return { ...counts, ...(min <= max ? { speed_mbps_min: min, speed_mbps_max: max } : {}) }
}
