import t from 'tap'
import { batchOf, boot, knownAgent, readingOf, sentNow, spool, wireAgent } from '../rig/agent-identity.ts'
import { openCollector } from '../rig/collector.ts'
import { nowMs } from '../rig/ledger.ts'

const rig = await openCollector(work => t.teardown(work))
const reading = async (school = 's-1') =>
  (await rig.app.inject(`/v1/readings?school=${school}&from=2026-01-01T00:00:00Z`)).json<{ items: { at: string }[] }>()
    .items

void t.test('a batch is stored, acknowledged with a signature, and stored once however often it comes', async t => {
  const agent = await knownAgent(rig)
  const body = batchOf({ readings: [readingOf(), readingOf({ up_ms: sentNow.up_ms - 5_000 })] })
  const before = await rig.store.counts()
  const first = await agent.send({ body })
  t.equal(first.statusCode, 202)
  t.equal(first.headers['content-type'], 'application/json')
  t.same(first.json(), {
    high_water: 1,
    server_time: '2026-11-03T10:00:00.000+08:00',
    next_ms: 60_000,
    max_readings: 500,
    rejected: [],
    config: first.json<{ config: string }>().config
  })
  for (const answer of [await agent.send({ body }), await agent.send({ body })]) {
    t.equal(answer.statusCode, 200)
    t.equal(answer.json<{ high_water: number }>().high_water, 1)
    t.ok(answer.verified, 'the answer to a repeat is signed for the repeat')
  }
  t.ok(first.verified)
  const after = await rig.store.counts()
  t.same([after.batches - before.batches, after.readings - before.readings], [1, 2])
  t.same(
    (await reading()).map(item => item.at),
    ['2026-11-03T09:59:55.000+08:00', '2026-11-03T09:59:50.000+08:00']
  )
})

void t.test('twenty copies at the same moment are stored once', async t => {
  const agent = await knownAgent(rig, 'panel-1')
  const before = (await rig.store.counts()).readings
  const body = batchOf({ readings: [readingOf({ check: 'panel-1-host@1' })] })
  const answers = await Promise.all(Array.from({ length: 20 }, () => agent.send({ body })))
  t.equal(answers.filter(answer => answer.statusCode === 202).length, 1)
  t.equal(answers.filter(answer => answer.statusCode === 200).length, 19)
  t.equal((await rig.store.counts()).readings - before, 1)
})

void t.test('a batch ahead of its turn is told which one is expected, signed', async t => {
  const agent = await knownAgent(rig, 'panel-2')
  const answer = await agent.send({ body: batchOf({}), seq: 7 })
  t.match(answer.problem, {
    status: 409,
    code: 'out_of_order',
    expect: 1,
    detail: 'header campus-gauge-seq must be 1, got 7'
  })
  t.equal(answer.headers['content-type'], 'application/problem+json')
  t.ok(answer.verified)
})

void t.test('a stored number with other bytes is told that its spool went back in time, signed', async t => {
  const agent = await knownAgent(rig, 'panel-9', 's-2')
  await agent.send({ body: batchOf({}) })
  const answer = await agent.send({ body: batchOf({ readings: [readingOf({ check: 'panel-9-host@1' })] }) })
  t.match(answer.problem, { status: 409, code: 'rolled_back' })
  t.ok(answer.verified)
  t.equal((await reading('s-2')).length, 0)
  const fresh = await agent.send({ body: batchOf({}), spool: 'cd'.repeat(16) })
  t.equal(fresh.statusCode, 202, 'a new spool begins anew')
})

void t.test('one bad reading does not cost the others, and is kept with its reason and place', async t => {
  const other = await openCollector(work => t.teardown(work))
  const agent = await knownAgent(other)
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  const readings = [
    readingOf(),
    readingOf({ fields: { 'no word': 1 } }),
    readingOf({ outcome: 'failed' }),
    readingOf({ check: 'gw-1-none@1' }),
    readingOf({ check: 'panel-1-host@1' }),
    readingOf({ device: 'panel-1' }),
    readingOf({ boot: '00000000-0000-4000-8000-00000000dead', wall_ms: nowMs + 700_000 }),
    JSON.parse('{"__proto__":{"check":"gw-1-host@1"}}') as unknown,
    null,
    readingOf({ device: 'gw-1', part: 'x' })
  ]
  const text = JSON.stringify({ readings, gaps: [], markers: [] }).replace('null', deep)
  const answer = await agent.send({ body: Buffer.from(text), encoding: 'identity' })
  t.equal(answer.statusCode, 202)
  t.same(answer.json<{ rejected: unknown[] }>().rejected, [
    { i: 1, reason: 'schema', pointer: '/fields/no word' },
    { i: 2, reason: 'schema', pointer: '/reason' },
    { i: 3, reason: 'unknown_check', pointer: '/check' },
    { i: 4, reason: 'foreign_device', pointer: '/check' },
    { i: 5, reason: 'foreign_device', pointer: '/device' },
    { i: 6, reason: 'future', pointer: '/wall_ms' },
    { i: 7, reason: 'schema', pointer: '/__proto__' },
    { i: 8, reason: 'schema', pointer: '' }
  ])
  t.match(await other.store.counts(), { readings: 2, rejected: 8 })
  const kept = await other.store.rejected(20)
  t.equal(kept.length, 8)
  t.equal(kept.find(row => row.i === 3)?.body, JSON.stringify(readings[3]))
  t.equal(kept.find(row => row.i === 8)?.body, '"(nested too deeply to keep)"')
})

void t.test('a boot nobody anchored under a clock wrong by days is kept aside as time_unknown', async t => {
  const other = await openCollector(work => t.teardown(work))
  const agent = await knownAgent(other)
  const sent = { ...sentNow, wall_ms: nowMs - 3 * 86_400_000 }
  const lost = readingOf({ boot: '00000000-0000-4000-8000-00000000dead' })
  const answer = await agent.send({ body: batchOf({ readings: [lost, readingOf()] }), sent })
  t.same(answer.json<{ rejected: unknown[] }>().rejected, [{ i: 0, reason: 'time_unknown', pointer: '/wall_ms' }])
  const { items } = (await other.app.inject('/v1/readings')).json<{ items: { at: string }[] }>()
  t.same(
    items.map(item => item.at),
    ['2026-11-03T09:59:50.000+08:00'],
    'this boot is dated by its uptime'
  )
  t.match((await other.store.agent(agent.key.id))?.skewMs, 3 * 86_400_000)
})

void t.test('a collector that restarts from its directory goes on where it was', async t => {
  const one = await openCollector(work => t.teardown(work))
  const agent = await knownAgent(one)
  const body = batchOf({ readings: [readingOf()], gaps: [{ from: 1, to: 2, n: 3, reason: 'spool_full' }] })
  await agent.send({ body })
  await one.close()
  const two = await openCollector(work => t.teardown(work), { directory: one.directory })
  t.equal(two.key.publicKey, one.key.publicKey)
  t.equal(two.secret, one.secret)
  const again = wireAgent(two, agent.key)
  const answer = await again.send({ body })
  t.equal(answer.statusCode, 200)
  t.ok(answer.verified)
  t.match(await two.store.counts(), { batches: 1, readings: 1, gaps: 1, lostReadings: 3 })
  const late = readingOf({ wall_ms: 1 })
  const sent = { boot: '00000000-0000-4000-8000-00000000beef', up_ms: 1_000, wall_ms: 1 }
  const next = await again.send({ body: batchOf({ readings: [late] }), seq: 2, sent })
  t.same(next.json<{ rejected: unknown[] }>().rejected, [], 'the boot before the restart is still anchored')
})

void t.test('the configuration is signed, and 304 when it is known', async t => {
  const agent = await knownAgent(rig, 'gw-1')
  const wish = { method: 'GET', path: '/v1/agent/config', encoding: 'identity', spool: '-', seq: 0 } as const
  t.match((await agent.send(wish)).problem, { status: 403, code: 'pending' }, 'gw-1 is another agent’s')
  await rig.store.approveAgent(agent.key.id, 'gw-1')
  await rig.roster.reloadAgent(agent.key.id)
  const answer = await agent.send(wish)
  t.equal(answer.statusCode, 200)
  t.ok(answer.verified)
  t.match(answer.json(), {
    agent: agent.key.id,
    school: 's-1',
    upload: { period_ms: 60_000, max_readings: 500 },
    fold_ms: 300_000,
    checks: [{ check: 'gw-1-host@1', probe: 'host', device: 'gw-1', every_ms: 60_000, options: {} }, {}, {}, {}]
  })
  const etag = String(answer.headers['etag'])
  const batch = await agent.send({ body: batchOf({}), spool })
  t.equal(batch.json<{ config: string }>().config, etag, 'the acknowledgement says which configuration is in force')
  const same = await agent.send({ ...wish, headers: { 'if-none-match': etag } })
  t.same([same.statusCode, same.body], [304, ''])
  t.equal(boot, sentNow.boot)
})
