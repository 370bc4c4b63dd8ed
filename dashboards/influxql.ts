import { specOf, type DatabaseName, type MeasurementName } from '../collector/sinks/influx/schema.ts'

/** What a column of a chart is: a field as it lies there, or one figure of all its values in the window. */
export const figures = ['last', 'mean', 'max', 'min', 'sum', 'count', 'percentile'] as const
export type Figure = (typeof figures)[number]
export interface Column {
  readonly figure: Figure | 'as it is'
  readonly field: string
  /** The name of the column on its way to the chart; the field's unless said otherwise. */
  readonly as: string
  /** Of `percentile` only. */
  readonly rank?: number
}
const of =
  (figure: Figure) =>
  (field: string, as = field): Column => ({ figure, field, as })
export const last = of('last')
export const mean = of('mean')
export const max = of('max')
export const sum = of('sum')
export const percentile = (field: string, rank: number, as: string): Column => ({
  figure: 'percentile',
  field,
  as,
  rank
})
export const field = (name: string): Column => ({ figure: 'as it is', field: name, as: name })

export type Condition =
  | { readonly tag: string; readonly variable: string }
  | { readonly tag: string; readonly is: string }
  | { readonly tag: string; readonly isNot: 'none' }
  | { readonly tag: string; readonly notEnding: string }
/** The tag is one of the variable's values; the variable has the tag's name unless said otherwise. */
export const chosen = (tag: string, variable = tag): Condition => ({ tag, variable })
export const is = (tag: string, id: string): Condition => ({ tag, is: id })
export const known = (tag: string): Condition => ({ tag, isNot: 'none' })
/** The id does not end so: for checks, whose key is their device's id, a hyphen and their name. */
export const notEnding = (tag: string, end: string): Condition => ({ tag, notEnding: end })

export interface Select {
  readonly columns: readonly Column[]
  readonly from: MeasurementName
  readonly where?: readonly Condition[]
  /** One row a window and series, none where there is no figure (`empty: 'null'` leaves a hole that a chart shows as one). */
  readonly every?: '$__interval' | '1h' | '1d'
  readonly empty?: 'null'
  /** One series for each value of these tags. */
  readonly by?: readonly string[]
}

/**
 * A query in the grammar of grammar.ts. Variables carry Grafana's own format: what it makes of a bare `$school` differs by version (9 joins `(a|b)`,
 * 10.0 to 10.3 `a|b`; before 11.4.3 the slash of a single target is not escaped), what it makes of `${school:regex}` does not.
 */
export const select = (query: Select): string => {
  const columns = query.columns.map(column =>
    column.figure === 'as it is'
      ? `"${column.field}"`
      : column.figure === 'percentile'
        ? `percentile("${column.field}", ${String(column.rank)}) AS "${column.as}"`
        : `${column.figure}("${column.field}") AS "${column.as}"`
  )
  const by = [
    ...(query.every === undefined ? [] : [`time(${query.every})`]),
    ...(query.by ?? []).map(tag => `"${tag}"`)
  ]
  const parts = [
    `SELECT ${columns.join(', ')}`,
    `FROM "${query.from}"`,
    `WHERE ${['$timeFilter', ...(query.where ?? []).map(conditionText)].join(' AND ')}`,
    ...(by.length === 0 ? [] : [`GROUP BY ${by.join(', ')}`]),
    ...(query.every === undefined ? [] : [`fill(${query.empty ?? 'none'}) tz('Asia/Shanghai')`])
  ]
  return parts.join(' ')
}

/** The values of a tag, for a variable. */
export const tagValues = (from: MeasurementName, key: string, where: readonly Condition[] = []): string => {
  const conditions = [known(key), ...where]
  return `SHOW TAG VALUES FROM "${from}" WITH KEY = "${key}" WHERE ${conditions.map(conditionText).join(' AND ')}`
}

/** Where the points of a measurement lie. */
export const databaseOf = (measurement: MeasurementName): DatabaseName => {
  const spec = specOf(measurement)
  if (spec === undefined) throw new Error(`measurement ${measurement} is not in schema.ts`)
  return spec.database
}

const conditionText = (condition: Condition): string => {
  const tag = `"${condition.tag}"`
  if ('variable' in condition) return `${tag} =~ /^\${${condition.variable}:regex}$/`
  if ('notEnding' in condition) return `${tag} !~ /${condition.notEnding}$/`
  return 'is' in condition ? `${tag} = '${condition.is}'` : `${tag} != 'none'`
}
