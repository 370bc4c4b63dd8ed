import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { loadSettings } from '../../collector/config.ts'
import { dashboardPath } from '../../dashboards/tree/provider.ts'
import { provisioningFiles } from '../../dashboards/tree/tree.ts'
import { scratch } from '../delivery/scratch.ts'
import { composeFaults, type ComposeSurroundings } from '../rig/compose-faults.ts'

const deploy = resolve(import.meta.dirname, '../../deploy')
const file = join(deploy, 'compose.yaml')
const composeText = readFileSync(file, 'utf8')
const defaults = provisioningFiles().filter(one => /^provisioning\/(datasources|dashboards|alerting)\//.test(one.path))
const around: ComposeSurroundings = {
  file,
  provisioning: defaults.map(one => one.path),
  dashboardPath,
  variables: [...new Set(defaults.flatMap(one => [...one.text.matchAll(/\$\{(CAMPUS_\w+)\}/g)].map(m => m[1] ?? '')))]
}
const faultsOf = (text: string): string[] => composeFaults(parseYaml(text) as Record<string, unknown>, around)

void t.test('compose.yaml mounts what the tests of the tree cover, and shows no secret', async t => {
  t.equal(defaults.length, 3)
  t.equal(around.variables.length, 3)
  t.same(faultsOf(composeText), [])
})

void t.test('each rule for compose.yaml is shown to catch its mistake', async t => {
  const mistakes: readonly [from: string, to: string, says: RegExp][] = [
    ['image: influxdb:1.8', 'image: influxdb', /influxdb: image influxdb must have a pinned tag/],
    ['image: influxdb:1.8', 'image: registry.example/influxdb:1.8', /no registry host/],
    ['- 127.0.0.1:3000:3000', '- 3000:3000', /port 3000:3000 must be bound/],
    ['$$__file{/run/secrets/influx_reader}', 'hunter2', /CAMPUS_GAUGE_INFLUX_PASSWORD must be read from a file/],
    [
      'provisioning/alerting:/etc/grafana/provisioning/alerting',
      'provisioning/alerting:/etc/grafana/alerting',
      /alerting\/campus-gauge.yaml is not mounted/
    ],
    [
      'dashboards/provisioning/datasources:',
      'dashboards/provisioning/generation-2/datasources:',
      /datasources\/campus-gauge.yaml is not mounted/
    ],
    ['dashboards/json:', 'dashboards/jsons:', /jsons .* is not there/],
    ['CAMPUS_GAUGE_INFLUX_URL: http://influxdb:8086', 'OTHER: x', /CAMPUS_GAUGE_INFLUX_URL must be set/],
    ['secrets: [grafana_admin, influx_reader]', 'secrets: [influx_reader]', /grafana_admin is read and not among/],
    [
      'http://influxdb:8086/ping',
      'http://127.0.0.1:8086/ping',
      /influxdb: health check must ask by the service’s name/
    ],
    ['tmpfs: [/opt/campus-gauge/deploy/compose/secrets]', 'tmpfs: []', /setup: .* must hide the secrets of the others/],
    ['./compose/secrets/influx_admin', '/etc/influx_admin', /secret influx_admin must be a file/],
    ['- grafana:/var/lib/grafana', '- grafana-data:/var/lib/grafana', /volume grafana-data is not declared/],
    [
      'image: grafana/grafana:11.6.0',
      'image: grafana/grafana:11.6.0\n    network_mode: host',
      /network_mode must be left out/
    ]
  ]
  for (const [from, to, says] of mistakes) {
    t.ok(composeText.includes(from), from)
    t.match(faultsOf(composeText.replace(from, to)).join('\n'), says, `${from} → ${to}`)
  }
})

void t.test(
  'the collector of compose.yaml has a good configuration, whose secrets are those that it is given',
  async t => {
    const { influx } = loadSettings(join(deploy, 'compose/collector.yaml'))
    t.match(influx, { generation: 1, url: 'http://influxdb:8086', passwordFile: '/run/secrets/influx_writer' })
    const { services } = parseYaml(composeText) as {
      services: Record<string, { secrets?: string[]; command?: string[] }>
    }
    for (const name of ['setup', 'collector']) t.ok(services[name]?.secrets?.includes('influx_writer'), name)
    const setup = services['setup']?.command?.join(' ') ?? ''
    t.match(
      setup,
      `--reader-user ${(parseYaml(composeText) as { services: { grafana: { environment: Record<string, string> } } }).services.grafana.environment['CAMPUS_GAUGE_INFLUX_USER'] ?? ''}`
    )
  }
)

void t.test('secrets.sh makes each secret once; a second run changes none', async t => {
  const directory = scratch(t)
  cpSync(join(deploy, 'compose/secrets.sh'), join(directory, 'secrets.sh'))
  const run = (): string => execFileSync('sh', [join(directory, 'secrets.sh')], { encoding: 'utf8' })
  t.equal(run().match(/made/g)?.length, 4)
  const names = ['influx_admin', 'influx_writer', 'influx_reader', 'grafana_admin']
  const read = (): string[] => names.map(name => readFileSync(join(directory, 'secrets', name), 'utf8'))
  const first = read()
  t.ok(first.every(secret => /^[0-9a-f]{48}$/.test(secret)))
  t.equal(new Set(first).size, 4)
  t.equal(statSync(join(directory, 'secrets')).mode & 0o777, 0o700)
  t.equal(statSync(join(directory, 'secrets/influx_writer')).mode & 0o777, 0o400)
  t.equal(run().match(/there/g)?.length, 4)
  t.same(read(), first)
})

void t.test('influx/2/setup.sh, against a double of the influx command, makes everything once', async t => {
  const directory = scratch(t)
  const double = join(directory, 'influx')
  // Named a double: it answers as the documentation says, and keeps what is made in files.
  writeFileSync(
    double,
    `#!/bin/sh
cd ${directory}
echo "$1 $2" >> calls
case "$1 $2" in
  'bucket list') cat buckets 2>/dev/null || true ;;
  'bucket create') printf 'id-%s\\t%s\\t%s\\n' "$4" "$4" "$6" >> buckets ;;
  'v1 dbrp') if [ "$3" = list ]; then grep -s "$5" mappings || true; else echo "$5 $9" >> mappings; fi ;;
  'auth create') printf '{\\n  "id": "1",\\n  "token": "tok-%s=="\\n}\\n' "$(wc -l < calls)" ;;
esac
`
  )
  chmodSync(double, 0o755)
  const run = (): string =>
    execFileSync('sh', [join(deploy, 'influx/2/setup.sh'), join(directory, 'tokens')], {
      encoding: 'utf8',
      env: {
        PATH: `${directory}:${process.env['PATH'] ?? ''}`,
        INFLUX_HOST: 'http://double',
        INFLUX_TOKEN: 'x',
        INFLUX_ORG: 'o'
      }
    })
  t.equal(run().match(/made/g)?.length, 6)
  t.equal(run().match(/there/g)?.length, 6)
  t.match(
    readFileSync(join(directory, 'buckets'), 'utf8'),
    'id-readiness\treadiness\t90d\nid-readiness_rollup\treadiness_rollup\t0\n'
  )
  t.match(readFileSync(join(directory, 'tokens/writer.token'), 'utf8'), /^tok-\d+==\n$/)
  t.equal(statSync(join(directory, 'tokens/reader.token')).mode & 0o777, 0o600)
})
