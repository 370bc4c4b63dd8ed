import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { stringify } from 'yaml'
import { freePort, startNode, type Process } from './delivery/processes.ts'
import { scratch } from './delivery/scratch.ts'

t.setTimeout(300_000)
const bin = resolve(import.meta.dirname, '../deploy/bin.js')
const everyMs = 1_000

/** The five probes on loopback only: the default subjects are on the internet. */
const checks = (port: number) => [
  { name: 'host', probe: 'host', every_ms: everyMs },
  { name: 'port', probe: 'port', every_ms: everyMs },
  { name: 'ping', probe: 'ping', every_ms: everyMs, options: { subject: 'self', count: 1 } },
  { name: 'clock', probe: 'clock', every_ms: everyMs, options: { servers: [] } },
  {
    name: 'portal',
    probe: 'portal',
    every_ms: everyMs,
    subject: 'self',
    place: 'self',
    options: { url: `http://127.0.0.1:${port}/livez` }
  }
]

interface Item {
  readonly probe: string
  readonly outcome: string
  readonly labels: Record<string, string>
  readonly verdict: string
  readonly target: string
  readonly at: string
  readonly id: string
}

void t.test('npm start: readings of all five probes and two verdicts, a restart from disk, and no orphans', async t => {
  const data = scratch(t)
  const port = await freePort()
  writeFileSync(
    join(data, 'collector.yaml'),
    stringify({ data: 'collector', ledger: 'ledger.yaml', checks: checks(port), upload_ms: 500, upkeep_ms: 500 })
  )
  const lines: string[] = []
  const begin = (): Process =>
    startNode([bin, 'start', '--port', String(port), '--data', data], line => lines.push(line))
  const get = async (path: string): Promise<Item[]> => {
    try {
      return ((await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as { items: Item[] }).items
    } catch {
      return []
    }
  }
  const until = async (done: () => Promise<boolean> | boolean, what: string): Promise<void> => {
    for (let i = 0; i < 600; i += 1) {
      if (await done()) return
      await sleep(100)
    }
    t.fail(`waited 60 s: ${what}`)
  }
  const five = async (): Promise<boolean> => new Set((await get('/v1/readings')).map(item => item.probe)).size === 5

  let started = begin()
  t.teardown(() => started.kill('SIGKILL'))
  await until(five, 'readings of five probes')
  await until(() => lines.some(line => line.includes('room-port-1000')), 'the first figures in words')
  const verdicts = await get('/v1/standing')
  t.same(verdicts.map(item => `${item.target} ${item.verdict}`).sort(), [
    'yulin-2022/broadband-access unknown',
    'yulin-2022/campus-broadcast unknown',
    'yulin-2022/device-ratio unknown',
    'yulin-2022/ipv6 unknown',
    'yulin-2022/key-sites unknown',
    'yulin-2022/labs unknown',
    'yulin-2022/panel-coverage unknown',
    'yulin-2022/recording-room unknown',
    'yulin-2022/room-port-1000 unknown',
    'yulin-2022/security-video unknown',
    'yulin-2022/uplink-1000 not_applicable',
    'yulin-2022/uplink-500 unknown'
  ])
  t.ok(
    (await get('/v1/readings?probe=portal')).every(item => item.labels['place'] === 'self'),
    'the collector on this host is no evidence'
  )
  t.match(lines.join('\n'), `http://127.0.0.1:${port}/`, 'one line has the address')
  t.equal(existsSync(join(data, 'enrolment-token')), false, 'the token does not stay on disk')
  const secret = readFileSync(join(data, 'collector/admin.secret'), 'utf8').trim()
  for (const log of ['collector.log', 'agent.log'])
    t.notMatch(readFileSync(join(data, log), 'utf8'), secret, `${log} holds no secret`)

  const second = startNode([bin, 'start', '--port', String(port), '--data', data], () => undefined)
  await until(() => second.child.exitCode !== null, 'a second start in the same directory ends')
  t.equal(second.child.exitCode, 1)
  t.match(second.errors(), /is in use by process \d+: stop it/)

  const [agent] = await get('/v1/agents')
  const stopMs = performance.now()
  await started.kill('SIGTERM')
  t.equal(started.child.exitCode, 0)
  t.ok(performance.now() - stopMs < 8_000, 'nobody had to be killed')
  for (const log of ['collector.log', 'agent.log'])
    t.match(readFileSync(join(data, log), 'utf8'), / stopped"/, `${log}: stopped by itself`)

  started = begin()
  await until(async () => (await get('/v1/agents')).length > 0, 'the collector is back')
  const before = new Date(Date.now() - 1_000).toISOString()
  await until(async () => (await get(`/v1/readings?from=${before}`)).length > 0, 'new readings after the restart')
  t.equal((await get('/v1/agents'))[0]?.id, agent?.id, 'the same agent, not a new one')

  await started.kill('SIGKILL')
  await until(async () => !(await answers(port)), 'the children end with their parent')
})

const answers = async (port: number): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/livez`)).ok
  } catch {
    return false
  }
}
