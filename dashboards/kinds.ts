import type * as grafana from '@grafana/grafana-foundation-sdk/dashboard'
import type * as common from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart'
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as StatusHistory } from '@grafana/grafana-foundation-sdk/statushistory'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import {
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  ReduceDataOptionsBuilder
} from '@grafana/grafana-foundation-sdk/common'
import { dress, type Chart } from './chart.ts'

export type Panel = grafana.Panel
type Transformation = grafana.DataTransformerConfig

/** One figure, or a few beside each other, large. Figures of the newest row, also when it holds none: an older one would pass for today's. */
export const stat = (chart: Chart): Panel =>
  dress(new Stat(), chart, 'table', 'thresholds')
    .graphMode('none' as common.BigValueGraphMode)
    .colorMode('value' as common.BigValueColorMode)
    .justifyMode('auto' as common.BigValueJustifyMode)
    .textMode('value_and_name' as common.BigValueTextMode)
    .orientation('horizontal' as common.VizOrientation)
    .reduceOptions(new ReduceDataOptionsBuilder().values(false).calcs(['last']).fields(''))
    .build()

export interface Sort {
  readonly column: string
  readonly descending?: true
}
export interface TableChart extends Chart {
  /** Order of the columns, by tag and field, `Time` where rows are of days or months; what is not named is not shown. Rows of several queries that agree in all tags become one. */
  readonly order: readonly string[]
  /** By the titles of columns, the most important first. */
  readonly sort: readonly Sort[]
  /** Rows without this figure are left out: Grafana sorts them before the smallest. */
  readonly needs?: string
}

export const table = (chart: TableChart): Panel => {
  const titleOf = (name: string): string => chart.looks?.[name]?.title ?? name
  return dress(new Table(), chart, 'table', 'thresholds', tidy(chart))
    .showHeader(true)
    .sortBy(
      chart.sort.map(({ column, descending }) => ({
        build: () => ({ displayName: titleOf(column), desc: descending === true })
      }))
    )
    .build()
}

const tidy = ({ queries, order, needs }: TableChart): Transformation[] => [
  { id: 'filterFieldsByName', options: { include: { names: [...order] } } },
  ...(queries.length > 1 ? [{ id: 'merge', options: {} }] : []),
  ...(needs === undefined ? [] : [{ id: 'filterByValue', options: without(needs) }]),
  {
    id: 'organize',
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(order.map((name, i) => [name, i])),
      renameByName: {}
    }
  }
]

const without = (fieldName: string) => ({
  type: 'exclude',
  match: 'any',
  filters: [{ fieldName, config: { id: 'isNull', options: {} } }]
})

/** Lines over time, or bars of days where `bars`. */
export const timeSeries = (chart: Chart & { readonly bars?: 'stacked' | 'beside' }): Panel => {
  const builder = dress(new TimeSeries(), chart, 'time_series', 'palette-classic')
    .legend(legend())
    .tooltip(tooltip())
    .lineWidth(chart.bars === undefined ? 2 : 0)
    .fillOpacity(chart.bars === undefined ? 0 : 70)
    .spanNulls(false)
    // A line through days without figures would say that they were like the days around them.
    .showPoints('always' as common.VisibilityMode)
    .pointSize(4)
  if (chart.bars !== undefined) builder.drawStyle('bars' as common.GraphDrawStyle)
  const panel = builder.build()
  if (chart.bars === 'stacked') {
    const { custom } = panel.fieldConfig.defaults as { custom?: Record<string, unknown> }
    panel.fieldConfig.defaults.custom = { ...custom, stacking: { mode: 'normal', group: 'A' } }
  }
  return panel
}

/** A row of states for each series: how it went through the hours. */
export const stateTimeline = (chart: Chart): Panel =>
  dress(new StateTimeline(), chart, 'time_series', 'thresholds')
    .mergeValues(true)
    .showValue('never' as common.VisibilityMode)
    .rowHeight(0.85)
    .alignValue('left' as never)
    .legend(legend())
    .tooltip(tooltip())
    .lineWidth(0)
    .fillOpacity(90)
    .build()

/** A square a day for each series; a day without figures stays empty. */
export const statusHistory = (chart: Chart & { readonly showValue?: true }): Panel =>
  dress(new StatusHistory(), chart, 'time_series', 'thresholds')
    .showValue((chart.showValue === true ? 'auto' : 'never') as common.VisibilityMode)
    .rowHeight(0.9)
    .colWidth(0.9)
    .legend(legend())
    .tooltip(tooltip())
    .lineWidth(1)
    .fillOpacity(90)
    .build()

export interface Counted extends Chart {
  /** The field whose values are counted, and the fields that are summed in each group. */
  readonly groups: string
  readonly counts: string
  readonly sums: readonly string[]
}

/** How many series have each value of a field. */
export const countedBars = (chart: Counted): Panel =>
  dress(new BarChart(), chart, 'table', 'palette-classic', [
    {
      id: 'groupBy',
      options: {
        fields: {
          [chart.groups]: { operation: 'groupby', aggregations: [] },
          [chart.counts]: { operation: 'aggregate', aggregations: ['count'] },
          ...Object.fromEntries(chart.sums.map(name => [name, { operation: 'aggregate', aggregations: ['sum'] }]))
        }
      }
    },
    // Bars stand over words, not numbers.
    { id: 'convertFieldType', options: { conversions: [{ targetField: chart.groups, destinationType: 'string' }] } }
  ])
    .xField(chart.groups)
    .orientation('auto' as common.VizOrientation)
    .showValue('always' as common.VisibilityMode)
    .stacking('none' as common.StackingMode)
    .barWidth(0.8)
    .groupWidth(0.7)
    .legend(legend())
    .tooltip(tooltip())
    .fillOpacity(80)
    .build()

const legend = (): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .displayMode('list' as common.LegendDisplayMode)
    .placement('bottom' as common.LegendPlacement)
    .showLegend(true)
    .calcs([])
const tooltip = (): VizTooltipOptionsBuilder =>
  new VizTooltipOptionsBuilder().mode('multi' as common.TooltipDisplayMode).sort('none' as common.SortOrder)
