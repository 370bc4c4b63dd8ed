import { measurements, type DatabaseName, type MeasurementName } from '../../../collector/sinks/influx/schema.ts'
import type { Answer, Held } from '../influxql/evaluate.ts'
import { agentPoints, readingPoints } from './readings.ts'
import { bandwidthPoints, dayPoints, portPoints } from './days.ts'
import { milestonePoints, rankPoints, sharePoints, standingPoints } from './figures.ts'
import type { City } from './city.ts'
import { reservedField } from './morning.ts'

/** All that must lie in InfluxDB of a city, but for states of the moment. */
export const heldPoints = (city: City): Held[] => [
  ...readingPoints(city, reading => reading.fields[reservedField] !== undefined),
  ...agentPoints(city),
  ...dayPoints(city),
  ...portPoints(city),
  ...bandwidthPoints(city),
  ...standingPoints(city),
  ...sharePoints(city),
  ...rankPoints(city),
  ...milestonePoints(city)
]

export const databaseOf = (measurement: string): DatabaseName =>
  Object.hasOwn(measurements, measurement) ? measurements[measurement as MeasurementName].database : 'raw'

/** Points as the server gives them back to `SELECT * … GROUP BY *`. */
export const heldIn = (measurement: string, answers: readonly Answer[]): Held[] =>
  answers.flatMap(({ tags, columns, rows }) =>
    rows.map(([atMs, ...cells]) => ({
      measurement,
      tags,
      fields: Object.fromEntries(
        cells.flatMap((cell, i) => (typeof cell === 'number' ? [[columns[i + 1] ?? '', cell]] : []))
      ),
      atMs: Number(atMs),
      offsetNs: 0
    }))
  )

/** What is lost, twice there, or other than it should be: a sentence for each, the first ones. */
export const pointDifferences = (got: readonly Held[], want: readonly Held[]): string[] => {
  const [gotBy, wantBy] = [bySeries(got), bySeries(want)]
  const found: string[] = []
  for (const [series, points] of wantBy) {
    const others = gotBy.get(series)
    if (others === undefined) found.push(`${series} must be there with ${points.length} points, got none`)
    else found.push(...inSeries(series, others, points))
  }
  for (const [series, points] of gotBy)
    if (!wantBy.has(series)) found.push(`${series} must not be there, got ${points.length} points: ${say(points[0])}`)
  return found
}

const bySeries = (points: readonly Held[]): Map<string, Held[]> => {
  const groups = Map.groupBy(points, ({ measurement, tags }) => {
    const keys = Object.keys(tags).sort()
    return `${measurement} ${keys.map(key => `${key}=${tags[key] ?? ''}`).join(',')}`
  })
  for (const group of groups.values()) group.sort((a, b) => a.atMs - b.atMs || (say(a) < say(b) ? -1 : 1))
  return groups
}

const inSeries = (series: string, got: readonly Held[], want: readonly Held[]): string[] => {
  if (got.length !== want.length) {
    const times = new Set(got.map(point => point.atMs))
    const missing = want.find(point => !times.has(point.atMs))
    return [`${series} must have ${want.length} points, got ${got.length}; one of them: ${say(missing ?? want[0])}`]
  }
  return want.flatMap((point, i) => {
    const other = got[i]
    return other !== undefined && other.atMs === point.atMs && sameFields(other.fields, point.fields)
      ? []
      : [`${series} must have ${say(point)}, got ${say(other)}`]
  })
}

type Fields = Held['fields']
const sameFields = (a: Fields, b: Fields): boolean => {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(key => {
    const [x, y] = [a[key], b[key]]
    return x !== undefined && y !== undefined && Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y))
  })
}

const say = (point: Held | undefined): string =>
  point === undefined
    ? 'nothing'
    : `${new Date(point.atMs).toISOString()} ${Object.keys(point.fields)
        .sort()
        .map(key => `${key}=${point.fields[key] ?? ''}`)
        .join(' ')}`
