import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { uplinkIndicator } from '../../collector/verdicts/uplink/tiers.ts'
import { queryFaults } from '../../dashboards/grammar.ts'
import { alertQueries } from '../../dashboards/alerting/queries.ts'
import { uids } from '../../dashboards/links.ts'
import { provisioningFiles } from '../../dashboards/tree/tree.ts'
import { treeFaults, type ReadFile } from '../rig/provisioning-tree.ts'

const root = resolve(import.meta.dirname, '../../dashboards')
const files: readonly ReadFile[] = provisioningFiles()

void t.test('what is committed is what the source makes: npm run dashboards leaves git clean', async t => {
  for (const { path, text } of files) t.equal(readFileSync(join(root, path), 'utf8'), text, path)
})

void t.test('the provisioning tree has no fault', async t => {
  t.same(treeFaults(files), [])
})

void t.test('every query of an alert is of the grammar, and reads what the schema has', async t => {
  for (const one of alertQueries()) {
    t.same(queryFaults(one.query, one.database), [], one.rule)
    t.notMatch(one.query, /time\(/, `${one.rule} gives one row a series`)
  }
  t.match(JSON.stringify(alertQueries()), `'${uplinkIndicator}'`)
})

void t.test('only the pipeline alarms when nothing comes back', async t => {
  const loud = alertQueries().filter(one => one.noData === 'Alerting')
  t.same(
    loud.map(one => one.rule),
    ['cg-pipeline-lag']
  )
})

void t.test('each rule fires at what it says, after so long, and nothing else: as Grafana reads the file', async t => {
  const { groups } = parseYaml(files.find(one => one.path.endsWith('alerting/campus-gauge.yaml'))?.text ?? '') as {
    groups: { interval: string; rules: Rule[] }[]
  }
  interface Rule {
    uid: string
    condition: string
    for: string
    noDataState: string
    execErrState: string
    data: {
      refId: string
      relativeTimeRange: { from: number; to: number }
      model: { type?: string; expression?: string; reducer?: string }
    }[]
  }
  const minutes = (seconds: number): number => seconds / 60
  const said = groups.flatMap(({ interval, rules }) =>
    rules.map(rule => {
      const [query, reduce, math] = rule.data
      const { from, to } = query?.relativeTimeRange ?? { from: NaN, to: NaN }
      t.match(
        [query?.refId, reduce, math?.refId],
        ['A', { refId: 'B', model: { type: 'reduce', expression: 'A' } }, 'C']
      )
      t.match([math?.model.type, rule.condition], ['math', 'C'])
      return [
        `${rule.uid}: ${reduce?.model.reducer ?? ''} ${math?.model.expression ?? ''} of ${minutes(from)}..${minutes(to)} min`,
        `for ${rule.for} each ${interval}, else ${rule.noDataState} ${rule.execErrState}`
      ].join(', ')
    })
  )
  t.same(said, [
    'cg-link-target: last $B > 0 of 2880..0 min, for 15m each 5m, else OK OK',
    'cg-link-below: last $B > 0 of 2880..0 min, for 15m each 5m, else OK OK',
    'cg-school-silent: last $B > 3600 of 15..0 min, for 20m each 5m, else OK OK',
    'cg-recorder: last $B > 0 of 30..0 min, for 10m each 5m, else OK OK',
    'cg-panels: last $B < 50 of 11520..1440 min, for 15m each 5m, else OK OK',
    'cg-ipv6-lost: last $B > 0 of 2880..0 min, for 15m each 5m, else OK OK',
    'cg-pipeline-lag: last $B > 900 of 10..0 min, for 5m each 1m, else Alerting Alerting',
    'cg-dead-letters: last $B > 0 of 10..0 min, for 5m each 1m, else OK OK'
  ])
  // The peer tests ask by alertQueries(): what Grafana reads must be the same.
  t.same(
    alertQueries().map(
      ({ rule, crosses: { op, than }, fromS, toS, forS }) =>
        `${rule}: last $B ${op === 'gt' ? '>' : '<'} ${than} of ${minutes(fromS)}..${minutes(toS)} min, for ${minutes(forS)}m`
    ),
    said.map(line => line.replace(/ each .*$/, ''))
  )
})

void t.test('each rule of the tree is shown to catch its mistake', async t => {
  const alerting = 'provisioning/alerting/campus-gauge.yaml'
  const sources = 'provisioning/datasources/campus-gauge.yaml'
  const mistakes: readonly [what: string, path: string, from: string | RegExp, to: string, says: RegExp][] = [
    ['a link to no dashboard', alerting, `d/${uids.school}?`, 'd/cg-schools?', /links to no dashboard: cg-schools/],
    ['a rule without noDataState', alerting, /^ +noDataState: OK\n/m, '', /cg-link-target must say noDataState/],
    ['a rule without execErrState', alerting, /^ +execErrState: OK\n/m, '', /cg-link-target must say execErrState/],
    ['two rules of one uid', alerting, 'uid: cg-link-below', 'uid: cg-link-target', /cg-link-target is there twice/],
    [
      'a data source that is none',
      alerting,
      'datasourceUid: campus-gauge-influxdb\n',
      'datasourceUid: influx\n',
      /datasourceUid "influx"/
    ],
    ['a rule whose condition is no step', alerting, 'condition: C', 'condition: D', /condition "D"/],
    ['a step that reads no step', alerting, 'expression: $B > 0', 'expression: $X > 0', /reads "X"/],
    ['an expression that 9.1 does not have', alerting, 'type: math', 'type: threshold', /type "threshold"/],
    [
      'a dollar sign in an annotation',
      alerting,
      '{{ .Labels.school }}',
      '{{ $labels.school }}',
      /annotation .* dollar sign/
    ],
    [
      'a label that the query does not group by',
      alerting,
      '{{ .Labels.room }}',
      '{{ .Labels.zone }}',
      /\.Labels\.zone/
    ],
    ['a policy among the defaults', alerting, /$/, 'policies: []\n', /must not replace the tree of policies/],
    ['a file with a suffix that Grafana passes over', alerting, '', '', /suffix/],
    ['a password in the file', sources, '${CAMPUS_GAUGE_INFLUX_PASSWORD}', 'hunter2', /secureJsonData\/password/],
    ['a data source that can be edited', sources, 'editable: false', 'editable: true', /editable/],
    ['a source with another uid', sources, 'uid: campus-gauge-influxdb-rollup', 'uid: rollup', /uid "rollup"/],
    [
      'mute timings with a number for a time',
      'provisioning/opt-in/alerting/mute-timings.yaml',
      "'14:00'",
      '840',
      /start_time/
    ],
    [
      'a policy that names no contact point',
      'provisioning/opt-in/alerting/policies.yaml',
      /钉钉 DingTalk/g,
      '钉钉',
      /receiver "campus-gauge 钉钉"/
    ],
    [
      'a robot’s address in the file',
      'provisioning/opt-in/alerting/contact-point-wecom.yaml',
      '${CAMPUS_GAUGE_WECOM_URL}',
      'https://robot.example/send?key=1',
      /must come from the environment/
    ]
  ]
  for (const [what, path, from, to, says] of mistakes) {
    // Files are judged with those beside them.
    const beside = files.filter(file => dirname(file.path) === dirname(path))
    const planted = beside.map(file =>
      file.path !== path
        ? file
        : from === ''
          ? { ...file, path: file.path.replace('.yaml', '.conf') }
          : { ...file, text: file.text.replace(from, to) }
    )
    t.notSame(planted, beside, `${what} is planted`)
    const faults = treeFaults(planted)
    t.equal(faults.length > 0 && faults.every(fault => says.test(fault)), true, `${what}: ${faults.join(' | ')}`)
  }
})

void t.test('times in mute timings stay text for a reader of YAML 1.1', async t => {
  const file = files.find(one => one.path.endsWith('mute-timings.yaml'))
  const { muteTimes } = parseYaml(file?.text ?? '', { version: '1.1' }) as {
    muteTimes: { time_intervals: { times?: { start_time: unknown }[] }[] }[]
  }
  t.equal(muteTimes[0]?.time_intervals[0]?.times?.[0]?.start_time, '14:00')
})
