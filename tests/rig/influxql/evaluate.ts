import { aggregate, type Figure } from './aggregate.ts'
import type { Item, Select, ShowTagValues, Statement } from './statement.ts'

/** A point as it should lie in a database: `tie` orders points of one series and millisecond. */
export interface Held {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, number>>
  readonly atMs: number
  readonly offsetNs: number
}

/** One series of an answer; times are ms, the first column is `time` (of SHOW TAG VALUES: `key`). */
export interface Answer {
  readonly tags: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (number | string | null)[])[]
  /** Its figures depend on the order in which the server reads its series: the statement asks for the last of several at once. */
  readonly drawn?: boolean
  /** The time of its one row says nothing. */
  readonly anyTime?: boolean
}

const shanghaiMs = 8 * 3_600_000

/**
 * What InfluxDB 1.x answers to a statement about these points: windows are half open and begin at midnight of the zone, a series without a value
 * is not there, `fill(null)` keeps every window of the asked time, a lone selector keeps the time of its point. Times of points that
 * a query asks for are inclusive at both ends.
 */
export const evaluate = (statement: Statement, points: Iterable<Held>): Answer[] => {
  const chosen: Held[] = []
  const { measurement, where } = statement
  for (const point of points) {
    if (point.measurement !== measurement) continue
    if (statement.kind === 'select' && !within(point, where.fromMs, where.toMs)) continue
    if (where.tags.every(test => test.holds(point.tags[test.key] ?? ''))) chosen.push(point)
  }
  return statement.kind === 'select' ? select(statement, chosen) : tagValues(statement, chosen)
}

/** A whole ms as an upper end leaves the nanoseconds after it out. */
const within = ({ atMs, offsetNs }: Held, fromMs: number, toMs: number): boolean =>
  atMs >= fromMs && (atMs < toMs || (atMs === toMs && offsetNs === 0))

const tagValues = ({ measurement, key }: ShowTagValues, points: readonly Held[]): Answer[] => {
  const values = [...new Set(points.flatMap(point => point.tags[key] ?? []))].sort()
  if (values.length === 0) return []
  return [{ tags: { '': measurement }, columns: ['key', 'value'], rows: values.map(value => [key, value]) }]
}

const select = (statement: Select, points: readonly Held[]): Answer[] => {
  const { items, groupTags } = statement
  const groups = Map.groupBy(points, point => JSON.stringify(groupTags.map(tag => point.tags[tag] ?? '')))
  const columns = ['time', ...columnsOf(items)]
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    group.sort((a, b) => a.atMs - b.atMs || a.offsetNs - b.offsetNs)
    const made = items.every(item => item.call === undefined) ? plainRows(items, group) : madeRows(statement, group)
    const rows = (statement.descending ? made.rows.toReversed() : made.rows).slice(0, statement.limit)
    if (rows.length === 0) return []
    const tags = Object.fromEntries(groupTags.map(tag => [tag, first.tags[tag] ?? '']))
    return [{ ...made, tags, columns, rows }]
  })
}

/** A name that comes again gets a number. */
const columnsOf = (items: readonly Item[]): string[] => {
  const seen = new Map<string, number>()
  return items.map(item => {
    const name = item.alias ?? item.call ?? item.name
    const n = seen.get(name) ?? 0
    seen.set(name, n + 1)
    return n === 0 ? name : `${name}_${n}`
  })
}

type Made = Pick<Answer, 'rows' | 'drawn' | 'anyTime'>

/** Points that have any of the fields; a tag that is asked for beside them does not make a row. */
const plainRows = (items: readonly Item[], group: readonly Held[]): Made => ({
  rows: group.flatMap(point => {
    if (!items.some(item => point.fields[item.name] !== undefined)) return []
    return [[point.atMs, ...items.map(item => point.fields[item.name] ?? point.tags[item.name] ?? null)]]
  })
})

const selectors: readonly string[] = ['last', 'first', 'max', 'min', 'percentile']

const madeRows = (statement: Select, group: readonly Held[]): Made => {
  const { items, intervalMs, fill, where, zone } = statement
  const figuresOf = (held: readonly Held[]): (Figure | undefined)[] =>
    items.map(item =>
      aggregate(
        item,
        held.flatMap(({ atMs, offsetNs, fields }) => {
          const value = fields[item.name]
          return value === undefined ? [] : [{ atMs, offsetNs, value }]
        })
      )
    )
  if (!items.some(item => group.some(point => point.fields[item.name] !== undefined))) return { rows: [] }
  if (intervalMs === undefined) {
    const figures = figuresOf(group)
    if (figures.every(one => one === undefined)) return { rows: [] }
    const lone = items.length === 1 && selectors.includes(items[0]?.call ?? '') ? figures[0] : undefined
    const atMs = lone?.atMs ?? (Number.isFinite(where.fromMs) ? where.fromMs : 0)
    return {
      rows: [[atMs, ...figures.map((one, i) => one?.value ?? (items[i]?.call === 'count' ? 0 : null))]],
      drawn: figures.some(one => one?.drawn),
      anyTime: lone?.anyTime ?? false
    }
  }
  if (zone !== undefined && zone !== 'Asia/Shanghai') throw new Error(`the zone must be Asia/Shanghai, got ${zone}`)
  const offsetMs = zone === undefined ? 0 : shanghaiMs
  const windowOf = (atMs: number): number => Math.floor((atMs + offsetMs) / intervalMs) * intervalMs - offsetMs
  const held = Map.groupBy(group, point => windowOf(point.atMs))
  const windows: number[] = []
  if (fill === 'null') for (let at = windowOf(where.fromMs); at <= where.toMs; at += intervalMs) windows.push(at)
  else windows.push(...[...held.keys()].sort((a, b) => a - b))
  let drawn = false
  const rows = windows.flatMap(at => {
    const figures = figuresOf(held.get(at) ?? [])
    if (fill === 'none' && figures.every(one => one === undefined)) return []
    drawn ||= figures.some(one => one?.drawn)
    // Windows without anything count 0 when nothing else is said of them.
    return [[at, ...figures.map((one, i) => one?.value ?? (fill === 'null' && items[i]?.call === 'count' ? 0 : null))]]
  })
  return { rows, drawn }
}
