import { gzipSync } from 'node:zlib'
import t from 'tap'
import { LeaseAnswer } from '../../../contract/bandwidth.ts'
import { readLease } from '../../../contract/lease-token.ts'
import { parseJson } from '../../../contract/parse.ts'
import { publicKeyFromRaw } from '../../../contract/signature.ts'
import { openSession } from '../../../agent/probes/bandwidth/session.ts'
import { SessionError } from '../../../agent/probes/bandwidth/session-types.ts'
import { attachTestServer } from '../../../collector/testserver/attach.ts'
import { storeBook } from '../../../collector/leases/book.ts'
import { slotOn } from '../../../collector/leases/slots.ts'
import { windowsOf } from '../../../collector/leases/windows.ts'
import { draftChecks } from '../../../collector/ledger/checks.ts'
import { openCollector, temporaryDirectory, type After, type CollectorRig } from '../../rig/collector.ts'
import { batchOf, boot, knownAgent, readingOf, wireAgent, type WireAgent } from '../../rig/agent-identity.ts'
import { ledger, templates } from '../../rig/ledger.ts'

const day = '2026-11-04'
const slotOf = (school: string, uplink: string) => slotOn({ school, uplink, dark: false }, day, windowsOf()).atMs
const slotMs = slotOf('s-1', 'line-1')

/** The small ledger with two uplinks that share a line. */
const openWithUplinks = async (after: After, directory?: string): Promise<CollectorRig> => {
  const rig = await openCollector(after, directory === undefined ? {} : { directory })
  await rig.store.putLedger({
    ...ledger,
    uplinks: [
      { id: 'line-1', school: 's-1', device: 'gw-1', contract_down_mbps: 500, shared_group: 'fibre' },
      { id: 'line-9', school: 's-2', device: 'panel-9', contract_down_mbps: 100, shared_group: 'fibre' },
      { id: 'line-2', school: 's-1', device: 'panel-1' }
    ]
  })
  const checks = draftChecks(await rig.store.devices(), templates, await rig.store.uplinks())
  await rig.store.putChecks(checks, rig.clock.ms - 86_400_000)
  await rig.roster.reload()
  rig.clock.ms = slotMs
  return rig
}

const bodyOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
/** Sent now by the rig's clock, and never twice with the same bytes. */
const sentNow = (rig: CollectorRig) => ({ boot, up_ms: Math.round(performance.now() * 1e6), wall_ms: rig.clock.ms })
const post = (rig: CollectorRig, agent: WireAgent, value: unknown, sent = sentNow(rig)) =>
  agent.send({ path: '/v1/leases', body: bodyOf(value), encoding: 'identity', spool: '-', seq: 0, sent })
const ask = async (rig: CollectorRig, agent: WireAgent, value: object = { uplink: 'line-1' }) => {
  const answer = await post(rig, agent, value)
  if (answer.statusCode !== 200 || !answer.verified) throw new Error(`not a signed 200: ${answer.body}`)
  return parseJson(LeaseAnswer, answer.body, 'answer')
}
const claimsOf = (rig: CollectorRig, token: string) =>
  readLease(token, { kind: 'collector', publicKey: publicKeyFromRaw(Buffer.from(rig.key.publicKey, 'base64')) })

void t.test('leases over the wire', async t => {
  const rig = await openWithUplinks(work => t.teardown(work))
  const agent = await knownAgent(rig)
  const stranger = await knownAgent(rig, 'panel-9', 's-2')

  await t.test('bodies that do not fit, uplinks of others and agents without a place are refused, signed', async t => {
    const cases: [unknown, number, string, string][] = [
      ['{', 422, '', 'body must be JSON: '],
      [[], 422, '', 'body / must be an object, got []'],
      [{}, 422, '/uplink', 'body /uplink is missing'],
      [{ uplink: '../etc' }, 422, '/uplink', 'body /uplink must match '],
      [{ uplink: 'line-1', tier: 7 }, 422, '/tier', 'body /tier must be one of 10, 100, 500, 1000, got 7'],
      [{ uplink: 'line-1', budget_bytes: -1 }, 422, '/budget_bytes', 'body /budget_bytes must be >= 0, got -1'],
      [{ uplink: 'line-1', cap_mbps: 9 }, 422, '/cap_mbps', 'body /cap_mbps is not a known key'],
      [{ uplink: 'line-1', x: 'y'.repeat(5_000) }, 413, '', 'the body must be at most 4096 bytes, got 5026'],
      [{ uplink: 'line-8' }, 404, '/uplink', 'body /uplink must be the id of a known uplink, got "line-8"'],
      [{ uplink: 'line-9' }, 403, '/uplink', 'body /uplink must be an uplink of this agent\'s own device, got "line-9"']
    ]
    for (const [body, status, pointer, detail] of cases) {
      const answer = await post(rig, agent, body)
      t.equal(answer.statusCode, status, detail)
      t.ok(answer.verified, 'signed')
      t.equal(answer.problem['pointer'] ?? '', pointer)
      t.ok(String(answer.problem['detail']).startsWith(detail), String(answer.problem['detail']))
    }
    const bomb = gzipSync(Buffer.alloc(2_000_000, 32))
    t.equal((await agent.send({ path: '/v1/leases', body: bomb, spool: '-', seq: 0 })).statusCode, 413)
    const pending = await knownAgent(rig, null)
    t.match(await post(rig, pending, { uplink: 'line-1' }), { statusCode: 403, problem: { code: 'pending' } })
    const unsigned = await rig.app.inject({ method: 'POST', url: '/v1/leases', payload: '{}' })
    t.equal(unsigned.statusCode, 401)
    t.equal((await rig.store.leasesOf(['line-1', 'line-9'], 0)).length, 0, 'nothing was granted')
  })

  await t.test('two agents on one line ask at once: one gets a lease', async t => {
    rig.clock.ms = Math.max(slotMs, slotOf('s-2', 'line-9'))
    const answers = await Promise.all([ask(rig, agent), ask(rig, stranger, { uplink: 'line-9' })])
    t.same(answers.map(({ lease, later }) => lease?.lease.slice(0, 2) ?? later?.reason).sort(), ['l-', 'line_busy'])
    const [one] = await rig.store.liveLeases(rig.clock.ms)
    t.equal((await rig.store.liveLeases(rig.clock.ms)).length, 1)
    rig.clock.ms = (one?.untilMs ?? 0) + 1
  })

  await t.test('a lease binds agent, address, server and terms, opens once and is charged what it used', async t => {
    const { lease } = await ask(rig, agent)
    t.match(lease, {
      server: { id: 'collector', place: 'off_site' },
      wait_ms: 0,
      tier: 500,
      kind: 'certify',
      slot: 'night',
      pass_ratio: 0.95,
      cap_mbps: 800,
      max_bytes: 750e6,
      terms: { credit_s: 3 },
      budget: { day_bytes: 1.05e9 }
    })
    const claims = claimsOf(rig, lease?.token ?? '')
    t.match(claims, { lease: lease?.lease, agent: agent.key.id, ip: '127.0.0.1', server: 'collector', cap_mbps: 800 })
    const book = storeBook(rig.store, () => rig.clock.ms)
    t.equal(await book.open(claims, '127.0.0.2'), 'lease_foreign_address')
    t.equal(await book.open(claims, '127.0.0.1'), 'opened')
    t.equal(await book.open(claims, '127.0.0.1'), 'lease_used')
    t.equal((await ask(rig, agent)).later?.reason, 'test_running')
    const closing = { bytes: 5e6, duration_ms: 900, ended: 'stopped', cc: 'bbr', loop_p99_ms: 1, cpu_pct: 1 } as const
    await book.close(claims.lease, 5e6, { ...closing, peak_tests_n: 1, peak_caps_mbps: 800, port_mbps: 1000 })
    t.equal((await rig.store.leasesOf(['line-1'], 0)).at(-1)?.bytes, 5e6)
    t.equal((await ask(rig, agent)).later?.reason, 'result_pending')
  })

  await t.test('an uplink without a target and a contract has nothing to prove', async t => {
    const panel = await knownAgent(rig, 'panel-1')
    t.match((await ask(rig, panel, { uplink: 'line-2' })).later, { reason: 'no_tier', refused: false })
  })

  await t.test('the collector’s own test server takes the lease once, and the store knows what it cost', async t => {
    rig.clock.ms += 3_600_000
    await rig.app.inject(testNow(rig))
    const server = attachTestServer(rig.app.server, {
      publicKey: publicKeyFromRaw(Buffer.from(rig.key.publicKey, 'base64')),
      serverId: 'collector',
      portMbps: 1000,
      book: storeBook(rig.store, () => rig.clock.ms),
      log: { info: () => undefined, error: () => undefined },
      now: () => rig.clock.ms
    })
    t.teardown(() => server.close())
    const url = new URL(await rig.listen())
    const { lease } = await ask(rig, agent)
    const options = {
      host: '127.0.0.1',
      port: Number(url.port),
      token: lease?.token ?? '',
      direction: 'down',
      streams: 2,
      capMbps: Infinity,
      ipFactor: 1.036,
      signal: AbortSignal.timeout(20_000)
    } as const
    const session = await openSession(options)
    session.start()
    while (session.received().bytes < 1e6) await new Promise(resolve => setImmediate(resolve))
    const record = await session.stop()
    t.ok((record?.bytes ?? 0) >= 1e6 && record?.peak_caps_mbps === 550)
    const again = await openSession(options).catch((error: unknown) => error)
    t.equal(again instanceof SessionError ? again.reason : again, 'lease_refused', 'a lease opens once')
    await server.close()
    t.match((await rig.store.leasesOf(['line-1'], 0)).at(-1), {
      id: lease?.lease,
      bytes: record?.bytes,
      slot: 'on_demand'
    })
  })

  await t.test('uplinks, their tests and the test servers can be read', async t => {
    const get = async (url: string) => {
      const answer = await rig.app.inject({ url, headers: { host: '127.0.0.1:8080' } })
      t.equal(answer.statusCode, 200, url)
      return answer.json<{ items: Record<string, unknown>[] }>()
    }
    const { items } = await get('/v1/uplinks?school=s-1')
    t.same(
      items.map(item => item['id']),
      ['line-1', 'line-2']
    )
    t.match(items[0], {
      contract_down_mbps: 500,
      shared_group: 'fibre',
      dark_at_night: false,
      next_slot: /^2026-11-0[45]T0/,
      budget: { day_bytes: 300e6, month_bytes: 7.5e9 },
      tiers: [
        {
          tier_mbps: 500,
          state: 'unknown',
          log_odds: 0,
          certificate: null,
          next: { kind: 'certify', cap_mbps: null },
          obstacle: null
        }
      ],
      last_test: null
    })
    t.same((await get('/v1/uplinks/line-1/tests')).items, [])
    t.match(await get('/v1/test-servers'), {
      public_key: rig.key.publicKey,
      items: [{ id: 'collector', host: null, port_mbps: 1000, usable_mbps: 800, live_n: 0, tiers: [10, 100, 500] }],
      next: null
    })
    const headers = { host: '127.0.0.1:8080' }
    const bad = await rig.app.inject({ url: '/v1/uplinks/line-1/tests?from=yesterday', headers })
    t.match(bad.json(), { code: 'bad_request', pointer: '/from' })
    t.equal((await rig.app.inject({ url: '/v1/uplinks/line-7/tests', headers })).statusCode, 404)
  })
})

void t.test('a restart forgets neither leases nor wishes', async t => {
  const after: After = work => t.teardown(work)
  const directory = temporaryDirectory(after)
  const rig = await openWithUplinks(after, directory)
  const agent = await knownAgent(rig)
  const { lease } = await ask(rig, agent)
  t.equal((await rig.app.inject(testNow(rig))).statusCode, 202)
  await rig.close()

  const next = await openWithUplinks(after, directory)
  const again = wireAgent(next, agent.key)
  t.equal((await ask(rig, again)).later?.reason, 'test_running')
  const book = storeBook(next.store, () => next.clock.ms)
  t.equal(await book.open(claimsOf(next, lease?.token ?? ''), '127.0.0.1'), 'opened', 'with the same key')
  const answer = await again.send({
    body: batchOf({ readings: [] }),
    sent: { boot: 'ab'.repeat(8), up_ms: 1, wall_ms: next.clock.ms }
  })
  // The rig's own ledger has no uplinks: the check ended with it and came back.
  t.same(answer.problem['due'], ['line-1-tier@2'])
})

const testNow = (rig: CollectorRig, over: { method?: 'POST' | 'DELETE'; uplink?: string } = {}) => ({
  method: over.method ?? ('POST' as const),
  url: `/v1/uplinks/${over.uplink ?? 'line-1'}/test-now`,
  headers: { authorization: `Bearer ${rig.secret}` }
})

void t.test('test now reaches the agent with its next batch, is served once, and ends by itself', async t => {
  const rig = await openWithUplinks(work => t.teardown(work))
  const agent = await knownAgent(rig)
  const noon = Date.parse(`${day}T10:20:00+08:00`)
  rig.clock.ms = noon
  let seq = 0
  const due = async (readings: readonly unknown[] = []) => {
    const sent = { boot: 'ab'.repeat(8), up_ms: rig.clock.ms - noon + 86_400_000, wall_ms: rig.clock.ms }
    const answer = await agent.send({ body: batchOf({ readings }), seq: (seq += 1), sent })
    if (answer.statusCode !== 202) throw new Error(answer.body)
    return answer.problem['due']
  }
  t.equal((await rig.app.inject({ ...testNow(rig), headers: {} })).statusCode, 401, 'needs the admin secret')
  t.equal((await rig.app.inject(testNow(rig, { uplink: 'line-7' }))).statusCode, 404)
  t.equal(
    (await rig.app.inject(testNow(rig, { uplink: 'line-9' }))).json<{ detail: string }>().detail,
    'no approved agent speaks for device "panel-9" of uplink "line-9"'
  )
  t.match((await rig.app.inject(testNow(rig, { uplink: 'line-2' }))).json(), { code: 'bad_request' })
  t.equal(await due(), undefined)
  t.equal((await ask(rig, agent)).later?.reason, 'outside_window')

  const asked = await rig.app.inject(testNow(rig))
  t.equal(asked.statusCode, 202)
  t.same(asked.json(), { uplink: 'line-1', until: '2026-11-04T10:50:00.000+08:00', most_bytes: 206_250_000 })
  t.same(await due(), ['line-1-tier@1'])
  t.same(await due(), ['line-1-tier@1'], 'until it is served: an answer can be lost')
  const { lease } = await ask(rig, agent)
  t.match(lease, { slot: 'on_demand', kind: 'quick', cap_mbps: 550, max_ms: 3_000 })
  t.equal(await due(), undefined)
  t.equal((await rig.app.inject(testNow(rig, { method: 'DELETE' }))).statusCode, 404, 'it has begun')
  rig.clock.ms += 121_000
  t.equal((await ask(rig, agent)).later?.reason, 'outside_window', 'once')

  await rig.app.inject(testNow(rig))
  t.equal((await rig.app.inject(testNow(rig, { method: 'DELETE' }))).statusCode, 204)
  t.equal(await due(), undefined)
  await rig.app.inject(testNow(rig))
  rig.clock.ms += 30 * 60_000
  t.equal(await due(), undefined, 'nobody waits for ever')
  t.equal((await ask(rig, agent)).later?.reason, 'outside_window')
  await rig.app.inject(testNow(rig))
  rig.clock.ms -= 3_600_000
  t.same(await due(), ['line-1-tier@1'], 'the clock came back: it counts as asked now')
  t.equal((await ask(rig, agent)).later?.reason, 'test_running', 'so does the lease that nobody opened')
  rig.clock.ms += 121_000
  t.match(await ask(rig, agent), { lease: { slot: 'on_demand' } })

  const upMs = rig.clock.ms - noon + 86_400_000
  await due([readingOf({ boot: 'ab'.repeat(8), up_ms: upMs - 1_000, wall_ms: rig.clock.ms - 1_000 })])
  await rig.app.close()
  t.same(await rig.store.presence([agent.key.id], '2026-01-01'), [
    { agent: agent.key.id, day, night: false, daytime: true }
  ])
})
