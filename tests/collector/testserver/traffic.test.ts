import t from 'tap'
import { parseSs } from '../../../collector/testserver/tcp-watch.ts'
import { claimsOf, rawStream, sessionWith, startServer, tokenOf, untilReceived } from './rig.ts'

/** Payload bytes a second of a cap at the IP layer, Mbit/s. */
const payload = (mbps: number) => (mbps * 125_000) / 1.036

for (const direction of ['down', 'up'] as const)
  void t.test(`${direction}: what the receiver counts is what was sent, at the cap of the lease`, async t => {
    const server = await startServer()
    const claims = claimsOf({ direction, cap_mbps: 24, streams: 3 })
    const session = await sessionWith(server, claims)
    t.match(session, { server: 's1', egress: '127.0.0.1', portMbps: 1_000, localAddress: '127.0.0.1' })
    t.same(session.received(), { ms: 0, bytes: 0 }, 'nothing flows before start')
    session.start()
    await untilReceived(session, 0.5 * payload(24))
    const { ms, bytes } = session.received()
    const record = await session.stop()
    t.ok(bytes <= ((ms + 60) / 1_000) * payload(24), `${bytes} bytes in ${ms} ms is not above the cap`)
    t.ok(record !== undefined && record.bytes >= bytes, `server has ${record?.bytes ?? 0}, client ${bytes}`)
    t.match(record, { ended: 'stopped', peak_tests_n: 1, peak_caps_mbps: 24, port_mbps: 1_000 })
    t.ok((record?.duration_ms ?? 0) >= 400 && (record?.loop_p99_ms ?? -1) >= 0 && (record?.cpu_pct ?? -1) > 0)
    t.same(await session.stop(), record, 'stop twice is stop once')
    await server.close()
    t.same(
      server.done.map(over => over.record),
      [record]
    )
    t.same(server.faults, [])
  })

void t.test('a download ends at its byte limit with every byte there', async t => {
  const server = await startServer()
  const claims = claimsOf({ cap_mbps: 100, max_bytes: 1_234_567 })
  const session = await sessionWith(server, claims)
  session.start()
  t.match(await session.ended, { kind: 'closing', record: { ended: 'max_bytes', bytes: 1_234_567 } })
  t.equal(session.received().bytes, 1_234_567)
  t.match(await session.stop(), { ended: 'max_bytes' })
  await server.close()
})

void t.test('an upload ends at its byte limit, and the sender stops by itself', async t => {
  const server = await startServer()
  const claims = claimsOf({ direction: 'up', cap_mbps: 100, max_bytes: 1_234_567 })
  const session = await sessionWith(server, claims, { maxBytes: 1_234_567 })
  session.start()
  t.match(await session.ended, { kind: 'closing', record: { ended: 'max_bytes', bytes: 1_234_567 } })
  t.equal(session.received().bytes, 1_234_567)
  await server.close()
})

void t.test('a test ends at its time limit', async t => {
  const server = await startServer()
  const session = await sessionWith(server, claimsOf({ max_ms: 1_000 }))
  session.start()
  const ended = await session.ended
  t.match(ended, { kind: 'closing', record: { ended: 'max_ms' } })
  t.ok(session.received().bytes <= 1.06 * payload(20))
  await server.close()
})

void t.test('IPv6 works like IPv4, and the address of the lease is compared whatever its spelling', async t => {
  const server = await startServer({ host: '::' })
  const six = await sessionWith({ host: '::1', port: server.port }, claimsOf({ ip: '0:0:0:0:0:0:0:1' }))
  t.match(six, { egress: '::1', localAddress: '::1', remoteAddress: '::1' })
  six.start()
  await untilReceived(six, 100_000)
  t.match(await six.stop(), { ended: 'stopped' })

  const four = await sessionWith({ host: '127.0.0.1', port: server.port }, claimsOf({ ip: '::ffff:127.0.0.1' }))
  t.equal(four.egress, '127.0.0.1', 'IPv4 that came to an IPv6 socket')
  await four.stop()
  const named = await sessionWith({ host: 'localhost', port: server.port }, claimsOf(), { family: 4 })
  t.equal(named.egress, '127.0.0.1')
  await named.stop()
  await server.close()
})

void t.test('streams leave from the local address they are told', async t => {
  const server = await startServer()
  const session = await sessionWith(server, claimsOf({ ip: '127.0.0.9' }), { localAddress: '127.0.0.9' })
  t.match(session, { egress: '127.0.0.9', localAddress: '127.0.0.9' })
  await session.stop()
  await server.close()
})

void t.test('the counted lines of an upload carry the server’s own clock and never go back', async t => {
  const server = await startServer()
  const claims = claimsOf({ direction: 'up', streams: 1 })
  const control = await rawStream(server, tokenOf(claims), 'control')
  await control.until(/"hello"/)
  const data = await rawStream(server, tokenOf(claims), '1')
  await data.until(/101 /)
  control.socket.write('{"type":"unknown"}\n{"type":"start"}\n')
  for (let sent = 0; sent < 20; sent += 1) {
    data.socket.write(Buffer.alloc(10_000))
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  await control.until(/"bytes":200000/)
  control.socket.write('{"type":"stop"}\n')
  await control.until(/"closing"/)
  const lines = control
    .heard()
    .split('\n')
    .flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as { type: string; ms: number; bytes: number }] : []))
  const counted = lines.filter(line => line.type === 'counted')
  t.ok(counted.length >= 5, `${counted.length} lines`)
  t.equal(counted.at(-1)?.bytes, 200_000)
  for (const [index, line] of counted.entries()) {
    const before = counted[index - 1] ?? { ms: 0, bytes: 0 }
    t.ok(line.ms >= before.ms && line.bytes >= before.bytes)
  }
  await server.close()
})

void t.test('ss is read: least RTT, retransmits and receive window, of each connection', t => {
  const text = [
    '0 0 10.1.2.3:8090 10.9.8.7:40001',
    '\t bbr wscale:7,7 rtt:10.2/0.3 data_segs_out:1000 busy:900ms rwnd_limited:90ms(10.0%) retrans:0/25 minrtt:10.017',
    'ESTAB 0 12 [::ffff:10.1.2.3]:8090 [::ffff:10.9.8.7]:40002 ',
    '\t cubic rtt:12/1 minrtt:9.5 data_segs_out:3000 busy:100ms',
    ''
  ].join('\n')
  t.same(
    [...parseSs(text)],
    [
      ['10.9.8.7 40001', { minRttMs: 10.017, retransSegs: 25, dataSegs: 1000, busyMs: 900, rwndLimitedMs: 90 }],
      ['10.9.8.7 40002', { minRttMs: 9.5, retransSegs: 0, dataSegs: 3000, busyMs: 100, rwndLimitedMs: 0 }]
    ]
  )
  t.same([...parseSs('')], [])
  t.end()
})

void t.test('a stand-alone server says what it speaks', async t => {
  const server = await startServer()
  for (const [path, status] of [
    ['/bw/v1', 426],
    ['/else', 404]
  ] as const) {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`)
    t.equal(answer.status, status)
    t.equal(answer.headers.get('campus-gauge-bandwidth'), '1')
    await answer.text()
  }
  await server.close()
})
