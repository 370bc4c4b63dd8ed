import { join } from 'node:path'
import t, { type Test } from 'tap'
import { NothingToSay, Unavailable, type Exchange, type Reading } from '../../../../agent/probe.ts'
import { bandwidthProbe } from '../../../../agent/probes/bandwidth/bandwidth.ts'
import { whyOnSite } from '../../../../agent/probes/bandwidth/on-site.ts'
import type { TestReport, TestJob } from '../../../../agent/probes/bandwidth/test-job.ts'
import type { LeaseAnswer, LeaseRequest } from '../../../../contract/bandwidth.ts'
import { fold } from '../../../../agent/fold.ts'
import { contextOf, systemOf } from '../context.ts'
import { leaseOf } from './lab.ts'

type Answer = Omit<LeaseAnswer, 'server_time'>
const serverMs = Date.parse('2026-11-22T01:00:00Z')

let last = 0

/** The probe with a collector that answers as told, and a test that ends at once. */
const rig = (t: Test, { speed, options = {} }: { speed?: number; options?: object } = {}) => {
  const net = {
    eth0: {
      type: '1',
      mtu: '1500',
      ifindex: '2',
      ...(speed === undefined ? {} : { device: {}, speed: String(speed) })
    }
  }
  const route = 'Iface\tDestination\neth0\t00000000\t010200CB\t0003\t0\t0\t0\t00000000\n'
  const home = t.testdir({
    sys: { class: { net } },
    proc: { net: { route } },
    data: {}
  })
  const state = {
    clock: 0,
    asked: false,
    answer: {} as Answer,
    verified: true,
    status: 200,
    away: false,
    requests: [] as LeaseRequest[],
    jobs: [] as TestJob[],
    report: { kind: 'not_run', reason: 'server_unreachable', message: 'away' } as TestReport
  }
  const exchange: Exchange = ({ path, body }) => {
    if (state.away) return Promise.reject(new Error('ECONNREFUSED'))
    t.equal(path, '/v1/leases')
    state.requests.push(JSON.parse(Buffer.from(body ?? []).toString()) as LeaseRequest)
    const text = JSON.stringify({ server_time: new Date(serverMs + state.clock).toISOString(), ...state.answer })
    return Promise.resolve({ status: state.status, text, verified: state.verified })
  }
  const run = bandwidthProbe({
    runTest: job => {
      state.jobs.push(job)
      return Promise.resolve(state.report)
    },
    monotonicMs: () => state.clock,
    resolve: host => Promise.resolve([host]),
    random: () => 0.5
  }).prepare({ uplink: 'u1', vantage: 'gateway', ...options })
  const dataDirectory = join(home, `data/${++last}`)
  const say = async (over: object = {}): Promise<readonly Reading[]> => {
    const system = systemOf({ root: home, upMs: () => state.clock })
    const context = contextOf({ system, exchange, dataDirectory, asked: () => state.asked, ...over })
    try {
      return await run({ ...context, collectorUrl: 'http://203.0.113.7:8080' })
    } catch (cause) {
      if (cause instanceof NothingToSay) return []
      if (cause instanceof Unavailable)
        return [
          {
            outcome: 'unavailable',
            reason: cause.reason,
            fields: {},
            labels: { ...cause.labels, message: cause.message }
          }
        ]
      throw cause
    }
  }
  return { state, say }
}

const outside = { id: 'lab', host: '203.0.113.7', port: 8080, place: 'off_site' as const }

void t.test('the collector sets the pace, and silence is patient', async t => {
  const { state, say } = rig(t)
  state.answer = { later: { retry_after_s: 1_800, reason: 'outside_window', refused: false } }
  t.same(await say(), [], 'not its turn: nothing to say')
  t.same(state.requests, [{ uplink: 'u1' }])
  state.clock = 1_799_000
  await say()
  t.equal(state.requests.length, 1, 'not asked before the time')
  state.asked = true
  await say()
  t.equal(state.requests.length, 2, 'but at once when the collector asks')
  state.asked = false

  state.clock = 4_000_000
  state.away = true
  t.same(await say(), [], 'a collector that is away is no news')
  state.away = false
  state.clock += 599_000
  await say()
  t.equal(state.requests.length, 2)
  state.clock += 2_000
  await say()
  t.equal(state.requests.length, 3)
})

void t.test('only a signed answer is obeyed', async t => {
  for (const [change, message] of [
    [{ verified: false }, /not signed/],
    [{ answer: {} }, /must have lease or later/],
    [{ answer: { later: { retry_after_s: 'soon' } } as unknown as Answer }, /lease answer/],
    [{ status: 404 }, /answered 404/]
  ] as const) {
    const { state, say } = rig(t)
    state.answer = { lease: leaseOf({ server: outside }) }
    Object.assign(state, change)
    t.match(await say(), [{ outcome: 'unavailable', reason: 'no_answer', labels: { message } }])
    t.same(state.jobs, [])
  }
})

void t.test('a refusal is one reading with the collector’s reason', async t => {
  const { state, say } = rig(t)
  state.answer = {
    later: {
      retry_after_s: 60,
      reason: 'server_port_too_small',
      refused: true,
      detail: 'a port of 1000 cannot certify 1000'
    }
  }
  t.match(await say(), [
    { reason: 'server_port_too_small', labels: { message: /of 1000/, refusal: 'server_port_too_small' } }
  ])
  state.clock = 60_000
  state.answer = { later: { retry_after_s: 60, reason: 'budget_day', refused: true } }
  t.match(await say(), [{ reason: 'refused', labels: { refusal: 'budget_day' } }])
})

void t.test('what can be said without a byte is said without a test', async t => {
  const cases: [string, Parameters<typeof rig>[1], Parameters<typeof leaseOf>[0], object][] = [
    [
      'this machine',
      {},
      { server: { ...outside, host: '127.0.0.1' } },
      { reason: 'server_on_site', labels: { result: 'inconclusive' } }
    ],
    ['a server of the ledger on site', {}, { server: { ...outside, place: 'on_site' } }, { reason: 'server_on_site' }],
    [
      'a slow port of the gateway',
      { speed: 100 },
      { server: outside, tier: 500 },
      {
        outcome: 'failed',
        reason: 'port',
        fields: { port_mbps: 100, bytes_down: 0 },
        labels: { result: 'fail', kind: 'port' }
      }
    ],
    [
      'a slow port of a panel',
      { speed: 100, options: { vantage: 'panel' } },
      { server: outside, tier: 500 },
      { outcome: 'unavailable', reason: 'port_too_slow' }
    ],
    [
      'no room in the budget',
      {},
      { server: outside, budget: { day_bytes: 1_000, month_bytes: 1_000 } },
      { reason: 'budget' }
    ]
  ]
  for (const [name, place, lease, reading] of cases) {
    const { state, say } = rig(t, place)
    state.answer = { lease: leaseOf(lease) }
    t.match(await say(), [{ outcome: 'unavailable', part: 'down', ...reading }], name)
    t.same(state.jobs, [], name)
  }
})

void t.test('a lease is used once, its bytes are booked, and the plan is asked for again', async t => {
  const { state, say } = rig(t, { speed: 1000 })
  const lease = leaseOf({ server: outside, max_bytes: 60_000_000 })
  state.answer = { lease }
  t.match(await say(), [{ reason: 'server_unreachable', labels: { lease: lease.lease, result: 'inconclusive' } }])
  t.match(state.jobs, [
    { host: '203.0.113.7', port: 8080, token: lease.token, interfaceName: 'eth0', maxBytes: 60_000_000, polite: false }
  ])
  t.match(state.requests, [{ port_mbps: 1000 }])
  t.same(await say(), [], 'not again')

  state.clock += 61_000
  state.report = { kind: 'not_run', reason: 'child_died', message: 'gone' }
  state.answer = { lease: leaseOf({ server: outside, max_bytes: 60_000_000, slot: 'on_demand' }) }
  await say()
  t.match(state.jobs[1], { maxBytes: 60_000_000, polite: true }, 'nothing was spent by the first')
  state.clock += 61_000
  state.answer = { lease: leaseOf({ server: outside, max_bytes: 60_000_000 }) }
  await say()
  t.equal(state.jobs[2]?.maxBytes, 40_000_000, 'a process that died keeps its reservation')
  t.equal(state.requests[2]?.budget_bytes, 40_000_000)
})

void t.test('a lease that begins later is kept until then', async t => {
  const { state, say } = rig(t)
  state.answer = { lease: leaseOf({ server: outside, wait_ms: 60_000 }) }
  t.same(await say(), [])
  state.clock += 60_000
  t.match(await say(), [{ reason: 'server_unreachable' }])
  t.equal(state.requests.length, 1)
})

void t.test('run by hand it says that it needs a lease', async t => {
  const { say } = rig(t)
  t.match(await say({ exchange: undefined }), [{ reason: 'no_collector' }])
})

void t.test('two tests are never folded into one reading', t => {
  const wire = { check: 'u1-tier@1', boot: 'b', up_ms: 1, wall_ms: 1, took_ms: 1, outcome: 'ok' as const, fields: {} }
  const first = fold(undefined, { ...wire, labels: { event: 'l-1' } }, {}, 300_000)
  const second = fold(first.state, { ...wire, up_ms: 2, labels: { event: 'l-2' } }, {}, 300_000)
  t.equal(second.emit.length, 1)
  t.end()
})

void t.test('where a server must stand to prove anything', t => {
  const locals = [
    { iface: 'eth0', address: '10.1.2.3', family: 4, bits: 24 },
    { iface: 'eth0', address: '2001:db8:1::3', family: 6, bits: 64 }
  ] as const
  const routes = [
    { iface: 'eth0', family: 4, network: '0.0.0.0', bits: 0, metric: 0 },
    { iface: 'tun0', family: 4, network: '10.8.0.0', bits: 16, metric: 0 },
    { iface: 'eth0', family: 6, network: '::', bits: 0, metric: 0 }
  ] as const
  const table: [string, RegExp | undefined][] = [
    ['203.0.113.7', undefined],
    ['10.1.2.3', /is this machine/],
    ['127.0.0.53', /is this machine/],
    ['::1', /is this machine/],
    ['::ffff:10.1.2.9', /in the network of the interface eth0/],
    ['10.1.2.9', /in the network of the interface eth0/],
    ['10.8.4.4', /10\.8\.0\.0\/16 over tun0, not the default route/],
    ['2001:db8:1::9', /in the network/],
    ['2001:db8:2::9', undefined]
  ]
  for (const [address, why] of table) {
    const said = whyOnSite(address, locals, routes)
    if (why === undefined) t.equal(said, undefined, address)
    else t.match(said, why, address)
  }
  t.end()
})
