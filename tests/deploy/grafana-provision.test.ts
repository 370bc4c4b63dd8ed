import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parse as parseYaml, stringify } from 'yaml'
import type { Board } from '../../dashboards/board.ts'
import { runProvision, type ProvisionOptions } from '../../deploy/grafana/provision.ts'
import { scratch } from '../delivery/scratch.ts'
import { treeFaults } from '../rig/provisioning-tree.ts'

const nowMs = Date.parse('2026-11-10T12:00:00+08:00')
const ledger = {
  areas: [
    { id: 'sx', level: 'province', name: '陕西省' },
    { id: 'xa', parent: 'sx', level: 'city', name: '没有学校的市' },
    { id: 'yl', parent: 'sx', level: 'city', name: '榆林市' },
    { id: 'yy', parent: 'yl', level: 'county', name: '榆阳区', packs: ['yulin-2022'] },
    { id: 'hs', parent: 'yl', level: 'county', name: '横山区' }
  ],
  schools: [
    { id: 's-1', code: '01', name: '第一小学 "$甲"', area: 'yy', stage: 'primary', zone: 'urban' },
    { id: 's-2', code: '02', name: '第二\n小\ud800学\u202e', area: 'hs', stage: 'primary', zone: 'rural' }
  ],
  rooms: [{ id: 'r-1', school: 's-1', name: '一年级一班', kind: 'classroom' }],
  devices: [{ id: 'd-1', school: 's-1', room: 'r-1', kind: 'panel', name: '一体机' }]
}

interface Said {
  readonly names_n: number
  readonly files: readonly { path: string; state: string }[]
}
const provision = async (options: ProvisionOptions): Promise<Said> => {
  let said = ''
  await runProvision({ ...options, json: true }, nowMs, text => (said += text))
  return JSON.parse(said) as Said
}
const treeOf = (out: string) =>
  globSync('provisioning/**/*.yaml', { cwd: out }).map(path => ({ path, text: readFileSync(join(out, path), 'utf8') }))

void t.test('grafana provision', async t => {
  const directory = scratch(t)
  const out = join(directory, 'out')
  const file = join(directory, 'ledger.yaml')
  writeFileSync(file, stringify(ledger))
  const states = ({ files }: Said): string[] => [...new Set(files.map(one => one.state))]

  await t.test('a dry run writes nothing', async t => {
    t.same(states(await provision({ out, ledger: file, dryRun: true })), ['to_write'])
    t.notOk(existsSync(out))
  })

  await t.test('names of the ledger stand in the dashboards, and the tree has no fault', async t => {
    const said = await provision({ out, ledger: file, collectorUrl: 'http://10.1.2.3:8080/' })
    t.equal(said.names_n, 9)
    t.same(states(said), ['written'])
    t.equal(globSync('dashboards/*.json', { cwd: out }).length, 6)
    const overview = readFileSync(join(out, 'dashboards/cg-overview.json'), 'utf8')
    t.match(overview, '榆阳区')
    t.match(overview, '第二 小\ufffd学')
    const school = readFileSync(join(out, 'dashboards/cg-school.json'), 'utf8')
    t.match(school, JSON.stringify('榆阳区 · 第一小学 "＄甲" : s-1, 横山区 · 第二 小\ufffd学 : s-2'))
    t.same(treeFaults(treeOf(out)), [])
    const provider = parseYaml(readFileSync(join(out, 'provisioning/dashboards/campus-gauge.yaml'), 'utf8')) as {
      providers: { options: { path: string } }[]
    }
    t.equal(provider.providers[0]?.options.path, '/var/lib/grafana/dashboards/campus-gauge')
    t.match(
      readFileSync(join(out, 'provisioning/alerting/campus-gauge.yaml'), 'utf8'),
      'page: http://10.1.2.3:8080/schools/{{ .Labels.school }}'
    )
  })

  await t.test('a place that cannot be written is told with the option that named it', async t => {
    await t.rejects(provision({ out: join(file, 'below'), ledger: file }), {
      exit: 'failure',
      message: /^option --out must be a directory that can be written: ENOTDIR/
    })
  })

  await t.test('the ranking opens where something is ranked, and offers nothing else', async t => {
    await provision({ out, ledger: file, collectorUrl: 'http://10.1.2.3:8080' })
    const ranking = JSON.parse(readFileSync(join(out, 'dashboards/cg-ranking.json'), 'utf8')) as Board
    t.match(ranking.templating.list.find(one => one.name === 'scope')?.options, [{ text: '榆林市', value: 'yl' }])
  })

  await t.test('again: the same; with less, what is left from before is told', async t => {
    t.same(states(await provision({ out, ledger: file, collectorUrl: 'http://10.1.2.3:8080' })), ['same'])
    await provision({ out, ledger: file, with: 'dingding,mute-timings' })
    const said = await provision({ out, ledger: file })
    t.same(
      said.files.filter(one => one.state === 'stale').map(one => one.path),
      ['contact-point-dingding', 'mute-timings', 'names'].map(name => `provisioning/alerting/${name}.yaml`)
    )
  })

  await t.test('messages carry the names of schools, quoted for Go and for the reader of the file', async t => {
    const { templates } = parseYaml(readFileSync(join(out, 'provisioning/alerting/names.yaml'), 'utf8')) as {
      templates: { template: string }[]
    }
    t.match(templates[0]?.template, '{{- if eq . "s-1" }}{{ "第一小学 \\"$$甲\\"" }}{{ end -}}')
    t.match(templates[0]?.template, '{{ "第二 小\ufffd学" }}', 'in one line that Go can read')
    t.match(
      readFileSync(join(out, 'provisioning/alerting/contact-point-dingding.yaml'), 'utf8'),
      '{{ template "campus-gauge.school" . }}'
    )
  })

  await t.test('a file of somebody else stops everything, unless --force', async t => {
    const other = join(directory, 'other')
    const theirs = join(other, 'provisioning/datasources/campus-gauge.yaml')
    mkdirSync(dirname(theirs), { recursive: true })
    writeFileSync(theirs, 'apiVersion: 1\n')
    await t.rejects(provision({ out: other }), {
      exit: 'failure',
      message: /were not made by campus-gauge.*datasources/
    })
    t.same(globSync('**/*.{yaml,json}', { cwd: other }), ['provisioning/datasources/campus-gauge.yaml'])
    await provision({ out: other, force: true })
    t.match(readFileSync(theirs, 'utf8'), 'campus-gauge-influxdb')
  })

  await t.test('generation, names of databases and policies come as they are asked for', async t => {
    const config = join(directory, 'collector.yaml')
    const influx = { generation: 2, url: 'http://127.0.0.1:8086', org: 'o', bucket: 'ours', token_file: 'token' }
    writeFileSync(config, stringify({ data: 'data', sinks: { influx } }))
    const second = join(directory, 'second')
    t.equal((await provision({ out: second, config, with: 'wecom, policies' })).names_n, 0)
    const sources = readFileSync(join(second, 'provisioning/datasources/campus-gauge.yaml'), 'utf8')
    t.match(sources, 'dbName: ours')
    t.match(sources, 'Token ${CAMPUS_GAUGE_INFLUX_TOKEN}')
    const policies = readFileSync(join(second, 'provisioning/alerting/policies.yaml'), 'utf8')
    t.match(policies, 'receiver: campus-gauge 企业微信 WeCom')
    t.notMatch(policies, 'mute_time_intervals')
    await t.rejects(
      provision({ out: second, config, generation: '1' }),
      /--generation must be that of --config \(2\), got 1/
    )
  })

  await t.test('bad options are sentences', async t => {
    const bad: readonly [Partial<ProvisionOptions>, RegExp][] = [
      [{ generation: '4' }, /--generation must be 1, 2 or 3, got "4"/],
      [{ with: 'slack' }, /--with must be of dingding, .*, got "slack"/],
      [{ with: 'policies' }, /beside exactly one of/],
      [{ with: 'policies,email,wecom' }, /beside exactly one of/],
      [{ collectorUrl: 'http://x/{{ . }}' }, /--collector-url must be like/],
      [{ data: directory, ledger: file }, /must not be given together/],
      [{ data: directory }, /must be the directory of a collector's store.sqlite/]
    ]
    for (const [options, says] of bad) await t.rejects(provision({ out, ...options }), says)
  })
})
