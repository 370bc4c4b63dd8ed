import type { StoreReads } from '../../../collector/store/store.ts'
import type { Held } from '../influxql/evaluate.ts'
import type { City } from './city.ts'
import { tagsOfArea } from './place.ts'

const minuteMs = 60_000

/**
 * What the points about the pipeline must say when everything was sent: whole minutes, counts that never fall, and at the end what the store
 * counts now. A sentence for each that does not.
 */
export const pipelineFaults = async (
  points: readonly Held[],
  city: City,
  store: StoreReads,
  letters: number
): Promise<string[]> => {
  const sorted = points.toSorted((a, b) => a.atMs - b.atMs)
  const last = sorted.at(-1)
  if (last === undefined) return ['the pipeline must have points, got none']
  const counts = await store.counts()
  const want: Record<string, number> = {
    behind_n: 0,
    behind_s: 0,
    history_n: 0,
    refused_n: letters,
    too_old_n: 0,
    dirty_n: 0,
    gaps_n: counts.gaps,
    lost_n: counts.lostReadings,
    refused_readings_n: counts.rejected,
    simulated: 1
  }
  const tags = JSON.stringify(Object.entries(tagsOfArea(city, '')).sort())
  return [
    ...Object.entries(want).flatMap(([field, value]) =>
      last.fields[field] === value ? [] : [`pipeline ${field} must be ${value}, got ${last.fields[field] ?? 'nothing'}`]
    ),
    ...((last.fields['points_n'] ?? 0) < city.readings.length
      ? [`pipeline points_n must be at least ${city.readings.length}, got ${last.fields['points_n'] ?? 'nothing'}`]
      : []),
    ...sorted.flatMap(({ atMs, fields, tags: own }, i) => [
      ...(atMs % minuteMs === 0 ? [] : [`pipeline must be dated with full minutes, got ${atMs}`]),
      ...((fields['points_n'] ?? 0) >= (sorted[i - 1]?.fields['points_n'] ?? 0) ? [] : ['points_n must never fall']),
      ...(JSON.stringify(Object.entries(own).sort()) === tags
        ? []
        : [`pipeline must have no place, got ${JSON.stringify(own)}`])
    ])
  ]
}
