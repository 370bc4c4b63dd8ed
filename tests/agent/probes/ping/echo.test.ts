import { chmodSync, existsSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { Unavailable } from '../../../../agent/probe.ts'
import { echo, echoesIn } from '../../../../agent/probes/ping/echo.ts'
import { ping } from '../../../../agent/probes/ping/ping.ts'
import { runCheck } from '../../../../agent/run-check.ts'
import { depsOf, openHandles } from '../context.ts'

const linux = process.platform === 'linux' ? { skip: false as const } : { skip: 'the stand-ins speak like iputils' }
const hasPing = (process.env['PATH'] ?? '').split(path.delimiter).some(folder => existsSync(path.join(folder, 'ping')))
const real = hasPing ? { skip: false as const } : { skip: 'there is no program ping here' }

const { signal } = new AbortController()
const config = (count: number, v6 = false) => ({
  numeric: true,
  min_reply: count,
  v6,
  packetSize: 56,
  timeout: 2,
  extra: []
})

/** For one test `ping` is this shell script. */
const standIn = (t: Test, script: string) => {
  const before = process.env['PATH']
  const folder = t.testdir({ ping: `#!/bin/sh\n${script}\n` })
  chmodSync(path.join(folder, 'ping'), 0o755)
  process.env['PATH'] = `${folder}:/usr/bin:/bin`
  t.teardown(() => {
    process.env['PATH'] = before
  })
}
const reply = (seq: number, ms: string) => `64 bytes from 192.0.2.7: icmp_seq=${seq} ttl=64 time=${ms} ms`
const header = 'PING 192.0.2.7 (192.0.2.7) 56(84) bytes of data.'
const stats = (sent: number, received: number) =>
  `\n--- 192.0.2.7 ping statistics ---\n${sent} packets transmitted, ${received} received, x% packet loss, time 4ms\n`

void t.test('this machine answers itself', real, async t => {
  const seen = await echo('127.0.0.1', 3, signal)
  t.match(seen, { sent: 3, lost: 0 })
  t.equal(seen.times.length, 3)
  t.ok(seen.times.every(ms => ms >= 0 && ms < 1000))

  const [reading] = await runCheck(ping, ping.prepare({ subject: 'self', count: 1 }), { check: 'ping-1@1' }, depsOf())
  t.match(reading, {
    outcome: 'ok',
    fields: { sent_n: 1, lost_n: 0, rtt_ms: Number },
    labels: { address: '127.0.0.1' }
  })
})

void t.test('the arguments are an array without a shell, and the output is asked for in English', linux, async t => {
  process.env['LC_ALL'] = 'zh_CN.UTF-8'
  t.teardown(() => delete process.env['LC_ALL'])
  const folder = t.testdir()
  standIn(t, `echo "$LC_ALL $LANG $*" > '${folder}.args'; printf '${header}\n${reply(1, '0.5')}\n${stats(1, 1)}'`)
  t.same(await echo('192.0.2.7', 1, signal), { sent: 1, lost: 0, times: [0.5] })
  const { readFileSync, rmSync } = await import('node:fs')
  t.equal(readFileSync(`${folder}.args`, 'utf8').trim(), 'C C -n -W 2 -c 1 -s 56 -4 -i 0.2 192.0.2.7')
  rmSync(`${folder}.args`)
})

void t.test('lost ones are counted, silence is not an error of ours', linux, async t => {
  standIn(t, `printf '${header}\n${reply(1, '0.5')}\n${reply(3, '1.5')}\n${stats(3, 2)}'; exit 0`)
  t.same(await echo('192.0.2.7', 3, signal), { sent: 3, lost: 1, times: [0.5, 1.5] })
  standIn(t, `printf '${header}\nFrom 192.0.2.1 icmp_seq=1 Destination Host Unreachable\n${stats(3, 0)}'; exit 1`)
  t.same(await echo('192.0.2.7', 3, signal), { sent: 3, lost: 3, times: [] })
})

void t.test('lines the parser of the package chokes on do not end the agent', linux, async t => {
  standIn(t, `printf 'W\nPING\n${header}\na=b c=d e=f\n${reply(1, '0.5')}\n${stats(1, 1)}'`)
  t.match(await echo('192.0.2.7', 1, signal), { sent: 1 })
  standIn(t, `printf 'W'; exit 3`)
  await t.rejects(echo('192.0.2.7', 1, signal), new Unavailable('tool_error', 'ping says: W'))
  standIn(t, 'exit 3')
  await t.rejects(echo('192.0.2.7', 1, signal), new Unavailable('tool_error', 'ping says: ended with code 3'))
})

void t.test('what stops us is unavailable, never no_reply', linux, async t => {
  const table: [string, string][] = [
    ['echo "ping: socktype: SOCK_RAW" >&2; echo "ping: socket: Operation not permitted" >&2; exit 2', 'not_permitted'],
    [`echo "ping: sendmsg: Operation not permitted" >&2; printf '${header}\n${stats(5, 0)}'; exit 1`, 'not_permitted'],
    ['echo "ping: permission denied (are you root?)" >&2; exit 1', 'not_permitted'],
    ['echo "ping: connect: Network is unreachable" >&2; exit 2', 'no_network'],
    ['echo "ping: invalid argument: 0.2" >&2; exit 1', 'tool_error']
  ]
  for (const [script, reason] of table) {
    standIn(t, script)
    await t.rejects(echo('192.0.2.7', 5, signal), { name: 'Unavailable', reason }, script)
  }
})

void t.test('a machine without ping says so', async t => {
  const before = process.env['PATH']
  t.teardown(() => (process.env['PATH'] = before))
  process.env['PATH'] = t.testdir()
  await t.rejects(echo('127.0.0.1', 1, signal), new Unavailable('no_ping_tool', 'there is no program ping here'))
  const folder = t.testdir({ ping: 'no program' })
  process.env['PATH'] = folder
  await t.rejects(echo('127.0.0.1', 1, signal), new Unavailable('not_permitted', 'ping may not be started'))
})

void t.test('a ping that hangs is killed at the deadline', linux, async t => {
  const before = await openHandles()
  // Deaf to everything but SIGKILL, and floods before it hangs.
  standIn(t, `trap '' TERM INT HUP; head -c 300000 /dev/zero | tr '\\0' 'x'; exec sleep 30`)
  const prepared = ping.prepare({ subject: '192.0.2.7' })
  const [reading] = await runCheck(ping, prepared, { check: 'ping-1@1' }, depsOf({ timeoutMs: 200 }))
  t.match(reading, { outcome: 'unavailable', reason: 'timeout' })
  await new Promise(resolve => setTimeout(resolve, 100))
  t.same(await openHandles(before), before, 'neither child nor pipe is left')
  await t.rejects(echo('192.0.2.7', 1, AbortSignal.abort(new Error('over'))), new Error('over'))
})

void t.test('outputs recorded elsewhere', t => {
  const read = (output: string, platform: NodeJS.Platform, count: number, v6 = false) =>
    echoesIn(output, '192.168.1.5', platform, config(count, v6))
  const mac =
    'PING 192.168.1.5 (192.168.1.5): 56 data bytes\n64 bytes from 192.168.1.5: icmp_seq=0 ttl=64 time=0.052 ms\n' +
    'Request timeout for icmp_seq 1\n\n--- 192.168.1.5 ping statistics ---\n' +
    '2 packets transmitted, 1 packets received, 50.0% packet loss\nround-trip min/avg/max/stddev = 0.052/0.052/0.052/0.000 ms\n'
  t.same(read(mac, 'darwin', 2), { sent: 2, lost: 1, times: [0.052] })

  const windows = (lines: string, received: number, lost: number) =>
    `\r\nPinging 192.168.1.5 with 56 bytes of data:\r\n${lines}\r\nPing statistics for 192.168.1.5:\r\n` +
    `    Packets: Sent = 2, Received = ${received}, Lost = ${lost} (${lost * 50}% loss),\r\n` +
    'Approximate round trip times in milli-seconds:\r\n    Minimum = 1ms, Maximum = 3ms, Average = 2ms\r\n'
  const replied = (ms: string) => `Reply from 192.168.1.5: bytes=56 time${ms}ms TTL=64\r\n`
  t.same(read(windows(replied('<1') + replied('=3'), 2, 0), 'win32', 2), { sent: 2, lost: 0, times: [1, 3] })
  const routerSays = 'Reply from 192.168.1.9: Destination host unreachable.\r\n'
  t.same(
    read(windows(replied('=3') + routerSays, 2, 0), 'win32', 2),
    { sent: 2, lost: 1, times: [3] },
    'a router that says unreachable is no reply, though Windows counts it'
  )
  // GBK read as single bytes: the words are noise, the numbers and signs are not.
  const chinese =
    '\r\n\u00d5\u00fd\u00d4\u00da Ping 192.168.1.5 \u00be\u00df\u00d3\u00d0 56 \u00d7\u00d6\u00bd\u00da:\r\n' +
    '\u00c0\u00b4\u00d7\u00d4 192.168.1.5 \u00b5\u00c4\u00bb\u00d8\u00b8\u00b4: \u00d7\u00d6\u00bd\u00da=56 \u00ca\u00b1\u00bc\u00e4=7ms TTL=64\r\n' +
    '\r\n192.168.1.5 \u00b5\u00c4 Ping \u00cd\u00b3\u00bc\u00c6:\r\n    \u00ca\u00fd: \u00cb\u00cd = 2\u00a3\u00ac\u00d3 = 1\u00a3\u00ac\u00b6 = 1 (50% \u00b6)\u00a3\u00ac\r\n'
  t.same(read(chinese, 'win32', 2), { sent: 2, lost: 1, times: [7] })

  const busybox =
    'PING 192.168.1.5 (192.168.1.5): 56 data bytes\n64 bytes from 192.168.1.5: seq=0 ttl=64 time=0.081 ms\n\n' +
    '--- 192.168.1.5 ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\n' +
    'round-trip min/avg/max = 0.081/0.081/0.081 ms\n'
  t.same(read(busybox, 'linux', 1), { sent: 1, lost: 0, times: [0.081] })
  t.equal(read('', 'linux', 1), undefined)
  t.equal(read('0 packets transmitted, 0 received', 'linux', 1), undefined)
  t.end()
})
