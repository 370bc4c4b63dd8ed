import { placeTags, specOf, type DatabaseName, type MeasurementSpec } from '../collector/sinks/influx/schema.ts'
import { figures } from './influxql.ts'

/**
 * The InfluxQL that our queries may use: what 1.x, 2.x (by DBRP) and 3 Core all answer. One SELECT of figures or fields of one measurement, its time filter
 * first, tags compared with a variable or an id, windows and tags to group by; or SHOW TAG VALUES. No subquery and no arithmetic: 1.6 answered null
 * to the arithmetic of subqueries, so the collector writes percentages and counts as fields.
 */
const figure = figures.filter(name => name !== 'percentile').join('|')
const column = String.raw`(?:(?:(?:${figure})\("\w+"\)|percentile\("\w+", \d{1,2}\))(?: AS "\w+")?|"\w+")`
const condition = String.raw`"\w+" (?:=~ /\^\$\{\w+:regex\}\$/|!~ /[a-z0-9-]+\$/|= '[\w./-]+'|!= 'none')`
const tag = String.raw`"\w+"`
const selectForm = new RegExp(
  String.raw`^SELECT (?<columns>${column}(?:, ${column})*) FROM "(?<from>\w+)" WHERE \$timeFilter(?<where>(?: AND ${condition})*)` +
    String.raw`(?: GROUP BY (?<by>(?:time\((?:\$__interval|1h|1d)\)|${tag})(?:, ${tag})*))?(?<fill> fill\((?:none|null)\) tz\('Asia/Shanghai'\))?$`
)
const showForm = new RegExp(
  String.raw`^SHOW TAG VALUES FROM "(?<from>\w+)" WITH KEY = "(?<key>\w+)" WHERE (?<where>${condition}(?: AND ${condition})*)$`
)

/** Everything in a query that a schema can know or not know. */
export interface Parsed {
  readonly kind: 'select' | 'show'
  readonly from: string
  readonly fields: readonly string[]
  readonly tags: readonly string[]
  readonly variables: readonly string[]
  readonly windowed: boolean
}

/** Undefined when the text is not of the grammar. */
export const parseQuery = (query: string): Parsed | undefined => {
  const groups = (selectForm.exec(query) ?? showForm.exec(query))?.groups
  if (groups === undefined) return undefined
  const { columns = '', from = '', where = '', by = '', key, fill } = groups
  const windowed = by.startsWith('time(')
  // Without fill(none) every empty window is a row; days begin in Shanghai; without a window there is nothing to fill.
  if (key === undefined && windowed !== (fill !== undefined)) return undefined
  return {
    kind: key === undefined ? 'select' : 'show',
    from,
    fields: [...columns.matchAll(/(?:^|, )(?:\w+\()?"(\w+)"/g)].map(match => match[1] ?? ''),
    tags: [
      ...(key === undefined ? [] : [key]),
      ...[...where.matchAll(/"(\w+)" (?==|!)/g)].map(match => match[1] ?? ''),
      ...[...by.matchAll(/"(\w+)"/g)].map(match => match[1] ?? '')
    ],
    variables: [...where.matchAll(/\$\{(\w+):regex\}/g)].map(match => match[1] ?? ''),
    windowed
  }
}

/** What is wrong with a query, in sentences without the place it stands at; nothing when it is good. */
export const queryFaults = (query: string, database: DatabaseName): string[] => {
  const parsed = parseQuery(query)
  if (parsed === undefined) return [`must be of the grammar in dashboards/grammar.ts, got ${JSON.stringify(query)}`]
  const spec = specOf(parsed.from)
  if (spec === undefined) return [`must read a measurement of schema.ts, got "${parsed.from}"`]
  return [
    ...(spec.database === database ? [] : [`must read "${parsed.from}" from ${spec.database}, got ${database}`]),
    ...parsed.fields
      .filter(name => !knowsField(spec, name))
      .map(name => `must read fields of "${parsed.from}", got "${name}"`),
    ...parsed.tags
      .filter(name => !placeTags.some(known => known === name) && !spec.tags.includes(name))
      .map(name => `must use tags of "${parsed.from}", got "${name}"`)
  ]
}

const knowsField = (spec: MeasurementSpec, name: string): boolean => Object.hasOwn(spec.fields, name)
