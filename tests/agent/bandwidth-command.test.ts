import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { node, run } from '../../bench/processes.ts'
import { labServer, secret } from './probes/bandwidth/lab.ts'

const bin = resolve(import.meta.dirname, '../../deploy/bin.js')
const bandwidth = (...args: string[]) => run([node, bin, 'bandwidth', ...args])

const secretFile = (t: Test, text = secret) => {
  const file = join(t.testdir({}), 'secret')
  writeFileSync(file, `${text}\n`)
  return file
}

void t.test('a test against a laboratory server, down as JSON and up for a person', async t => {
  const server = await labServer(t)
  const order = ['--server', `127.0.0.1:${server.port}`, '--tier', '10', '--secret-file', secretFile(t)]
  const [down, up] = await Promise.all([bandwidth(...order, '--json'), bandwidth(...order, '--direction', 'up')])
  t.equal(down.code, 0, down.stderr)
  t.equal(down.stderr, '', 'no words beside the data')
  t.match(JSON.parse(down.stdout), {
    result: 'pass',
    reason: 'above_line',
    ip_mbps: Number,
    bytes: Number,
    duration_ms: Number,
    goodput_mbps: Number,
    tier_mbps: 10,
    line_mbps: 9.5,
    lab: true,
    reading: { outcome: 'ok', part: 'down', labels: { lab: '1', kind: 'quick', egress: '127.0.0.1' } }
  })
  t.equal(up.code, 0, up.stderr)
  t.match(up.stdout, /^✔ 达到 pass {2}10M 上行 up\n/)
  t.match(up.stdout, /测速网站约显示/)
})

void t.test('a server that is away or refuses has an exit code of its own', async t => {
  const server = await labServer(t)
  const small = await labServer(t, '127.0.0.1', 11)
  const order = ['--tier', '10', '--secret-file', secretFile(t), '--json']
  const [away, refused, tooSmall] = await Promise.all([
    bandwidth('--server', '127.0.0.1:1', ...order),
    bandwidth('--server', `127.0.0.1:${server.port}`, '--tier', '10', '--secret-file', bin, '--json'),
    bandwidth('--server', `127.0.0.1:${small.port}`, ...order)
  ])
  t.equal(away.code, 69)
  t.match(JSON.parse(away.stdout), { result: 'inconclusive', reason: 'server_unreachable', bytes: 0 })
  t.equal(refused.code, 77)
  t.match(JSON.parse(refused.stdout), { reason: 'lease_refused' })
  t.equal(tooSmall.code, 77)
  t.match(JSON.parse(tooSmall.stdout), { reason: 'server_port_too_small' })
  t.match(tooSmall.stderr, /11/, 'with the figures')
})

void t.test('recorded traces are judged again, packed or not', async t => {
  const link = (mbps: number) =>
    JSON.stringify({
      tag: 'pace110',
      trace: Array.from({ length: 200 }, (_, i) => [i * 25, Math.round((i * 25 * mbps * 125 * 1448) / 1500)])
    })
  const file = join(t.testdir({}), 'traces.jsonl.gz')
  writeFileSync(file, gzipSync(`${link(105)}\n{"trace":1}\n${link(80)}\n`))
  const { code, stdout, stderr } = await bandwidth('--replay', file, '--tier', '100', '--json')
  t.equal(code, 2)
  t.match(stderr, /traces\.jsonl\.gz line 2 .*must be an array/)
  t.match(
    stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown),
    [{ result: 'pass' }, { result: 'fail' }]
  )
})

void t.test('what is missing or wrong is said in one sentence', async t => {
  const table: [string[], RegExp][] = [
    [['--tier', '100'], /one of the options --server and --replay must be given/],
    [['--tier', '200', '--server', 'h:1'], /It must be one of 10, 100, 500, 1000/],
    [['--tier', '100', '--server', 'h:1'], /--secret-file must be given: .*立即测试/],
    [['--tier', '100', '--server', 'h', '--secret-file', bin], /must be HOST:PORT or \[IPV6\]:PORT, got "h"/]
  ]
  const ends = await Promise.all(table.map(([args]) => bandwidth(...args)))
  for (const [i, { code, stderr }] of ends.entries()) {
    t.equal(code, 2)
    t.match(stderr, table[i]?.[1] ?? /never/)
  }
  t.ok(existsSync(bin))
})
