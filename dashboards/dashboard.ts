import type * as grafana from '@grafana/grafana-foundation-sdk/dashboard'
import { DashboardBuilder, DashboardLinkBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { sourceRef } from './chart.ts'
import { field, is, select } from './influxql.ts'
import type { Panel } from './kinds.ts'
import { uids, type DashboardName } from './links.ts'
import { sources, type Variable } from './variables.ts'
import { both, colours, type Words } from './words.ts'

export interface Page {
  readonly name: DashboardName
  readonly title: Words
  /** The question it answers. */
  readonly says: Words
  readonly from: string
  readonly to?: string
  readonly refresh: string
  readonly variables: readonly Variable[]
  readonly panels: readonly Panel[]
  /** The 20th and the 25th as marks in the charts. */
  readonly milestones?: true
}

/** A whole dashboard, in the schema of Grafana 9.1. */
export const dashboard = (page: Page): Dashboard => {
  const builder = new DashboardBuilder(both(page.title))
    .uid(uids[page.name])
    .description(`${page.says.zh}\n\n${page.says.en}`)
    .tags(['campus-gauge'])
    .timezone('Asia/Shanghai')
    .readonly()
    .tooltip(1)
    .time({ from: page.from, to: page.to ?? 'now' })
    .refresh(page.refresh)
    .variables([...sources, ...page.variables].map(model => ({ build: () => model })))
    .annotations(
      page.milestones === true
        ? [milestone('freeze', '冻结 Freeze', colours.mark), milestone('publish', '发布 Publication', colours.apart)]
        : []
    )
    .link(
      new DashboardLinkBuilder(both({ zh: '其他看板', en: 'Dashboards' }))
        .type('dashboards' as grafana.DashboardLinkType)
        .tags(['campus-gauge'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true)
    )
  for (const panel of page.panels) builder.withPanel({ build: () => repeated(panel) })
  // 37: the newest that 9.1 knows; later versions bring it up to theirs.
  return { ...builder.build(), schemaVersion: 37, weekStart: 'monday' }
}

/** Six of a repeated chart beside each other; the SDK gives the direction of repeating to charts that do not repeat, too. */
const repeated = (panel: Panel): Panel => {
  const { repeatDirection, ...rest } = panel
  return panel.repeat === undefined ? rest : ({ ...rest, repeatDirection, maxPerRow: 6 } as Panel)
}

/**
 * Days of the reporting calendar, from points of the collector: Grafana has no recurring annotation of its own. Written as InfluxDB annotations are,
 * both at the annotation and in its target, as 9.1 and later ones look for them.
 */
const milestone = (stage: string, name: string, iconColor: string): { build: () => grafana.AnnotationQuery } => {
  const query = select({ columns: [field('period')], from: 'milestone', where: [is('stage', stage)] })
  const columns = { textColumn: 'period', tagsColumn: '', titleColumn: '', timeEndColumn: '' }
  const built = {
    name,
    datasource: sourceRef('rollup'),
    enable: true,
    hide: false,
    iconColor,
    query,
    ...columns,
    target: {
      query,
      queryType: 'tags',
      fromAnnotations: true,
      name,
      refId: 'Anno',
      ...columns,
      limit: 100,
      matchAny: false,
      tags: [],
      type: 'tags'
    }
  }
  return { build: () => built }
}
