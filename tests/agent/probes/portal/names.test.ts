import { once } from 'node:events'
import http from 'node:http'
import os from 'node:os'
import t, { type Test } from 'tap'
import type { ProbeContext, Reading } from '../../../../agent/probe.ts'
import { portalProbe, type PortalDeps } from '../../../../agent/probes/portal/portal.ts'
import type { OwnAddress } from '../../../../agent/probes/portal/place.ts'
import { contextOf, openHandles, systemOf } from '../context.ts'
import { dnsStandIn, type DnsStandIn, type Reply } from './dns-stand-in.ts'

const attached: readonly OwnAddress[] = [{ address: '10.20.1.5', cidr: '10.20.1.5/24', internal: false }]
const unplugged: readonly OwnAddress[] = [{ address: '127.0.0.1', cidr: '127.0.0.1/8', internal: true }]
const deps: PortalDeps = { addresses: () => attached, resolvers: () => [] }

const run = async (options: object, context: Partial<ProbeContext> = {}, known = deps): Promise<Reading> => {
  const [reading] = await portalProbe(known).prepare({ url: 'http://school.test/', ...options })(contextOf(context))
  if (reading === undefined) throw new Error('one reading was expected')
  return reading
}
const standIn = async (t: Test, reply: (name: string, type: 'A' | 'AAAA') => Reply): Promise<DnsStandIn> => {
  const server = await dnsStandIn(reply)
  t.teardown(server.close)
  return server
}

/** An address of this machine that is not loopback: the only kind a name server may honestly give for a server of this test. */
const reachable = Object.values(os.networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .find(one => one.family === 'IPv4' && !one.internal && !one.address.startsWith('169.254.'))?.address
const needsAddress =
  reachable === undefined ? { skip: 'this machine has no IPv4 address besides loopback' } : { skip: false as const }

void t.test('what a name server says of a name that it does not give', async t => {
  const table: [Reply, string, string][] = [
    ['nxdomain', 'dns_nxdomain', 'ENOTFOUND'],
    ['nodata', 'dns_nxdomain', 'ENODATA'],
    ['servfail', 'dns_servfail', 'ESERVFAIL']
  ]
  for (const [reply, reason, dns_error] of table) {
    const { text } = await standIn(t, () => reply)
    const reading = await run({ resolvers: [text] })
    t.match(reading, { outcome: 'failed', reason, fields: { dns_0_ms: Number }, labels: { dns_error } }, reason)
    t.notOk('address' in (reading.labels ?? {}))
  }
})

void t.test('a silent name server is a time-out within our own deadline, and nothing stays open', async t => {
  const { text } = await standIn(t, () => 'silence')
  const before = await openHandles()
  const started = performance.now()
  const reading = await run({ resolvers: [text] }, { timeoutMs: 300 })
  t.match(reading, { outcome: 'failed', reason: 'dns_timeout', labels: { dns_error: 'ETIMEOUT' } })
  t.same(reading.fields, {}, 'silence has no duration')
  t.ok(performance.now() - started < 300)
  t.same(await openHandles(before), before)
})

void t.test('of several failures the one that says most is told', async t => {
  const silent = await standIn(t, () => 'silence')
  const failing = await standIn(t, () => 'servfail')
  const knowing = await standIn(t, () => 'nxdomain')
  const all = { resolvers: [silent.text, failing.text, knowing.text] }
  t.match(await run(all, { timeoutMs: 300 }), {
    reason: 'dns_nxdomain',
    fields: { dns_1_ms: Number, dns_2_ms: Number }
  })
  const two = { resolvers: [silent.text, failing.text] }
  t.match(await run(two, { timeoutMs: 300 }), { reason: 'dns_servfail' })
})

void t.test('an answer that is this machine itself is a lie', async t => {
  for (const address of ['127.0.0.1', '0.0.0.0']) {
    const { text } = await standIn(t, () => ({ address }))
    t.match(await run({ resolvers: [text] }), {
      outcome: 'failed',
      reason: 'dns_hijack',
      labels: { address, place: 'self', dns_error: 'ELOOPBACK' }
    })
  }
})

void t.test('only the family asked for is asked for; without one the other is the second choice', async t => {
  const server = await standIn(t, () => 'nodata')
  await run({ resolvers: [server.text], family: 6 })
  t.same(server.asked, ['AAAA school.test'])
  server.asked.length = 0
  await run({ resolvers: [server.text] })
  t.same(server.asked, ['A school.test', 'AAAA school.test'])
  server.asked.length = 0
  const global = [{ address: '2001:da8:1::5', cidr: '2001:da8:1::5/64', internal: false }]
  await run({ resolvers: [server.text] }, {}, { ...deps, addresses: () => global })
  t.same(server.asked, ['AAAA school.test', 'A school.test'], 'a machine with global IPv6 prefers it')
})

void t.test('an unplugged machine says so, and blames nobody', async t => {
  const { text } = await standIn(t, () => 'silence')
  const known = { ...deps, addresses: () => unplugged }
  const off = await run({ resolvers: [text] }, { timeoutMs: 200 }, known)
  t.match(off, { outcome: 'unavailable', reason: 'no_network' })
  const heading = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n'
  const route = `${heading}ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\n`
  const system = systemOf({ root: t.testdir({ proc: { net: { route } } }) })
  const routed = await run({ resolvers: [text] }, { timeoutMs: 200, system }, known)
  t.match(routed, { outcome: 'failed', reason: 'dns_timeout' }, 'a default route is a network')
})

void t.test('a machine without a name server says so', async t => {
  t.match(await run({}), { outcome: 'unavailable', reason: 'no_resolver' })
  const { text, close } = await dnsStandIn(() => 'silence')
  await close()
  t.match(
    await run({}, {}, { ...deps, resolvers: () => [text] }),
    { outcome: 'unavailable', reason: 'no_resolver' },
    'Node lists its own machine where none is configured'
  )
  t.match(await run({ resolvers: [text] }), { outcome: 'failed', reason: 'dns_timeout' }, 'but who names one means it')
})

void t.test('the first name server with an address is used, each has its time', needsAddress, async t => {
  const address = reachable ?? ''
  const server = http.createServer((req, res) => res.end(req.headers.host))
  server.listen(0, address)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const bound = server.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0
  const failing = await standIn(t, () => 'servfail')
  const knowing = await standIn(t, (_, type) => (type === 'A' ? { address } : 'nodata'))
  const reading = await run({
    url: `http://school.test:${port}/`,
    expect_text: `school.test:${port}`,
    resolvers: [failing.text, knowing.text]
  })
  t.match(reading, {
    outcome: 'ok',
    fields: { dns_ms: Number, dns_0_ms: Number, dns_1_ms: Number, family: 4 },
    labels: { resolver: knowing.text, address }
  })
  t.equal(reading.fields['dns_ms'], reading.fields['dns_1_ms'])
  t.same(knowing.asked, ['A school.test'], 'resolved once, and never again to connect')
})

void t.test(
  'a name server that gives every name the same address is found out after a failure',
  needsAddress,
  async t => {
    const address = reachable ?? ''
    const closing = http.createServer()
    closing.listen(0, address)
    await once(closing, 'listening')
    const bound = closing.address()
    const url = `http://school.test:${bound !== null && typeof bound === 'object' ? bound.port : 0}/`
    closing.close()
    await once(closing, 'close')
    const lying = await standIn(t, () => ({ address }))
    t.match(await run({ url, resolvers: [lying.text] }), { outcome: 'failed', reason: 'dns_hijack' })
    t.match(lying.asked[1], /^A [0-9a-f-]{36}\.invalid$/)
    for (const other of ['nxdomain', { address: '203.0.113.9' }] as const) {
      const server = await standIn(t, name => (name === 'school.test' ? { address } : other))
      t.match(await run({ url, resolvers: [server.text] }), { outcome: 'failed', reason: 'tcp_refused' })
    }
  }
)
