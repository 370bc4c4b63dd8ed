import type { DatabaseName } from '../../collector/sinks/influx/schema.ts'
import { dataSources } from '../tree/data-sources.ts'
import { pipelineRules, schoolRules } from './rules.ts'

/** What an alert rule asks, and which rows of the answer fire. */
export interface AlertQuery {
  readonly rule: string
  readonly title: string
  readonly refId: 'A'
  readonly database: DatabaseName
  /** uid of the data source. */
  readonly datasource: string
  /** With `$timeFilter` and no other variable; gives one row a series. */
  readonly query: string
  /** `$timeFilter` begins so many seconds ago, and ends so many. */
  readonly fromS: number
  readonly toS: number
  /** A series whose value is so fires, once it has been so for `forS` seconds. */
  readonly crosses: { readonly op: 'gt' | 'lt'; readonly than: number }
  readonly forS: number
  readonly noData: 'OK' | 'Alerting'
}

/** Every query of every alert rule, with its threshold as plain numbers: tests run them on a real server. */
export const alertQueries = (): readonly AlertQuery[] =>
  [...schoolRules, ...pipelineRules].map(rule => ({
    rule: rule.uid,
    title: rule.title.zh,
    refId: 'A',
    database: rule.database,
    datasource: dataSources[rule.database].uid,
    query: rule.query,
    fromS: rule.fromS,
    toS: rule.toS ?? 0,
    crosses: rule.crosses,
    forS: rule.forS,
    noData: rule.silence
  }))
