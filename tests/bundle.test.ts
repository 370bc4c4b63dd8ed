import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import Type from 'typebox'
import { node, run } from '../bench/processes.ts'
import { parse } from '../contract/parse.ts'
import { WireReading } from '../contract/reading.ts'
import { bundleAgent } from '../deploy/bundle.ts'
import { version } from '../deploy/version.ts'
import { endToEnd } from './suites/end-to-end.ts'

// Outside the clone: no node_modules can be reached from there.
const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-bundle-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))
const home = mkdtempSync(join(directory, 'home-'))
const place = { cwd: home, env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home } }
const made = await bundleAgent(join(directory, 'campus-gauge'))
const command = [node, made.launcher]
const campusGauge = (...args: string[]) => run([...command, ...args], place)

void t.test('only the agent is inside', t => {
  t.ok(made.inputs.includes('agent/agent.ts'))
  t.same(
    made.inputs.filter(input => /^(collector|tests|bench|dashboards)\//.test(input)),
    []
  )
  t.match(made.sha256, /^[0-9a-f]{64}$/)
  t.match(readFileSync(join(directory, 'campus-gauge/README.txt'), 'utf8'), `agent  ${version}`)
  t.match(readFileSync(join(directory, 'campus-gauge/LICENSES.txt'), 'utf8'), /systeminformation\n\nThe MIT License/)
  t.end()
})

void t.test('a probe runs from any directory', async t => {
  const { code, stdout, stderr } = await campusGauge('once', 'host', '--json')
  t.equal(code, 0, stderr)
  const { readings } = parse(Type.Object({ readings: Type.Array(WireReading) }), JSON.parse(stdout), 'once host')
  t.match(readings, [{ check: 'once-host@1', fields: { uptime_s: Number } }])
})

void t.test('it knows its configuration and says what is wrong with one', async t => {
  const schema = await campusGauge('config', 'schema', 'agent')
  t.match(JSON.parse(schema.stdout), { $id: 'AgentConfig', properties: { url: {} } })

  const file = join(home, 'bad.yaml')
  writeFileSync(file, 'url: http://10.1.2.3:8080\ndata: .\nsopol: {}\n')
  const bad = await campusGauge('agent', '--config', file)
  t.equal(bad.code, 78)
  t.equal(bad.stderr, `${file} /sopol is not a known key: did you mean "spool"?\n`)
  t.equal((await campusGauge('config', 'schema', 'collector')).code, 2, 'the collector is not in it')
})

void t.test('an old Node is told what it is', async t => {
  // The launcher itself, with an old version number: it must not need anything newer before that line.
  const launcher = readFileSync(made.launcher, 'utf8').replace(/^#!.*\n/, '')
  const old = "Object.defineProperty(process.versions, 'node', { value: '12.22.12' });\n"
  const { code, stderr } = await run([node, '--input-type=commonjs', '-e', old + launcher], place)
  t.equal(code, 1)
  t.match(stderr, /needs Node 24 or newer, this is 12\.22\.12 \(/)
})

endToEnd(t, { command })
