import { dataSources } from '../tree/data-sources.ts'
import { uids } from '../links.ts'
import { both } from '../words.ts'
import type { AlertRule } from './rule.ts'
import { pipelineRules, schoolRules } from './rules.ts'

/** Folder of Grafana that the rules lie in: another than that of the dashboards, which has a uid of its own. A slash would mean a subfolder. */
export const alertFolder = '校园网络告警 Campus gauge alerts'

/** What a label is matched against by the notification policies: only our own alerts carry it. */
export const productLabel = { product: 'campus-gauge' } as const

/**
 * The rules in the shape of a provisioning file (`groups`). `collectorUrl`: where people open the collector; schools then have a link to its page,
 * which knows their names.
 *
 * Templates say `.Labels` and `.Values`, never `$labels`: before 9.1.5 Grafana took what follows a dollar sign in annotations for an environment
 * variable. `reduce` and `math` are what 9.1 has; the expression `threshold` came later.
 */
export const ruleFile = (collectorUrl?: string): unknown => ({
  apiVersion: 1,
  groups: [
    group('学校 schools', '5m', schoolRules, collectorUrl),
    group('采集管道 pipeline', '1m', pipelineRules, collectorUrl)
  ]
})

const group = (name: string, interval: string, rules: readonly AlertRule[], collectorUrl?: string) => ({
  orgId: 1,
  name,
  folder: alertFolder,
  interval,
  rules: rules.map(rule => shapeOf(rule, collectorUrl))
})

const shapeOf = (rule: AlertRule, collectorUrl?: string) => ({
  uid: rule.uid,
  title: both(rule.title),
  condition: 'C',
  data: [
    {
      refId: 'A',
      relativeTimeRange: { from: rule.fromS, to: rule.toS ?? 0 },
      datasourceUid: dataSources[rule.database].uid,
      model: {
        refId: 'A',
        datasource: { type: 'influxdb', uid: dataSources[rule.database].uid },
        rawQuery: true,
        query: rule.query,
        resultFormat: 'time_series',
        intervalMs: 60_000,
        maxDataPoints: 43_200
      }
    },
    expression('B', { type: 'reduce', expression: 'A', reducer: 'last' }),
    expression('C', { type: 'math', expression: `$B ${rule.crosses.op === 'gt' ? '>' : '<'} ${rule.crosses.than}` })
  ],
  noDataState: rule.silence,
  execErrState: rule.silence,
  for: rule.forS === 0 ? '0s' : `${rule.forS / 60}m`,
  annotations: {
    summary: both(rule.summary),
    description: both(rule.advice),
    ...linksOf(rule, collectorUrl)
  },
  labels: { ...productLabel, severity: rule.severity }
})

const expression = (refId: string, model: Readonly<Record<string, string>>) => ({
  refId,
  relativeTimeRange: { from: 0, to: 0 },
  datasourceUid: '__expr__',
  model: {
    refId,
    datasource: { type: '__expr__', uid: '__expr__' },
    ...model,
    intervalMs: 1_000,
    maxDataPoints: 43_200
  }
})

/** Grafana's own address ends in a slash. Label values are ids of the ledger: they need no escaping. */
const linksOf = (rule: AlertRule, collectorUrl?: string): Readonly<Record<string, string>> => {
  if (rule.link === 'pipeline')
    return {
      dashboard: `{{ externalURL }}d/${uids.pipeline}`,
      ...(collectorUrl === undefined ? {} : { page: `${collectorUrl}/agents` })
    }
  return {
    dashboard: `{{ externalURL }}d/${uids.school}?var-city={{ .Labels.city }}&var-county={{ .Labels.county }}&var-school={{ .Labels.school }}`,
    ...(collectorUrl === undefined ? {} : { page: `${collectorUrl}/schools/{{ .Labels.school }}` })
  }
}
