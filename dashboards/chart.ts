import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type * as grafana from '@grafana/grafana-foundation-sdk/dashboard'
import { ThresholdsConfigBuilder, FieldColorBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DatabaseName } from '../collector/sinks/influx/schema.ts'
import { databaseOf, select, type Select } from './influxql.ts'
import { both, colours, noFigure, type Codes, type Colour, type Texts, type Words } from './words.ts'

/** Columns of 24, rows of 30 px, from the top left. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}
export const at = (x: number, y: number, w: number, h: number): Place => ({ x, y, w, h })

export interface Step {
  readonly from: number
  readonly colour: Colour
}
export interface DataLink {
  readonly title: string
  readonly url: string
}
/** How a column of a table, or every series of a name, looks. */
export interface Look {
  readonly title?: string
  readonly unit?: string
  readonly decimals?: number
  readonly codes?: Codes
  /** What a cell says for an id of a closed list. */
  readonly texts?: Texts
  readonly steps?: readonly Step[]
  /** `bar` 0 to 100; `paint` fills the cell with the colour of its text or step. */
  readonly cell?: 'bar' | 'paint'
  readonly width?: number
  readonly link?: DataLink
  /** Other properties of Grafana, by their id. */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface Chart {
  readonly id: number
  readonly place: Place
  readonly title: Words
  /** What it says, and what not; a person reads it behind the (i). */
  readonly says: Words
  readonly unit: string
  readonly queries: readonly (Select & { readonly alias?: string })[]
  readonly codes?: Codes
  readonly steps?: readonly Step[]
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly looks?: Readonly<Record<string, Look>>
  /** Only so far back, whatever the dashboard shows (while that is relative to now). */
  readonly recent?: string
  /** The least width of a window, where the points are further apart than the pixels. */
  readonly interval?: string
  readonly repeat?: string
  readonly link?: DataLink
}

/** What all kinds of SDK's panel builders share. */
interface PanelBuilder extends Builder<grafana.Panel> {
  id(id: number): unknown
  title(title: string): unknown
  description(text: string): unknown
  gridPos(place: grafana.GridPos): unknown
  datasource(source: grafana.DataSourceRef): unknown
  targets(targets: Builder<Dataquery>[]): unknown
  unit(unit: string): unknown
  noValue(text: string): unknown
  mappings(mappings: grafana.ValueMapping[]): unknown
  thresholds(thresholds: Builder<grafana.ThresholdsConfig>): unknown
  colorScheme(color: Builder<grafana.FieldColor>): unknown
  overrides(overrides: Override[]): unknown
  transformations(transformations: grafana.DataTransformerConfig[]): unknown
  decimals(decimals: number): unknown
  min(min: number): unknown
  max(max: number): unknown
  timeFrom(range: string): unknown
  interval(interval: string): unknown
  repeat(variable: string): unknown
  dataLinks(links: Builder<grafana.DashboardLink>[]): unknown
}
interface Override {
  matcher: grafana.MatcherConfig
  properties: grafana.DynamicConfigValue[]
}
export type Format = 'table' | 'time_series'
export type Colouring = 'thresholds' | 'palette-classic'

export const sourceRef = (database: DatabaseName): grafana.DataSourceRef => ({
  type: 'influxdb',
  uid: `\${${database}}`
})

/** Sets on a builder what every chart has. */
export const dress = <Kind extends PanelBuilder>(
  builder: Kind,
  chart: Chart,
  format: Format,
  colouring: Colouring,
  transformations: readonly grafana.DataTransformerConfig[] = []
): Kind => {
  const [first] = chart.queries
  if (first === undefined) throw new Error(`chart ${String(chart.id)} ${chart.title.en} has no query`)
  builder.id(chart.id)
  builder.title(both(chart.title))
  builder.description(`${chart.says.zh}\n\n${chart.says.en}`)
  builder.gridPos({ ...chart.place })
  builder.datasource(sourceRef(databaseOf(first.from)))
  builder.targets(chart.queries.map((query, i) => target(query, 'ABCDEFGHIJ'.charAt(i), format)))
  builder.unit(chart.unit)
  builder.noValue(noFigure)
  builder.mappings(mappingsOf(chart.codes))
  builder.thresholds(thresholdsOf(chart.steps ?? []))
  builder.colorScheme(new FieldColorBuilder().mode(colouring as grafana.FieldColorModeId))
  builder.overrides(Object.entries(chart.looks ?? {}).map(([name, look]) => overrideOf(name, look)))
  builder.transformations([...transformations])
  if (chart.decimals !== undefined) builder.decimals(chart.decimals)
  if (chart.min !== undefined) builder.min(chart.min)
  if (chart.max !== undefined) builder.max(chart.max)
  if (chart.recent !== undefined) builder.timeFrom(chart.recent)
  if (chart.interval !== undefined) builder.interval(chart.interval)
  if (chart.repeat !== undefined) builder.repeat(chart.repeat)
  if (chart.link !== undefined) builder.dataLinks([linkOf(chart.link)])
  return builder
}

/** A query of the InfluxDB data source: the SDK has none. */
const target = (query: Select & { readonly alias?: string }, refId: string, format: Format): Builder<Dataquery> => {
  const built = {
    refId,
    datasource: sourceRef(databaseOf(query.from)),
    query: select(query),
    rawQuery: true,
    resultFormat: format,
    ...(query.alias === undefined ? {} : { alias: query.alias })
  }
  // The SDK marks queries by a method that nothing calls; ours are plain JSON.
  return { build: () => built as unknown as Dataquery }
}

const linkOf = (link: DataLink): Builder<grafana.DashboardLink> => ({
  build: () => ({ ...link }) as grafana.DashboardLink
})

const mappingsOf = (codes: Codes | undefined): grafana.ValueMapping[] =>
  codes === undefined
    ? []
    : [
        {
          type: 'value' as grafana.MappingType.ValueToText,
          options: Object.fromEntries(
            Object.entries(codes).map(([code, { text, colour }], index) => [code, { text, color: colour, index }])
          )
        }
      ]

const textsOf = (texts: Texts) => [
  {
    type: 'value',
    options: Object.fromEntries(Object.entries(texts).map(([id, text], index) => [id, { text, index }]))
  }
]

/** What lies below every step, and what is nothing at all, is neither good nor bad. */
const thresholdsOf = (steps: readonly Step[]): Builder<grafana.ThresholdsConfig> =>
  new ThresholdsConfigBuilder().mode('absolute' as grafana.ThresholdsMode).steps(stepsOf(steps))

const stepsOf = (steps: readonly Step[]): grafana.Threshold[] => [
  { value: null, color: colours.apart },
  ...steps.map(step => ({ value: step.from, color: step.colour }))
]

const overrideOf = (name: string, look: Look): Override => {
  const regex = name.startsWith('/')
  const properties: [string, unknown][] = [
    ...(look.title === undefined ? [] : [['displayName', look.title] as [string, unknown]]),
    ...(look.unit === undefined ? [] : [['unit', look.unit] as [string, unknown]]),
    ...(look.decimals === undefined ? [] : [['decimals', look.decimals] as [string, unknown]]),
    ...(look.codes === undefined ? [] : [['mappings', mappingsOf(look.codes)] as [string, unknown]]),
    ...(look.texts === undefined ? [] : [['mappings', textsOf(look.texts)] as [string, unknown]]),
    ...(look.steps === undefined
      ? []
      : [['thresholds', { mode: 'absolute', steps: stepsOf(look.steps) }] as [string, unknown]]),
    ...(look.cell === undefined ? [] : cellOf(look.cell)),
    ...(look.width === undefined ? [] : [['custom.width', look.width] as [string, unknown]]),
    ...(look.link === undefined ? [] : [['links', [look.link]] as [string, unknown]]),
    ...Object.entries(look.more ?? {})
  ]
  return {
    matcher: { id: regex ? 'byRegexp' : 'byName', options: name },
    properties: properties.map(([id, value]) => ({ id, value }))
  }
}

// The words of schema version 37: newer ones translate custom.displayMode themselves.
const cellOf = (cell: 'bar' | 'paint'): [string, unknown][] =>
  cell === 'bar'
    ? [
        ['custom.displayMode', 'gradient-gauge'],
        ['min', 0],
        ['max', 100]
      ]
    : [['custom.displayMode', 'color-background-solid']]
