import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import type { ClosingRecord } from '../../../contract/bandwidth.ts'
import { attachTestServer } from '../../../collector/testserver/attach.ts'
import type { LeaseBook } from '../../../collector/testserver/lease-book.ts'
import {
  claimsOf,
  keys,
  problemOf,
  rawClient,
  rawStream,
  sessionWith,
  tokenOf,
  untilReceived,
  upgradeText
} from './rig.ts'

/** A collector's server in small: Fastify with one route, tests on the same port, a book that keeps what it was told. */
const startCollector = async () => {
  const opened: string[] = []
  const closed = new Map<string, { bytes: number; record: ClosingRecord }>()
  const words: string[] = []
  const book: LeaseBook = {
    open: claims => {
      if (opened.includes(claims.lease)) return Promise.resolve('lease_used')
      opened.push(claims.lease)
      return Promise.resolve('opened')
    },
    close: (lease, bytes, record) => {
      closed.set(lease, { bytes, record })
      return Promise.resolve()
    }
  }
  const app = Fastify()
  app.get('/livez', () => ({ status: 'ok' }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const tests = attachTestServer(app.server, {
    publicKey: keys.publicKey,
    serverId: 's1',
    portMbps: 1_000,
    book,
    log: { info: () => undefined, error: (_fields, text) => words.push(text) }
  })
  const { address, port } = app.server.address() as AddressInfo
  return {
    app,
    tests,
    host: address,
    port,
    opened,
    closed,
    words,
    stop: async () => {
      await tests.close()
      await app.close()
    }
  }
}

void t.test('the bytes flow in a child process, and the book of this process is asked and told', async t => {
  const collector = await startCollector()
  t.equal(collector.tests.pid(), undefined, 'no child before the first test')
  for (const direction of ['down', 'up'] as const) {
    const claims = claimsOf({ direction })
    const session = await sessionWith(collector, claims)
    session.start()
    await untilReceived(session, 500_000)
    const record = await session.stop()
    t.ok((record?.bytes ?? 0) >= 500_000, `${direction}: ${record?.bytes ?? 0} bytes`)
    t.equal(record?.ended, 'stopped')
  }
  t.equal(collector.opened.length, 2)
  t.type(collector.tests.pid(), 'number')
  await collector.stop()
  t.equal(collector.closed.size, 2)
  t.same(collector.words, [])
})

void t.test('a used lease is refused by the book, a bad one before any child is started', async t => {
  const collector = await startCollector()
  const stranger = await rawStream(collector, `${tokenOf(claimsOf())}x`, 'control')
  await stranger.closed
  t.equal(problemOf(stranger.heard()).code, 'lease_invalid')
  t.equal(collector.tests.pid(), undefined)

  const claims = claimsOf()
  const session = await sessionWith(collector, claims)
  await session.stop()
  await t.rejects(sessionWith(collector, claims), { reason: 'lease_refused', message: /can be used once/ })
  await collector.stop()
  t.same(collector.words, [])
})

void t.test('a child that died is started again; its test is lost and never closed in the book', async t => {
  const collector = await startCollector()
  const first = claimsOf()
  const lost = await sessionWith(collector, first)
  lost.start()
  await untilReceived(lost, 1)
  const pid = collector.tests.pid()
  process.kill(pid ?? 0, 'SIGKILL')
  t.match(await lost.ended, { kind: 'lost' })
  while (collector.tests.pid() !== undefined) await new Promise(resolve => setTimeout(resolve, 5))

  const second = claimsOf()
  const session = await sessionWith(collector, second)
  session.start()
  await untilReceived(session, 1)
  await session.stop()
  t.not(collector.tests.pid(), pid)
  await collector.stop()
  t.same([...collector.closed.keys()], [second.lease])
  t.same(collector.words, ['the test server ended; it is started again at the next test'])
})

void t.test('a child that cannot be started is tried again, and keeps nobody from stopping', async t => {
  const collector = await startCollector()
  const { execPath } = process
  process.execPath = '/nowhere/node'
  const refused = await rawStream(collector, tokenOf(claimsOf()), 'control')
  await refused.closed
  process.execPath = execPath
  t.match(problemOf(refused.heard()), {
    code: 'server_busy',
    detail: 'this server could not start its test process'
  })
  t.same(collector.words, ['the test server failed'])
  const session = await sessionWith(collector, claimsOf())
  await session.stop()
  process.execPath = '/nowhere/node'
  const child = collector.tests.pid() ?? 0
  process.kill(child, 'SIGKILL')
  while (collector.tests.pid() !== undefined) await new Promise(resolve => setTimeout(resolve, 5))
  await (
    await rawStream(collector, tokenOf(claimsOf()), 'control')
  ).closed
  process.execPath = execPath
  await collector.stop()
})

void t.test('streams on their way to a child that dies are closed, those that still can be are told', async t => {
  const collector = await startCollector()
  const first = await rawStream(collector, tokenOf(claimsOf({ cap_mbps: 1 })), 'control')
  await first.until(/"hello"/)
  const child = collector.tests.pid() ?? 0
  process.kill(child, 'SIGSTOP')
  const streams = []
  for (let count = 0; count < 4; count += 1)
    streams.push(await rawStream(collector, tokenOf(claimsOf({ cap_mbps: 1 })), 'control'))
  // Answered after the streams above were read.
  const probe = await rawClient(collector, upgradeText({}, '/livez'))
  await probe.until(/"ok"/)
  probe.socket.destroy()
  process.kill(child, 'SIGKILL')
  await Promise.all([first, ...streams].map(stream => stream.closed))
  t.same(
    streams.slice(1).map(stream => problemOf(stream.heard()).detail),
    Array.from({ length: 3 }, () => 'the test process ended')
  )
  await collector.stop()
})

void t.test('stopping the collector ends its tests with a closing record and lets its server close', async t => {
  const collector = await startCollector()
  const claims = claimsOf()
  const session = await sessionWith(collector, claims)
  session.start()
  await untilReceived(session, 1)
  await collector.stop()
  t.match(await session.ended, { kind: 'closing', record: { ended: 'server_closing' } })
  t.equal(collector.closed.get(claims.lease)?.record.ended, 'server_closing')
})

void t.test('requests that carry other Upgrades are the collector’s own, and so are all others', async t => {
  const collector = await startCollector()
  for (const upgrade of ['h2c', 'websocket', 'bwtest/1']) {
    const client = await rawClient(collector, upgradeText({ upgrade }, '/livez'))
    await client.until(/\{"status":"ok"\}/)
    t.match(client.heard(), /^HTTP\/1\.1 200 OK\r\n/, upgrade)
    client.socket.destroy()
  }
  const wrong = await rawClient(collector, upgradeText({ upgrade: 'websocket' }))
  await wrong.until(/404/)
  t.match(wrong.heard(), /^HTTP\/1\.1 404 /)
  wrong.socket.destroy()

  const plain = httpRequest({ host: collector.host, port: collector.port, path: '/livez' }).end()
  const [answer] = (await once(plain, 'response')) as [{ statusCode: number; resume(): void }]
  answer.resume()
  t.equal(answer.statusCode, 200)
  await collector.stop()
})
