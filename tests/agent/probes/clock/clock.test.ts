import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { Unavailable, type ProbeContext, type Reading } from '../../../../agent/probe.ts'
import { clock, clockProbe } from '../../../../agent/probes/clock/clock.ts'
import { judge } from '../../../../agent/probes/clock/judge.ts'
import { parseServer } from '../../../../agent/probes/clock/server.ts'
import { readReply } from '../../../../agent/probes/clock/packet.ts'
import { runCheck } from '../../../../agent/run-check.ts'
import { contextOf, depsOf, openHandles, thrown } from '../context.ts'

const from1900 = 2_208_988_800

/** What the stand-in for a time server says; times in ms since 1970. */
interface Said {
  offsetMs?: number
  stratum?: number
  mode?: number
  leap?: number
  referenceId?: string
  rootDelayMs?: number
  rootDispersionMs?: number
  /** Seconds on the wire instead of the time. */
  seconds?: number
  origin?: bigint
  bytes?: number
}

const replyTo = (request: Buffer, said: Said): Buffer => {
  const reply = Buffer.alloc(48)
  reply[0] = ((said.leap ?? 0) << 6) | (4 << 3) | (said.mode ?? 4)
  reply[1] = said.stratum ?? 2
  reply.writeUInt32BE(Math.round(((said.rootDelayMs ?? 0) / 1000) * 65_536), 4)
  reply.writeUInt32BE(Math.round(((said.rootDispersionMs ?? 0) / 1000) * 65_536), 8)
  reply.write(said.referenceId ?? 'GPS', 12, 'latin1')
  reply.writeBigUInt64BE(said.origin ?? request.readBigUInt64BE(40), 24)
  const ms = Date.now() + (said.offsetMs ?? 0)
  for (const at of [32, 40]) {
    reply.writeUInt32BE(said.seconds ?? (Math.floor(ms / 1000) + from1900) % 2 ** 32, at)
    reply.writeUInt32BE(said.seconds === 0 ? 0 : Math.floor(((ms % 1000) / 1000) * 2 ** 32), at + 4)
  }
  return reply.subarray(0, said.bytes ?? 48)
}

/** A stand-in for a time server on loopback: `answer` may give no, one or many packets. Returns host:port and the requests seen. */
const server = async (t: Test, answer: (request: Buffer, n: number) => readonly Said[]) => {
  const socket = createSocket('udp4')
  const requests: Buffer[] = []
  socket.on('message', (request: Buffer, from: RemoteInfo) => {
    requests.push(request)
    for (const said of answer(request, requests.length)) socket.send(replyTo(request, said), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return { text: `127.0.0.1:${socket.address().port}`, requests }
}

const run = async (options: object, context: Partial<ProbeContext> = {}): Promise<Reading> => {
  const [reading] = await clock.prepare(options)(contextOf({ timeoutMs: 500, ...context }))
  if (reading === undefined) throw new Error('one reading was expected')
  return reading
}

void t.test('the offset is what the server is ahead of us', async t => {
  const table: [number, string][] = [
    [0, 'ok'],
    [-1_500, 'ok'],
    [5_000, 'degraded clock_off'],
    [-5_000, 'degraded clock_off'],
    [31_000, 'failed clock_wrong'],
    [-86_400_000, 'failed clock_wrong']
  ]
  for (const [offsetMs, said] of table) {
    const { text } = await server(t, () => [{ offsetMs }])
    const reading = await run({ servers: [text] })
    t.equal([reading.outcome, reading.reason].filter(Boolean).join(' '), said)
    t.match(reading, {
      fields: { delay_ms: Number, bound_ms: Number, stratum: 2, servers_ok_n: 1 },
      labels: { source: 'sntp', server: text }
    })
    const found = reading.fields['offset_ms'] ?? NaN
    t.ok(Math.abs(found - offsetMs) < 50, `${found} for ${offsetMs}`)
  }
})

void t.test('a clock is called off only by what its bound leaves', async t => {
  t.same(judge({ offset_ms: 2_500, bound_ms: 500 }), { outcome: 'ok' })
  t.same(judge({ offset_ms: -2_501, bound_ms: 500 }), { outcome: 'degraded', reason: 'clock_off' })
  t.same(judge({ offset_ms: 30_500, bound_ms: 500 }), { outcome: 'degraded', reason: 'clock_off' })
  t.same(judge({ offset_ms: 30_501, bound_ms: 500 }), { outcome: 'failed', reason: 'clock_wrong' })
  const vague = await server(t, () => [{ offsetMs: 5_000, rootDelayMs: 4_000, rootDispersionMs: 2_000 }])
  t.match(await run({ servers: [vague.text] }), { outcome: 'ok', fields: { bound_ms: Number } })
})

void t.test('the request is of a client, and tells nothing of our clock', async t => {
  const { text, requests } = await server(t, () => [{}])
  await run({ servers: [text], samples: 2 })
  t.equal(requests.length, 2)
  for (const request of requests) {
    t.equal(request.length, 48)
    t.equal(request[0], 0x23, 'version 4, mode 3')
    t.ok(request.subarray(1, 40).every(byte => byte === 0))
  }
  t.notSame(requests[0]?.subarray(40), requests[1]?.subarray(40), 'each has its own number')
})

void t.test('the sample with the least delay counts, of all servers', async t => {
  const far = createSocket('udp4')
  far.on('message', (request: Buffer, from: RemoteInfo) => {
    setTimeout(() => far.send(replyTo(request, { offsetMs: 9_000, stratum: 3 }), from.port, from.address), 40)
  })
  far.bind(0, '127.0.0.1')
  await once(far, 'listening')
  t.teardown(() => far.close())
  const near = await server(t, () => [{ stratum: 5 }])
  const reading = await run({ servers: [`127.0.0.1:${far.address().port}`, near.text], samples: 1 })
  t.match(reading, { outcome: 'ok', fields: { stratum: 5, servers_ok_n: 2 }, labels: { server: near.text } })
  t.ok((reading.fields['delay_ms'] ?? 99) < 40)
})

void t.test('replies that cannot be trusted are no sample', async t => {
  const table: [string, Said, RegExp][] = [
    ['not synchronised', { leap: 3 }, /not synchronised/],
    ['not yet synchronised', { stratum: 0, referenceId: 'INIT' }, /the server is not synchronised INIT/],
    ['stratum 16', { stratum: 16 }, /stratum 16 is not synchronised/],
    ['a broadcast', { mode: 5 }, /mode 5 is no answer of a server/],
    ['a client', { mode: 3 }, /mode 3 is no answer of a server/],
    ['too far from a true clock', { rootDispersionMs: 17_000 }, /16 s or more/],
    ['no time', { seconds: 0 }, /it holds no time/],
    ['an answer to somebody else', { origin: 7n }, /no answer/],
    ['a short packet', { bytes: 47 }, /no answer/]
  ]
  for (const [name, said, fault] of table) {
    const { text } = await server(t, () => [said])
    const rejected = await run({ servers: [text], samples: 1 }, { timeoutMs: 100 }).catch((cause: unknown) => cause)
    t.ok(rejected instanceof Unavailable, name)
    if (rejected instanceof Unavailable) {
      t.equal(rejected.reason, 'no_time_source', name)
      t.match(rejected.labels['servers_fault'], fault, name)
    }
  }
})

void t.test('a forged packet before the true one does not end the waiting', async t => {
  const { text } = await server(t, () => [{ origin: 1n, offsetMs: 99_000 }, { bytes: 4 }, {}])
  t.match(await run({ servers: [text] }), { outcome: 'ok', labels: { source: 'sntp' } })
})

void t.test('one lost packet is not the end', async t => {
  const { text } = await server(t, (_, n) => (n === 2 ? [] : [{}]))
  t.match(await run({ servers: [text], samples: 2 }, { timeoutMs: 200 }), {
    outcome: 'ok',
    fields: { servers_ok_n: 1 }
  })
})

void t.test('a kiss of death is obeyed: an hour for RATE, a day for others', async t => {
  for (const [kiss, quietMs] of [
    ['RATE', 3_600_000],
    ['DENY', 86_400_000]
  ] as const) {
    let now = 0
    const { text, requests } = await server(t, () => [{ stratum: 0, referenceId: kiss }])
    const prepared = clockProbe({ monotonicMs: () => now }).prepare({ servers: [text], samples: 4 })
    const look = () => prepared(contextOf({ timeoutMs: 500 })).catch((cause: unknown) => cause)
    t.match(await look(), { reason: 'kiss_of_death', labels: { kiss } })
    t.equal(requests.length, 1, 'no second question')
    now = quietMs - 1
    t.match(await look(), { reason: 'kiss_of_death', labels: { kiss } })
    t.equal(requests.length, 1, 'nor later')
    now = quietMs
    await look()
    t.equal(requests.length, 2)
    const withCollector = await prepared(contextOf({ collectorTime: () => Promise.resolve(Date.now()) }))
    t.match(withCollector, [{ outcome: 'ok', labels: { source: 'collector', kiss } }])
  }
})

void t.test('the collector serves when no server does, to a second', async t => {
  const at = (ms: number) => ({ collectorTime: () => Promise.resolve(Math.floor((Date.now() + ms) / 1000) * 1000) })
  const table: [number, string][] = [
    [0, 'ok'],
    [2_200, 'ok'],
    [-2_200, 'ok'],
    [5_000, 'degraded clock_off'],
    [40_000, 'failed clock_wrong']
  ]
  for (const [offset, said] of table) {
    const reading = await run({}, at(offset))
    t.equal([reading.outcome, reading.reason].filter(Boolean).join(' '), said, `${offset} ms`)
    t.match(reading, { labels: { source: 'collector' }, fields: { servers_ok_n: 0, delay_ms: Number } })
    t.notOk('stratum' in reading.fields)
    t.ok(Math.abs((reading.fields['offset_ms'] ?? NaN) - offset) <= (reading.fields['bound_ms'] ?? 0))
    t.ok((reading.fields['bound_ms'] ?? 0) >= 1000)
  }
  const closing = createSocket('udp4')
  closing.bind(0, '127.0.0.1')
  await once(closing, 'listening')
  const { port } = closing.address()
  closing.close()
  await once(closing, 'close')
  const reading = await run({ servers: [`127.0.0.1:${port}`] }, at(0))
  t.match(reading, { outcome: 'ok', labels: { source: 'collector', servers_fault: `127.0.0.1:${port}: ECONNREFUSED` } })
})

void t.test('without any source the time is unknown, and nothing is left behind', async t => {
  const silent = await server(t, () => [])
  const before = await openHandles()
  const prepared = clock.prepare({ servers: [silent.text] })
  const deps = depsOf({ timeoutMs: 200, collectorTime: () => new Promise(() => undefined) })
  const [reading] = await runCheck(clock, prepared, { check: 'clock-1@1' }, deps)
  t.match(reading, {
    outcome: 'unavailable',
    reason: 'no_time_source',
    labels: { servers_fault: `${silent.text}: no answer` }
  })
  t.same(await openHandles(before), before)

  const agent = new AbortController()
  const ended = runCheck(clock, prepared, { check: 'clock-1@1' }, depsOf({ signal: agent.signal }))
  await openHandles()
  agent.abort()
  t.same(await ended, [])
  t.same(await openHandles(before), before, 'also after a shutdown in the middle')
})

void t.test('times after 2036 are of the next era', t => {
  const timeOf = (seconds: number) => readReply(replyTo(Buffer.alloc(48), { seconds }))?.receivedMs ?? NaN
  const second = (iso: string) => Math.floor(Date.parse(iso) / 1000)
  const shown = (seconds: number) => Math.floor(timeOf(seconds) / 1000)
  t.equal(shown(second('2026-11-20T00:00:00Z') + from1900), second('2026-11-20T00:00:00Z'))
  t.equal(shown(2 ** 32 - 1), second('2036-02-07T06:28:15Z'))
  t.equal(shown(1), second('2036-02-07T06:28:17Z'))
  t.equal(shown(second('2050-01-01T00:00:00Z') + from1900 - 2 ** 32), second('2050-01-01T00:00:00Z'))
  t.end()
})

void t.test('bad options are refused with a sentence', t => {
  const expectation = 'must be a host name or an IP address, with :port or without'
  for (const text of ['a b', 'a:0', 'a:70000', '[::1', '::1:x', 'http://a', '-a', '[a]:123', '1.2.3'])
    t.equal(
      thrown(() => clock.prepare({ servers: ['ntp.test', text] })),
      `clock options /servers/1 ${expectation}, got ${JSON.stringify(text)}`
    )
  t.equal(
    thrown(() => clock.prepare({ samples: 9 })),
    'clock options /samples must be <= 8, got 9'
  )
  t.match(
    thrown(() => clock.prepare({ servers: ['a', 'b', 'c', 'd', 'e'] })),
    /^clock options \/servers must not have more than 4/
  )
  t.end()
})

void t.test('servers may be written with and without port and brackets', t => {
  const table: [string, string, number][] = [
    ['ntp.test', 'ntp.test', 123],
    ['ntp.test:11123', 'ntp.test', 11_123],
    ['192.0.2.1', '192.0.2.1', 123],
    ['2001:db8::1', '2001:db8::1', 123],
    ['[2001:db8::1]', '2001:db8::1', 123],
    ['[2001:db8::1]:11123', '2001:db8::1', 11_123]
  ]
  for (const [text, host, port] of table) t.same(parseServer(text, 0), { text, host, port })
  t.end()
})
