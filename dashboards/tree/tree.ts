import { stringify } from 'yaml'
import { contactPointFile, contactPoints } from '../alerting/contact-points.ts'
import { muteTimingsFile, policyFile } from '../alerting/policies.ts'
import { ruleFile } from '../alerting/rule-file.ts'
import { dataSourceFile } from './data-sources.ts'
import { providerFile } from './provider.ts'

export interface TreeFile {
  /** Relative to the directory the tree stands in, with slashes. */
  readonly path: string
  readonly text: string
}

/** First line of every file of ours: one without it was made by somebody else and is left alone. */
export const mark = '# campus-gauge: generated; changes are overwritten 自动生成，改动会被覆盖'

/** As YAML 1.1 reads it, which Go's readers half speak: there 14:00 is a number unless it is quoted. Anchors are for no person. */
const yamlOptions = { version: '1.1', lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false } as const

/** A provisioning file: our mark, what to know about it, the YAML. Only `.yaml` and `.yml` are read by Grafana. */
export const yamlFile = (path: string, content: unknown, notes: readonly string[] = []): TreeFile => ({
  path,
  text: [mark, ...notes.map(note => `# ${note}`), stringify(content, yamlOptions)].join('\n')
})

const ruleNotes = ['Grafana 9.1.2+；9.1.0 和 9.1.1 会丢掉查询里的 $timeFilter (they lose it)']
const policyNotes = [
  '注意：策略文件会替换 Grafana 里的整棵通知策略树，已有的策略会消失。 A policy file replaces the whole tree of notification policies.'
]

/**
 * Every provisioning file that is committed, below `dashboards/`. What Grafana reads when `provisioning` is its provisioning directory is
 * `datasources`, `dashboards` and `alerting` (InfluxDB 1.x); it does not look into `generation-2`, `generation-3` and `opt-in`.
 */
export const provisioningFiles = (): readonly TreeFile[] => [
  yamlFile('provisioning/datasources/campus-gauge.yaml', dataSourceFile(1), ['InfluxDB 1.x']),
  yamlFile('provisioning/dashboards/campus-gauge.yaml', providerFile()),
  yamlFile('provisioning/alerting/campus-gauge.yaml', ruleFile(), ruleNotes),
  yamlFile('provisioning/generation-2/datasources/campus-gauge.yaml', dataSourceFile(2), [
    'InfluxDB 2.x，经 DBRP 用 InfluxQL，未实测 (through its DBRP mappings; not tried on a real server)'
  ]),
  yamlFile('provisioning/generation-3/datasources/campus-gauge.yaml', dataSourceFile(3), [
    'InfluxDB 3 Core，按其文档编写，未实测 (by its documentation; not tried on a real server)'
  ]),
  ...contactPoints.map(one => {
    const { note, file } = contactPointFile(one)
    return yamlFile(`provisioning/opt-in/alerting/contact-point-${one}.yaml`, file, [note, 'Grafana 9.1.7+'])
  }),
  yamlFile('provisioning/opt-in/alerting/mute-timings.yaml', muteTimingsFile(), [
    '时间为 UTC (times are UTC)：22:00–07:00 和周末，北京时间'
  ]),
  yamlFile('provisioning/opt-in/alerting/policies.yaml', policyFile('dingding', true), [
    ...policyNotes,
    '需要 contact-point-dingding.yaml 和 mute-timings.yaml (needs both)'
  ])
]

export { policyNotes, ruleNotes }
