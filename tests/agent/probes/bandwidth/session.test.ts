import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { claimsOf, sessionWith, startServer, untilReceived } from '../../../collector/testserver/rig.ts'

interface Place {
  readonly host: string
  readonly port: number
  close(): void
}

const listening = async (server: ReturnType<typeof createServer> | Server, sockets: Set<Socket>): Promise<Place> => {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  }
}

/** A proxy that answers an Upgrade with these bytes ('' closes, undefined says nothing), and every plain request with 200. */
const startProxy = (toUpgrade: string | undefined): Promise<Place> => {
  const proxy = createHttpServer((_request, response) => response.end('hello'))
  proxy.on('upgrade', (_request, socket) => {
    if (toUpgrade !== undefined) socket.end(toUpgrade)
  })
  return listening(proxy, new Set())
}

/** A wire to a test server that can be cut: `drop` forwards nothing any more, `reset` breaks every connection. */
const startWire = async (target: { host: string; port: number }) => {
  const [near, far] = [new Set<Socket>(), new Set<Socket>()]
  const wire = createServer({ allowHalfOpen: false }, socket => {
    const other = connect({ host: target.host, port: target.port })
    far.add(other)
    other.on('error', () => socket.destroy())
    socket.on('error', () => other.destroy())
    socket.pipe(other).pipe(socket)
    socket.once('close', () => other.destroy())
    other.once('close', () => socket.destroy())
  })
  const place = await listening(wire, near)
  return {
    ...place,
    drop: () => {
      for (const socket of [...near, ...far]) socket.unpipe()
    },
    reset: () => {
      for (const socket of near) socket.resetAndDestroy()
    },
    close: () => {
      for (const socket of far) socket.destroy()
      place.close()
    }
  }
}

const answers: readonly [name: string, answer: string, sentence: RegExp][] = [
  ['403', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno', /blocks Upgrade \(answered 403 Forbidden/],
  ['200', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nlogin', /blocks Upgrade \(answered 200 OK/],
  ['400', 'HTTP/1.0 400 Bad Request\r\n\r\n<html>', /blocks Upgrade \(answered 400 Bad Request/],
  ['426', 'HTTP/1.1 426 Upgrade Required\r\n\r\n', /blocks Upgrade \(answered 426 Upgrade Required/],
  ['502', 'HTTP/1.1 502\r\ncontent-length: 0\r\n\r\n', /blocks Upgrade \(answered 502,/],
  [
    'a 101 that is not the server’s',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: bwtest/1\r\nconnection: Upgrade\r\n\r\n',
    /blocks Upgrade \(answered 101 Switching Protocols/
  ],
  ['a page without end', `HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n${'x'.repeat(20_000)}`, /answered 200 OK/],
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'.repeat(1_000), /more than 16 KiB that are no HTTP answer/],
  ['the end of the connection', '', /by closing the connection, but it answers a plain request/]
]

void t.test('a proxy that blocks Upgrade is named as such, whatever it answers', async t => {
  for (const [name, answer, message] of answers) {
    const proxy = await startProxy(answer)
    await t.rejects(sessionWith(proxy, claimsOf()), { reason: 'upgrade_blocked', message }, name)
    proxy.close()
  }
})

void t.test('a proxy that swallows an Upgrade is found out by a plain request', async t => {
  const proxy = await startProxy(undefined)
  await t.rejects(sessionWith(proxy, claimsOf()), {
    reason: 'upgrade_blocked',
    message: /answered nothing, but it answers a plain request/
  })
  proxy.close()
})

void t.test('a server that answers nothing at all is unreachable, not blocked', async t => {
  const closing = await listening(
    createServer(socket => socket.once('data', () => socket.destroy())),
    new Set()
  )
  await t.rejects(sessionWith(closing, claimsOf()), {
    reason: 'server_unreachable',
    message: new RegExp(`the test server at 127\\.0\\.0\\.1:${closing.port} must accept a connection: it closed`)
  })
  closing.close()
  await t.rejects(sessionWith(closing, claimsOf()), { reason: 'server_unreachable', message: /ECONNREFUSED/ })
  await t.rejects(sessionWith({ host: 'no-such-host.invalid', port: 1 }, claimsOf()), {
    reason: 'server_unreachable',
    message: /^the name of the test server, no-such-host\.invalid, must have an address/
  })
})

void t.test('a refusal of the server itself is no proxy', async t => {
  const server = await startServer({ portMbps: 20 })
  const refused = (over: Parameters<typeof claimsOf>[0]) => sessionWith(server, claimsOf(over))
  await t.rejects(refused({ server: 's9' }), { reason: 'lease_refused', message: /must be for this server, s1/ })
  await t.rejects(refused({ tier: 100 }), {
    reason: 'server_port_too_small',
    message: /needs a server port of 120 Mbit\/s or more, and this server's has 20/
  })
  const held = await sessionWith(server, claimsOf({ cap_mbps: 16 }))
  await t.rejects(refused({ cap_mbps: 16 }), { reason: 'server_busy', message: /within 16 Mbit\/s/ })
  await held.stop()
  await server.close()
})

void t.test('a link that goes down is lost: at once when connections break, after 3 s when nothing comes', async t => {
  const server = await startServer()
  for (const direction of ['down', 'up'] as const) {
    const wire = await startWire(server)
    const session = await sessionWith(wire, claimsOf({ direction, max_ms: 20_000 }))
    session.start()
    await untilReceived(session, 50_000)
    wire.reset()
    t.match(await session.ended, { kind: 'lost', message: /ended without a closing record|broke|closed/ }, direction)
    t.equal(await session.stop(), undefined)
    wire.close()
  }
  const wires = await Promise.all([startWire(server), startWire(server)])
  const sessions = await Promise.all([
    sessionWith(wires[0], claimsOf({ max_ms: 20_000 })),
    sessionWith(wires[1], claimsOf({ direction: 'up', max_ms: 20_000 }))
  ])
  for (const session of sessions) session.start()
  for (const session of sessions) await untilReceived(session, 50_000)
  for (const wire of wires) wire.drop()
  for (const session of sessions)
    t.match(await session.ended, {
      kind: 'lost',
      message: /must carry something, but nothing came for 3 s after \d+ bytes/
    })
  for (const wire of wires) wire.close()
  await server.close()
})

void t.test('an aborted test lets go of everything, before and after it is open', async t => {
  const server = await startServer()
  const late = new AbortController()
  const session = await sessionWith(server, claimsOf(), { signal: late.signal })
  session.start()
  await untilReceived(session, 1)
  late.abort()
  t.same(await session.ended, { kind: 'lost', message: 'the test was aborted' })
  t.equal(await session.stop(), undefined)

  const silent = await startProxy(undefined)
  const early = new AbortController()
  const opening = sessionWith(silent, claimsOf(), { signal: early.signal })
  setTimeout(() => early.abort(new Error('enough')), 50)
  await t.rejects(opening, { message: 'enough' })
  await t.rejects(sessionWith(server, claimsOf(), { signal: AbortSignal.abort(new Error('never')) }), {
    message: 'never'
  })
  silent.close()
  await server.close()
})

void t.test('a data stream that is refused ends the whole opening', async t => {
  const server = await startServer()
  const claims = claimsOf({ streams: 2 })
  await t.rejects(sessionWith(server, claims, { streams: 3 }), {
    reason: 'lease_refused',
    message: /must be control or 1 to 2, got "3"/
  })
  t.match(await server.recordOf(claims.lease), { ended: 'client_gone', bytes: 0 })
  await server.close()
})
