import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import t, { type Test } from 'tap'
import type { ProbeContext, Reading } from '../../../../agent/probe.ts'
import { runCheck } from '../../../../agent/run-check.ts'
import type { OwnAddress } from '../../../../agent/probes/portal/place.ts'
import { portalProbe, type PortalDeps } from '../../../../agent/probes/portal/portal.ts'
import { contextOf, depsOf, openHandles, systemOf } from '../context.ts'

const pem = (name: string) => readFileSync(new URL(`certs/${name}`, import.meta.url), 'utf8')
const own: readonly OwnAddress[] = [
  { address: '127.0.0.1', cidr: '127.0.0.1/8', internal: true },
  { address: '10.20.1.5', cidr: '10.20.1.5/24', internal: false }
]
const deps: PortalDeps = { addresses: () => own, resolvers: () => ['127.0.0.1:9'], trusted: [pem('ca.crt')] }

const run = async (options: object, context: Partial<ProbeContext> = {}, known = deps): Promise<Reading> => {
  const [reading] = await portalProbe(known).prepare(options)(contextOf(context))
  if (reading === undefined) throw new Error('one reading was expected')
  return reading
}

const listen = async (t: Test, server: net.Server): Promise<number> => {
  const sockets = new Set<net.Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
const serve = (t: Test, answer: http.RequestListener) => listen(t, http.createServer(answer))
const serveTls = (t: Test, certificate: string, answer: http.RequestListener = (_, res) => res.end('secret')) => {
  const asked: string[] = []
  const server = https.createServer({ key: pem('leaf.key'), cert: pem(certificate) }, (req, res) => {
    asked.push(req.url ?? '')
    answer(req, res)
  })
  return listen(t, server).then(port => ({ port, asked }))
}
/** A machine whose hosts file knows school.test. */
const withHosts = (t: Test) =>
  systemOf({
    root: t.testdir({ etc: { hosts: '# ours\n127.0.0.1\tlocalhost\n127.0.0.1 gw School.test # the portal\n' } })
  })

void t.test('a site that answers is ok, with a time for each phase', async t => {
  const seen: http.IncomingHttpHeaders[] = []
  const port = await serve(t, (req, res) => {
    seen.push(req.headers)
    res.end('<p>welcome</p>')
  })
  const before = await openHandles()
  const reading = await run({ url: `http://127.0.0.1:${port}/a?b=c`, expect_text: 'welcome' })
  t.match(reading, {
    outcome: 'ok',
    reason: undefined,
    fields: { status_code: 200, body_bytes: 14, family: 4, tcp_ms: Number, ttfb_ms: Number, total_ms: Number },
    labels: { subject: '127.0.0.1', address: '127.0.0.1', place: 'self' }
  })
  t.notOk('tls_ms' in reading.fields || 'dns_ms' in reading.fields)
  t.match(seen, [{ host: `127.0.0.1:${port}`, connection: 'close', 'user-agent': 'campus-gauge' }])
  t.same(await openHandles(before), before, 'nothing is left to keep the process alive')
})

void t.test('a name of the hosts file is connected to by that file, and named in host header and SNI', async t => {
  const { port } = await serveTls(t, 'good.crt', (req, res) => {
    res.end(`${String(req.headers.host)} ${'servername' in req.socket ? String(req.socket.servername) : ''}`)
  })
  const reading = await run(
    { url: `https://school.test:${port}/`, expect_text: `school.test:${port} school.test` },
    { system: withHosts(t) }
  )
  t.match(reading, {
    outcome: 'ok',
    fields: { tls_ms: Number, cert_days: Number, family: 4 },
    labels: { subject: 'school.test', address: '127.0.0.1', resolver: 'hosts' }
  })
  t.ok((reading.fields['cert_days'] ?? 0) > 3650)
})

void t.test('localhost needs no name server and no hosts file', async t => {
  const port = await serve(t, (_, res) => res.end())
  t.match(await run({ url: `http://localhost:${port}/` }), { outcome: 'ok', labels: { resolver: 'hosts' } })
})

void t.test('a certificate for an address is checked against the address', async t => {
  const good = await serveTls(t, 'good.crt')
  t.match(await run({ url: `https://127.0.0.1:${good.port}/` }), { outcome: 'ok' })
  const wrong = await serveTls(t, 'wrong-name.crt')
  t.match(await run({ url: `https://127.0.0.1:${wrong.port}/` }), { outcome: 'failed', reason: 'tls_name' })
})

void t.test('a bad certificate is named, keeps its dates, and the request is not sent', async t => {
  const table = [
    ['expired.crt', 'tls_expired', 'CERT_HAS_EXPIRED', deps],
    ['not-yet.crt', 'tls_expired', 'CERT_NOT_YET_VALID', deps],
    ['wrong-name.crt', 'tls_name', 'ERR_TLS_CERT_ALTNAME_INVALID', deps],
    ['good.crt', 'tls_untrusted', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', { ...deps, trusted: [] }]
  ] as const
  for (const [certificate, reason, tls_error, known] of table) {
    const { port, asked } = await serveTls(t, certificate)
    const reading = await run({ url: `https://localhost:${port}/secret` }, {}, known)
    t.match(reading, { outcome: 'failed', reason, fields: { cert_days: Number }, labels: { tls_error } }, certificate)
    t.notOk('status_code' in reading.fields)
    t.same(asked, [], 'nothing was asked over it')
  }
})

void t.test('a skewed clock of ours explains an expired certificate first', async t => {
  const { port } = await serveTls(t, 'expired.crt')
  const url = `https://localhost:${port}/`
  const skewed = { outcome: 'unavailable', reason: 'clock_skewed' }
  t.match(await run({ url }, { clockOffsetMs: () => -2 * 86_400_000 }), skewed, 'the last acknowledgement said so')
  const in2020 = Date.parse('2020-06-01T00:00:00Z')
  t.match(await run({ url }, { collectorTime: () => Promise.resolve(in2020) }), skewed, 'it is valid at the true time')
  const expired = { outcome: 'failed', reason: 'tls_expired' }
  t.match(await run({ url }, { collectorTime: () => Promise.resolve(Date.now()) }), expired)
  t.match(await run({ url }, { clockOffsetMs: () => 3_600_000 }), expired, 'an hour does not explain it')
})

void t.test('a certificate that ends in ten days is degraded, by the true time', async t => {
  const { port } = await serveTls(t, 'good.crt')
  const tenDaysBefore = Date.parse('2119-12-22T00:00:00Z')
  const reading = await run({ url: `https://localhost:${port}/` }, { now: () => tenDaysBefore })
  t.match(reading, { outcome: 'degraded', reason: 'cert_expiring', fields: { cert_days: 10 } })
  const corrected = await run(
    { url: `https://localhost:${port}/` },
    { now: () => tenDaysBefore, clockOffsetMs: () => -20 * 86_400_000 }
  )
  t.match(corrected, { outcome: 'ok', fields: { cert_days: 30 } })
})

void t.test('a closed port is refused, a peer without TLS is no TLS', async t => {
  const closing = net.createServer()
  const port = await listen(t, closing)
  closing.close()
  await once(closing, 'close')
  t.match(await run({ url: `http://127.0.0.1:${port}/` }), {
    outcome: 'failed',
    reason: 'tcp_refused',
    labels: { tcp_error: 'ECONNREFUSED' }
  })
  const plain = await serve(t, (_, res) => res.end())
  t.match(await run({ url: `https://127.0.0.1:${plain}/` }), { outcome: 'failed', reason: 'tls_error' })
})

void t.test('what answers in HTTP is judged by what it says', async t => {
  const port = await serve(t, (req, res) => {
    const status = Number(req.url?.slice(1))
    res.writeHead(status, status === 302 ? { location: 'http://login.isp.test/welcome?mac=02fc' } : {}).end('page')
  })
  const url = (path: string) => ({ url: `http://127.0.0.1:${port}/${path}` })
  t.match(await run(url('404')), { outcome: 'failed', reason: 'http_4xx', fields: { status_code: 404 } })
  t.match(await run(url('503')), { outcome: 'failed', reason: 'http_5xx' })
  t.match(await run(url('511')), { outcome: 'failed', reason: 'captive_portal' })
  t.match(await run({ ...url('404'), expect_status: [404] }), { outcome: 'ok' })
  t.match(await run({ ...url('200'), expect_text: 'school' }), { outcome: 'failed', reason: 'body_mismatch' })
  const captive = await run(url('302'))
  t.match(captive, { outcome: 'failed', reason: 'captive_portal', fields: { status_code: 302 } })
  t.equal(captive.labels?.['location'], 'login.isp.test', 'only the host is kept of where it leads')
})

void t.test('a redirect is not followed, and over TLS it is nobody in between', async t => {
  const { port, asked } = await serveTls(t, 'good.crt', (_, res) =>
    res.writeHead(302, { location: 'https://elsewhere.test/' }).end()
  )
  t.match(await run({ url: `https://localhost:${port}/start` }), {
    outcome: 'ok',
    labels: { location: 'elsewhere.test' }
  })
  t.same(asked, ['/start'])
})

void t.test('peers that break HTTP are http_error, whatever they send', async t => {
  const table = {
    'closes without a word': '',
    'speaks SSH': 'SSH-2.0-OpenSSH_9.2\r\n',
    'switches protocols unasked': 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    'breaks off in its body': 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf',
    'sends a header without end': `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}`
  }
  for (const [name, bytes] of Object.entries(table)) {
    const port = await listen(
      t,
      net.createServer(socket => socket.once('data', () => socket.end(bytes)))
    )
    t.match(await run({ url: `http://127.0.0.1:${port}/` }), { outcome: 'failed', reason: 'http_error' }, name)
  }
})

void t.test('a dripping or silent peer is ended by the total deadline, before that of the runner', async t => {
  const dripping = await listen(
    t,
    net.createServer(socket => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const drip = setInterval(() => socket.write('.'), 20)
      socket.on('close', () => clearInterval(drip))
    })
  )
  const silent = await listen(
    t,
    net.createServer(socket => socket.resume())
  )
  const before = await openHandles()
  const spec = { check: 'portal-1@1' }
  const once = (url: string) => {
    const probe = portalProbe(deps)
    return runCheck(probe, probe.prepare({ url }), spec, depsOf({ timeoutMs: 1_500 }))
  }
  const [drip, mute, tls] = await Promise.all([
    once(`http://127.0.0.1:${dripping}/`),
    once(`http://127.0.0.1:${silent}/`),
    once(`https://127.0.0.1:${silent}/`)
  ])
  t.match(drip, [{ outcome: 'failed', reason: 'http_timeout', labels: { http_error: 'deadline' } }])
  t.match(mute, [{ outcome: 'failed', reason: 'http_timeout' }])
  t.match(tls, [{ outcome: 'failed', reason: 'tls_error', labels: { tls_error: 'deadline' } }])
  for (const [reading] of [drip, mute, tls]) t.ok((reading?.took_ms ?? 0) < 1_500, `took ${reading?.took_ms ?? -1} ms`)
  t.same(await openHandles(before), before, 'their sockets are gone')
})

void t.test('not more of a body is read than asked for', async t => {
  const chunk = Buffer.alloc(65_536, 'x')
  let sent = 0
  const port = await serve(t, (_, res) => {
    const more = () => {
      while (!res.destroyed && sent < 64 * 2 ** 20) {
        sent += chunk.length
        if (!res.write(chunk)) return void res.once('drain', more)
      }
      res.end()
    }
    more()
  })
  t.match(await run({ url: `http://127.0.0.1:${port}/` }), { outcome: 'ok', fields: { body_bytes: 65_536 } })
  t.match(await run({ url: `http://127.0.0.1:${port}/`, max_bytes: 10 }), { fields: { body_bytes: 10 } })
  t.match(await run({ url: `http://127.0.0.1:${port}/`, max_bytes: 0 }), { fields: { body_bytes: 0 } })
  t.ok(sent < 32 * 2 ** 20, `the peer got rid of ${sent} bytes`)
})

void t.test('link-local addresses and metadata services are not talked to', async t => {
  const denied = { outcome: 'unavailable', reason: 'subject_denied' }
  for (const host of ['169.254.169.254', '[fe80::1]', '100.100.100.200', '[fd00:ec2::254]', '[::ffff:169.254.169.254]'])
    t.match(await run({ url: `http://${host}/latest/` }), denied, host)
  const system = systemOf({ root: t.testdir({ etc: { hosts: '169.254.169.254 nice.test\n' } }) })
  t.match(await run({ url: 'http://nice.test/' }, { system }), denied, 'nor by a name')
  const allowed = await run(
    { url: 'http://169.254.169.254:1/', allow_link_local: true },
    { timeoutMs: 100, system: systemOf() }
  )
  t.not(allowed.reason, 'subject_denied')
})

void t.test('shutdown in the middle of a run leaves nothing behind', async t => {
  const server = net.createServer(socket => socket.resume())
  const port = await listen(t, server)
  const before = await openHandles()
  const agent = new AbortController()
  const probe = portalProbe(deps)
  const ended = runCheck(
    probe,
    probe.prepare({ url: `http://127.0.0.1:${port}/` }),
    { check: 'portal-1@1' },
    depsOf({ signal: agent.signal })
  )
  await once(server, 'connection')
  agent.abort()
  t.same(await ended, [])
  await new Promise(resolve => setTimeout(resolve, 20))
  t.same(await openHandles(before), before)
})
