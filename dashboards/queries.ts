import type { DatabaseName } from '../collector/sinks/influx/schema.ts'
import { alertQueries } from './alerting/queries.ts'
import type { Board } from './board.ts'
import { boardFile, boards } from './boards.ts'

/** A query as it stands in a dashboard or an alert rule, with all that is needed to run it. */
export interface Query {
  /** uid of the dashboard, or of the alert rule. */
  readonly dashboard: string
  readonly kind: 'chart' | 'variable' | 'annotation' | 'alert'
  /** Title of the chart or rule, or name of the variable or annotation. */
  readonly chart: string
  readonly refId: string
  readonly database: DatabaseName
  /** With `$timeFilter`, `$__interval` and `${name:regex}`. */
  readonly query: string
  readonly variables: readonly string[]
  /** The range it is asked for, as Grafana writes it. Variables have none. */
  readonly from: string
  readonly to: string
  /** Least `$__interval`. */
  readonly interval: string | undefined
  /** As the panel wants it; `table` rows and `time_series` are the same query. */
  readonly format: 'table' | 'time_series'
}

/** The database that `${raw}` or `${rollup}` stands for; undefined for anything else. */
export const databaseNamed = (uid: string | undefined): DatabaseName | undefined =>
  uid === '${raw}' ? 'raw' : uid === '${rollup}' ? 'rollup' : undefined

const names = (query: string): string[] => [
  ...new Set([...query.matchAll(/\$\{(\w+):regex\}/g)].map(match => match[1] ?? ''))
]

export const queriesOf = (board: Board): readonly Query[] => {
  const common = (query: string, source: string | undefined) => ({
    dashboard: board.uid,
    database: databaseNamed(source) ?? 'raw',
    query,
    variables: names(query),
    from: board.time.from,
    to: board.time.to,
    interval: undefined,
    format: 'table' as const
  })
  return [
    ...board.templating.list
      .filter(variable => variable.type === 'query')
      .map(variable => ({
        ...common(variable.query, variable.datasource?.uid),
        kind: 'variable' as const,
        chart: variable.name,
        refId: ''
      })),
    ...board.annotations.list.map(annotation => ({
      ...common(annotation.query, annotation.datasource.uid),
      kind: 'annotation' as const,
      chart: annotation.name,
      refId: ''
    })),
    ...board.panels.flatMap(panel =>
      panel.targets.map(target => ({
        ...common(target.query, target.datasource.uid),
        kind: 'chart' as const,
        chart: panel.title,
        refId: target.refId,
        ...(panel.timeFrom === undefined ? {} : { from: `now-${panel.timeFrom}`, to: 'now' }),
        interval: panel.interval,
        format: target.resultFormat
      }))
    )
  ]
}

/** Every query of every dashboard and alert rule. */
export const allQueries = (): readonly Query[] => [
  ...boards.flatMap(board => queriesOf(JSON.parse(boardFile(board).text) as Board)),
  ...alertQueries().map(alert => ({
    dashboard: alert.rule,
    kind: 'alert' as const,
    chart: alert.title,
    refId: alert.refId,
    database: alert.database,
    query: alert.query,
    variables: names(alert.query),
    from: `now-${String(alert.fromS)}s`,
    to: `now-${String(alert.toS)}s`,
    interval: undefined,
    format: 'table' as const
  }))
]

export interface Filling {
  /** From (inclusive) to (inclusive), ms since 1970. */
  readonly fromMs: number
  readonly toMs: number
  /** Such as `10m`. */
  readonly interval: string
  /** Chosen ids; `all` is what All of a variable without restriction puts in. */
  readonly values: Readonly<Record<string, readonly string[] | 'all'>>
}

/** The text that Grafana sends: as its `regex` format writes variables, and its time filter. Throws where a variable has no value. */
export const filled = (query: string, { fromMs, toMs, interval, values }: Filling): string =>
  query
    .replaceAll('$timeFilter', `time >= ${String(fromMs)}ms and time <= ${String(toMs)}ms`)
    .replaceAll('$__interval', interval)
    .replaceAll(/\$\{(\w+):regex\}/g, (_, name: string) => {
      const chosen = values[name]
      if (chosen === undefined) throw new Error(`variable ${name} has no value in ${query}`)
      if (chosen === 'all') return '.*'
      const escaped = chosen.map(value => value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&'))
      return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`
    })
