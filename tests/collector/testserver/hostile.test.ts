import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { openControl } from '../../../collector/testserver/control.ts'
import {
  claimsOf,
  destroyAll,
  problemOf,
  rawStream,
  sessionWith,
  startServer,
  tokenOf,
  unbound,
  untilReceived
} from './rig.ts'

const start = '{"type":"start"}\n'

/** A control stream and its data streams, opened by hand. */
const openByHand = async (server: { host: string; port: number }, claims: ReturnType<typeof claimsOf>) => {
  const control = await rawStream(server, tokenOf(claims), 'control')
  await control.until(/"hello"/)
  const data = await Promise.all(
    Array.from({ length: claims.streams }, (_, index) => rawStream(server, tokenOf(claims), String(index + 1)))
  )
  for (const stream of data) await stream.until(/101 [\s\S]*\r\n\r\n/)
  return { control, data }
}

void t.test('a client that never reads is sent no more than the kernel holds, and is closed in time', async t => {
  const server = await startServer()
  const claims = claimsOf({ cap_mbps: 400, max_bytes: 500_000_000, max_ms: 3_000, streams: 1 })
  const { control, data } = await openByHand(server, claims)
  for (const { socket } of data) socket.pause()
  control.socket.write(start)
  const record = await server.recordOf(claims.lease)
  t.equal(record.ended, 'stalled')
  t.ok(record.bytes < 60_000_000, `${record.bytes} bytes of the 144 million that the cap allowed`)
  t.ok(record.duration_ms >= 2_900 && record.duration_ms < 6_000, `${record.duration_ms} ms`)
  await control.closed
  destroyAll(data.map(stream => stream.socket))
  await server.close()
})

void t.test('a client that never closes loses its connections', async t => {
  const server = await startServer({ gatherMs: 300 })
  const idle = claimsOf()
  const { control, data } = await openByHand(server, idle)
  t.match(await server.recordOf(idle.lease), { ended: 'client_gone', bytes: 0, duration_ms: 0 }, 'never started')
  await Promise.all([control, ...data].map(stream => stream.closed))

  const deaf = claimsOf({ max_bytes: 100_000, cap_mbps: 100 })
  const other = await openByHand(server, deaf)
  other.control.socket.write(start)
  t.match(await server.recordOf(deaf.lease), { ended: 'max_bytes', bytes: 100_000 })
  await Promise.all([other.control, ...other.data].map(stream => stream.closed))
  t.equal(
    other.data.reduce((total, stream) => total + stream.bytes() - stream.heard().indexOf('\r\n\r\n') - 4, 0),
    100_000
  )
  await server.close()
})

void t.test('a download ends when any of its streams is closed, or says something', async t => {
  const server = await startServer()
  for (const rude of [
    (socket: Socket) => socket.resetAndDestroy(),
    (socket: Socket) => socket.end(),
    (socket: Socket) => socket.write('more')
  ]) {
    const claims = claimsOf({ max_ms: 20_000 })
    const { control, data } = await openByHand(server, claims)
    control.socket.write(start)
    await data[0]?.until(/\r\n\r\n[\s\S]/)
    const stream = data[1]
    if (stream !== undefined) rude(stream.socket)
    t.match(await server.recordOf(claims.lease), { ended: 'client_gone' })
    destroyAll([control, ...data].map(({ socket }) => socket))
  }
  await server.close()
})

void t.test('a control stream that says nonsense, or nothing that ends, is the end of its test', async t => {
  const server = await startServer()
  for (const nonsense of ['start\n', 'x'.repeat(20_000)]) {
    const claims = claimsOf()
    const { control, data } = await openByHand(server, claims)
    control.socket.write(nonsense)
    t.match(await server.recordOf(claims.lease), { ended: 'client_gone', bytes: 0 })
    destroyAll([control, ...data].map(({ socket }) => socket))
  }
  await server.close()
})

void t.test('of a line that never ends nothing is kept once the test is over', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  client.on('error', () => undefined)
  const [socket] = (await once(server, 'connection')) as [Socket]
  let gone = 0
  const control = openControl(
    socket,
    () => undefined,
    () => {
      gone += 1
      if (gone === 1) control.finish({ type: 'counted', ms: 0, bytes: 0 })
    }
  )
  for (let count = 0; count < 64; count += 1) client.write('x'.repeat(65_536))
  while (socket.bytesRead < 4_000_000 && !socket.destroyed) await new Promise(resolve => setTimeout(resolve, 5))
  t.ok(socket.bytesRead >= 4_000_000, 'all is read')
  t.equal(gone, 1)
  client.destroy()
  socket.destroy()
  server.close()
})

void t.test('a sender that ignores its cap is read at the cap, and at most to its byte limit', async t => {
  const server = await startServer()
  const claims = claimsOf({ direction: 'up', cap_mbps: 20, max_bytes: 2_000_000, streams: 2 })
  const session = await sessionWith(server, claims, { capMbps: 400 })
  session.start()
  const ended = await session.ended
  t.match(ended, { kind: 'closing', record: { ended: 'max_bytes' } })
  if (ended.kind !== 'closing') return
  const { bytes, duration_ms: ms } = ended.record
  t.ok(bytes >= 2_000_000 && bytes < 2_300_000, `${bytes} bytes`)
  // 2 MB at 20 Mbit/s take 829 ms; a sender may be 250 ms ahead.
  t.ok(ms > 500, `${ms} ms`)
  await server.close()
})

void t.test('tests that were opened and never started give way to one that starts', async t => {
  const server = await startServer({ maxTests: 2 })
  const idle = [claimsOf(), claimsOf()]
  for (const claims of idle) await (await rawStream(server, tokenOf(claims), 'control')).until(/"hello"/)
  await t.rejects(sessionWith(server, claimsOf()), { reason: 'server_busy', message: /at most 2 tests at once/ })
  await new Promise(resolve => setTimeout(resolve, 2_100))
  const session = await sessionWith(server, claimsOf())
  session.start()
  await untilReceived(session, 1)
  t.match(await session.stop(), { ended: 'stopped' })
  t.equal(server.done[0]?.claims.lease, idle[0]?.lease, 'the older one')
  await server.close()
})

void t.test('one address cannot take all the room that others need to begin', async t => {
  const server = await startServer()
  const streams: Socket[] = []
  for (let count = 0; count < 16; count += 1) {
    const stream = await rawStream(server, tokenOf(unbound(claimsOf({ cap_mbps: 1 }))), 'control', '127.0.0.3')
    await stream.until(/"hello"/)
    streams.push(stream.socket)
  }
  const more = await rawStream(server, tokenOf(unbound(claimsOf())), 'control', '127.0.0.3')
  await more.closed
  t.match(problemOf(more.heard()), {
    code: 'server_busy',
    detail: 'an address may have 16 streams that have not started, and 127.0.0.3 has'
  })
  t.match(more.heard(), /\r\nretry-after: 2\r\n/)
  const session = await sessionWith(server, claimsOf())
  await session.stop()
  destroyAll(streams)
  await server.close()
})

void t.test('half-open upgrades by the hundred from the same address do not stop a test, and are closed', async t => {
  const server = await startServer({ heads: { headMs: 1_500, all: 256, address: 16, graceMs: 500, most: 300 } })
  const sockets: Socket[] = []
  const claims = claimsOf()
  const head = `GET /bw/v1 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: bwtest/1\r\nauthorization: Bearer ${tokenOf(claims)}\r\n`
  const half = () => {
    const socket = connect({ host: server.host, port: server.port })
    socket.on('error', () => undefined)
    socket.write(head)
    socket.resume()
    sockets.push(socket)
  }
  for (let count = 0; count < 200; count += 1) half()
  const opening = sessionWith(server, claims)
  for (let count = 0; count < 200; count += 1) half()
  const session = await opening
  session.start()
  await untilReceived(session, 200_000)
  t.match(await session.stop(), { ended: 'stopped' })
  const open = () => sockets.filter(socket => !socket.destroyed).length
  while (open() > 0) await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(server.done.length, 1)
  await server.close()
})
