import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { ExitError } from '../../contract/exit.ts'
import { loadSettings, type Settings } from '../../collector/config.ts'
import {
  contactPointFile,
  contactPoints,
  nameTemplateFile,
  type ContactPoint
} from '../../dashboards/alerting/contact-points.ts'
import { muteTimingsFile, policyFile } from '../../dashboards/alerting/policies.ts'
import { ruleFile } from '../../dashboards/alerting/rule-file.ts'
import type { Board } from '../../dashboards/board.ts'
import { withNames, type Names } from '../../dashboards/names.ts'
import { dataSourceFile, variables, type Generation } from '../../dashboards/tree/data-sources.ts'
import { dashboardPath, providerFile } from '../../dashboards/tree/provider.ts'
import { policyNotes, ruleNotes, yamlFile, type TreeFile } from '../../dashboards/tree/tree.ts'
import { namesOfLedger, namesOfStore } from './ledger-names.ts'
import { writeTree, type WrittenFile } from './write-tree.ts'

export interface ProvisionOptions {
  readonly out: string
  readonly config?: string
  readonly data?: string
  readonly ledger?: string
  readonly generation?: string
  readonly with?: string
  readonly collectorUrl?: string
  readonly dashboardPath?: string
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `campus-gauge grafana provision`: the provisioning tree and the dashboards of one bureau, with its names. Throws a SentenceError or ExitError. */
export const runProvision = async (
  options: ProvisionOptions,
  nowMs = Date.now(),
  print: (text: string) => unknown = text => process.stdout.write(text)
): Promise<void> => {
  const settings = options.config === undefined ? undefined : loadSettings(options.config)
  const generation = generationOf(options.generation, settings)
  const extras = extrasOf(options.with)
  const collectorUrl = urlOf(options.collectorUrl)
  const names = await namesFor(options, settings, nowMs)
  const { out, force = false, dryRun = false } = options
  const files: readonly TreeFile[] = [
    yamlFile('provisioning/datasources/campus-gauge.yaml', dataSourceFile(generation, settings?.influx?.databases), [
      `InfluxDB ${generation}`
    ]),
    yamlFile('provisioning/dashboards/campus-gauge.yaml', providerFile(options.dashboardPath)),
    yamlFile('provisioning/alerting/campus-gauge.yaml', ruleFile(collectorUrl), ruleNotes),
    ...extraFiles(extras, names),
    ...dashboardFiles(names)
  ]
  const written = writeTree(out, files, { force, dryRun })
  const report: Report = {
    out: resolve(out),
    generation,
    namesN: countOf(names),
    written,
    extras,
    dryRun,
    path: options.dashboardPath ?? dashboardPath
  }
  print(options.json === true ? `${JSON.stringify(jsonOf(report))}\n` : textOf(report))
}

interface Extras {
  readonly contactPoints: readonly ContactPoint[]
  readonly muteTimings: boolean
  readonly policies: boolean
}
interface Report {
  readonly out: string
  readonly generation: Generation
  readonly namesN: number
  readonly written: readonly WrittenFile[]
  readonly extras: Extras
  readonly dryRun: boolean
  /** Where Grafana will look for the dashboards. */
  readonly path: string
}

const generationOf = (text: string | undefined, settings: Settings | undefined): Generation => {
  const own = settings?.influx?.generation
  if (text === undefined) return own ?? 1
  if (text !== '1' && text !== '2' && text !== '3')
    throw new ExitError('usage', `option --generation must be 1, 2 or 3, got "${text.slice(0, 40)}"`)
  const generation = text === '1' ? 1 : text === '2' ? 2 : 3
  if (own !== undefined && own !== generation)
    throw new ExitError('usage', `option --generation must be that of --config (${own}), got ${generation}`)
  return generation
}

const extrasOf = (text: string | undefined): Extras => {
  const asked = text === undefined ? [] : text.split(',').map(word => word.trim())
  const known = [...contactPoints, 'mute-timings', 'policies'] as const
  for (const word of asked)
    if (!known.some(one => one === word))
      throw new ExitError('usage', `option --with must be of ${known.join(', ')}, got "${word.slice(0, 40)}"`)
  const extras = {
    contactPoints: contactPoints.filter(one => asked.includes(one)),
    muteTimings: asked.includes('mute-timings'),
    policies: asked.includes('policies')
  }
  if (extras.policies && extras.contactPoints.length !== 1)
    throw new ExitError(
      'usage',
      `option --with policies must stand beside exactly one of ${contactPoints.join(', ')}, got ${extras.contactPoints.length}`
    )
  return extras
}

const urlOf = (text: string | undefined): string | undefined => {
  if (text !== undefined && !/^https?:\/\/[^/@?#\s{}]+\/?$/.test(text))
    throw new ExitError('usage', `option --collector-url must be like http://10.1.2.3:8080, got "${text.slice(0, 80)}"`)
  return text?.replace(/\/$/, '')
}

const namesFor = async (
  { data, ledger }: ProvisionOptions,
  settings: Settings | undefined,
  nowMs: number
): Promise<Names | undefined> => {
  if (data !== undefined && ledger !== undefined)
    throw new ExitError('usage', 'options --data and --ledger must not be given together')
  if (ledger !== undefined) return namesOfLedger(ledger, settings?.packs ?? shippedPacks, nowMs)
  const own = settings !== undefined && existsSync(join(settings.data, 'store.sqlite')) ? settings.data : undefined
  const directory = data ?? own
  return directory === undefined ? undefined : namesOfStore(directory, nowMs)
}

const shippedPacks = resolve(import.meta.dirname, '../targets')

const countOf = (names: Names | undefined): number =>
  names === undefined ? 0 : names.areas.length + names.schools.size + names.rooms.size + names.devices.size

const extraFiles = ({ contactPoints: points, muteTimings, policies }: Extras, names: Names | undefined): TreeFile[] => {
  const alerting = (name: string, content: unknown, notes: readonly string[] = []): TreeFile =>
    yamlFile(`provisioning/alerting/${name}.yaml`, content, notes)
  const [receiver] = points
  return [
    ...points.map(one => {
      const { note, file } = contactPointFile(one, names !== undefined)
      return alerting(`contact-point-${one}`, file, [note])
    }),
    ...(receiver === undefined || names === undefined ? [] : [alerting('names', nameTemplateFile(names.schools))]),
    ...(muteTimings ? [alerting('mute-timings', muteTimingsFile())] : []),
    ...(policies && receiver !== undefined
      ? [alerting('policies', policyFile(receiver, muteTimings), policyNotes)]
      : [])
  ]
}

/** The committed dashboards, which show ids, with the names of this ledger. */
const dashboardFiles = (names: Names | undefined): TreeFile[] => {
  const directory = resolve(import.meta.dirname, '../../dashboards/json')
  return globSync('*.json', { cwd: directory })
    .sort()
    .map(file => {
      const text = readFileSync(join(directory, file), 'utf8')
      if (names === undefined) return { path: `dashboards/${basename(file)}`, text }
      // Our own committed file: its shape is checked by the tests of dashboards/.
      const named = withNames(JSON.parse(text) as Board, names)
      return { path: `dashboards/${basename(file)}`, text: `${JSON.stringify(named, null, 2)}\n` }
    })
}

const jsonOf = ({ out, generation, namesN, written, dryRun }: Report) => ({
  out,
  generation,
  names_n: namesN,
  dry_run: dryRun,
  files: written
})

const marks: Readonly<Record<WrittenFile['state'], string>> = {
  written: '＋ 已写入 written',
  same: '＝ 无变化 same',
  to_write: '… 将写入 to be written',
  stale: '! 上次留下，本次未要求，请自行删除 from an earlier run, not asked for now: remove it'
}

const textOf = ({ out, generation, namesN, written, extras, dryRun, path }: Report): string => {
  const asked =
    generation === 1 ? [variables.url, variables.user, variables.password] : [variables.url, variables.token]
  const more = extras.contactPoints.map(one => contactPointFile(one).note)
  return [
    ...written.map(({ path, state }) => `${marks[state]}  ${join(out, path)}`),
    namesN === 0
      ? '名称：没有给出台账，图上显示编号 no ledger was given: dashboards show ids (--data, --ledger, --config)'
      : `名称：${namesN} 个 names filled in`,
    ...(dryRun
      ? ['（试运行，没有写入 dry run: nothing was written）']
      : [
          '接下来 Next:',
          '  1. 复制到 Grafana 9.1.2+（联系点要 9.1.7+）所在的机器 copy to the machine of Grafana 9.1.2+ (contact points: 9.1.7+):',
          `     cp -R ${join(out, 'provisioning')}/. /etc/grafana/provisioning/`,
          `     mkdir -p ${path} && cp ${join(out, 'dashboards')}/*.json ${path}/`,
          `  2. 给 Grafana 设置环境变量 set for Grafana: ${asked.join(', ')}；值可以写成 a value may be $__file{/path}`,
          generation === 1
            ? '     只读账号由 sink setup 建立：--reader-user（默认 grafana），密码在 --reader-password-file 的文件里 the read-only account is that of sink setup: --reader-user (grafana), its password lies in --reader-password-file'
            : '     只读令牌在 sink setup 的 --reader-token-file 文件里 the read-only token lies in --reader-token-file of sink setup',
          ...more.map(note => `     ${note}`),
          '  3. 重启 Grafana restart it: systemctl restart grafana-server'
        ]),
    ''
  ].join('\n')
}
