import t from 'tap'
import { decide } from '../../../collector/leases/decide.ts'
import { policyOf } from '../../../collector/leases/policy.ts'
import type { Ask, Policy } from '../../../collector/leases/terms.ts'
import { anAsk, aRow, at, candidate, certify, policy, quick, slotMs, uplink } from './asks.ts'

const minute = 60_000
const leaseOf = (ask: Ask, by: Policy = policy) => {
  const decision = decide(ask, by)
  if (decision.kind !== 'lease') throw new Error(`no lease: ${decision.later.reason}: ${decision.later.detail ?? ''}`)
  return decision.lease
}
const laterOf = (ask: Ask, by: Policy = policy) => {
  const decision = decide(ask, by)
  if (decision.kind !== 'later') throw new Error('got a lease')
  return decision.later
}

void t.test('a quick test is capped at 1.1 T and cut to the budget; a certifying one is uncapped and accounted', t => {
  t.match(leaseOf(anAsk()), {
    tierMbps: 1000,
    kind: 'quick',
    slot: 'night',
    capMbps: 1100,
    maxMs: 8_000,
    maxBytes: 600e6,
    terms: { credit_s: 0, lend_nats: 0, fail_ms: 2_000 }
  })
  t.match(leaseOf(anAsk({ candidates: [candidate({ plan: certify(1000) })] })), {
    kind: 'certify',
    capMbps: 2000,
    maxMs: 11_000,
    maxBytes: 1.5e9,
    terms: { credit_s: 3 }
  })
  const small = leaseOf(anAsk({ candidates: [candidate({ tierMbps: 100 })] }))
  t.match(small, { capMbps: 110, maxBytes: 110e6, budget: { dayBytes: 220e6, monthBytes: 1.5e9 } }, 'a whole test fits')
  t.equal(leaseOf(anAsk({ request: { uplink: 'u-1', budget_bytes: 300e6 } })).maxBytes, 300e6)
  t.end()
})

void t.test('every "not now" has its reason and its sentence', t => {
  const on = (servers: Parameters<typeof policyOf>[0]) => policyOf(servers)
  const live = (over: Parameters<typeof aRow>[1]) =>
    aRow('l-9', { issuedMs: slotMs - 5_000, untilMs: slotMs + 20_000, closedMs: undefined, ...over })
  const spent = (bytes: number, over: Parameters<typeof aRow>[1] = {}) => [aRow('l-8', { bytes, ...over })]
  const arrived = new Set(['l-8', 'l-9'])
  const nothing = candidate({ plan: undefined })
  const cases: [string, boolean, string, Partial<Ask>, Policy?][] = [
    [
      'no_tier',
      false,
      'uplink u-1 has no tier to prove: no target of its school asks for one, and the ledger has no contract_down_mbps for it',
      { candidates: [] }
    ],
    [
      'not_planned',
      true,
      'uplink u-1 is to be tested down 1000, got a request for up 100',
      { request: { uplink: 'u-1', direction: 'up', tier: 100 } }
    ],
    ['test_running', false, 'lease l-9 of uplink u-1 is still in force', { live: [live({})] }],
    [
      'line_busy',
      false,
      'another uplink of group g is being tested',
      { uplink: { ...uplink, sharedGroup: 'g' }, live: [live({ uplink: 'u-2', line: 'group g' })] }
    ],
    [
      'server_busy',
      false,
      'test server collector has no room for another test now',
      { live: [live({ uplink: 'u-2', line: 'uplink u-2', capMbps: 7_000 })] }
    ],
    [
      'outside_window',
      false,
      `the next slot of uplink u-1 begins at ${new Date(slotMs + 8 * 60 * minute).toISOString().replace('Z', '+08:00')}`,
      { nowMs: slotMs - 1 }
    ],
    ['outside_window', false, 'at lunch only a test that did not pass at night is repeated', { nowMs: at('12:30') }],
    ['outside_window', false, 'the window ends before a test could', { nowMs: at('05:59:50') }],
    [
      'result_pending',
      false,
      'the result of the last test of uplink u-1 has not arrived',
      { leases: [aRow('l-8', { closedMs: slotMs - 30 * minute + 1 })] }
    ],
    [
      'lease_unused',
      true,
      '6 leases of uplink u-1 were taken today and no test was begun with them: the agent\'s readings say why. The next is for tomorrow, or for "test now"',
      { leases: [1, 2, 3, 4, 5, 6].map(i => aRow(`l-${i}`, { openedMs: undefined, lapsed: true, bytes: 0 })) }
    ],
    [
      'repeat_later',
      false,
      `a test that did not pass is repeated after 10 minutes, at ${new Date(slotMs + 1 + 8 * 60 * minute).toISOString().replace('Z', '+08:00')} or later`,
      { leases: spent(1, { closedMs: slotMs - 10 * minute + 1 }), arrived }
    ],
    ['done_today', false, 'nothing more is to be tested on uplink u-1 today', { candidates: [nothing] }],
    [
      'budget_day',
      true,
      'the budget of uplink u-1 for today, 600 MB, has no room for another test',
      { leases: spent(400e6), arrived }
    ],
    [
      'budget_month',
      true,
      'the budget of uplink u-1 for 31 days, 15000 MB, has no room for another test',
      { leases: spent(14.9e9, { issuedMs: slotMs - 20 * 86_400_000 }), arrived }
    ],
    [
      'agent_budget',
      true,
      "the agent's own budget has 20 MB left, too little for a test",
      { request: { uplink: 'u-1', budget_bytes: 20e6 } }
    ],
    [
      'no_server',
      true,
      'no test server is configured off site',
      {},
      on({ servers: [{ id: 'collector', port_mbps: 1000, place: 'on_site' }] })
    ],
    [
      'server_unknown',
      true,
      'the ledger names test server "far" for uplink u-1, but bandwidth/servers of collector.yaml has none of that id',
      { uplink: { ...uplink, server: 'far' } }
    ],
    [
      'server_on_site',
      true,
      'test server near is on site: a test with it never crosses uplink u-1, so it proves nothing',
      { uplink: { ...uplink, server: 'near' } },
      on({ servers: [{ id: 'near', host: 'h', port: 1, port_mbps: 1000, place: 'on_site' }] })
    ],
    [
      'server_port_too_small',
      true,
      'test server collector must have a port of at least 1200 Mbit/s to test 1000 Mbit/s, got 1000',
      {},
      on({})
    ],
    [
      'server_port_too_small',
      true,
      'test server collector must have a port of at least 1875 Mbit/s to test 1000 Mbit/s uncapped (burst credit must show), got 1250',
      { candidates: [candidate({ plan: certify(1000) })] },
      on({ servers: [{ id: 'collector', port_mbps: 1250 }] })
    ]
  ]
  for (const [reason, refused, detail, over, by] of cases) {
    const later = laterOf(anAsk(over), by)
    t.match(later, { reason, refused, detail }, reason)
    t.ok(later.retry_after_s >= 1 && later.retry_after_s <= 3_600, `${reason} waits ${later.retry_after_s} s`)
  }
  t.end()
})

void t.test('anything but a pass is repeated once the same day, in the window or at lunch', t => {
  const first = aRow('l-1', { issuedMs: slotMs })
  const asked = (over: Partial<Ask>) => anAsk({ leases: [first], arrived: new Set(['l-1', 'l-2']), ...over })
  t.equal(laterOf(asked({ nowMs: slotMs + 5 * minute })).reason, 'repeat_later')
  t.equal(leaseOf(asked({ nowMs: slotMs + 11 * minute })).slot, 'night')
  t.equal(leaseOf(asked({ nowMs: at('12:30') })).slot, 'fallback')
  t.equal(laterOf(asked({ nowMs: at('09:30') })).reason, 'outside_window')
  const twice = [first, aRow('l-2', { issuedMs: slotMs + 11 * minute })]
  t.equal(laterOf(asked({ leases: twice, nowMs: at('12:30') })).reason, 'done_today')
  t.equal(laterOf(asked({ nowMs: at('12:30'), candidates: [candidate({ plan: undefined })] })).reason, 'done_today')
  t.equal(
    laterOf(asked({ leases: [aRow('l-1', { slot: 'on_demand', issuedMs: slotMs })], nowMs: at('12:30') })).reason,
    'outside_window'
  )
  // A result that never came is an attempt too, after half an hour.
  const lost = { leases: [first], arrived: new Set<string>() }
  t.equal(laterOf(anAsk({ ...lost, nowMs: slotMs + 29 * minute })).reason, 'result_pending')
  t.equal(leaseOf(anAsk({ ...lost, nowMs: slotMs + 31 * minute })).tierMbps, 1000)
  t.end()
})

void t.test(
  'the next lower tier is tested where the higher is a published miss, on the other days, or has no server',
  t => {
    const lower = candidate({ tierMbps: 500 })
    const tierOf = (higher: Parameters<typeof candidate>[0], by?: Policy) =>
      leaseOf(anAsk({ candidates: [candidate(higher), lower] }), by).tierMbps
    t.equal(tierOf({}), 1000)
    t.equal(tierOf({ plan: undefined, state: 'below' }), 500)
    const reasonOf = (higher: Parameters<typeof candidate>[0]) =>
      laterOf(anAsk({ candidates: [candidate({ plan: undefined, ...higher }), lower] })).reason
    t.equal(reasonOf({ state: 'below', testedToday: true }), 'done_today')
    t.equal(reasonOf({ state: 'ok' }), 'done_today', 'a pass of the higher is one of the lower')
    t.equal(reasonOf({ state: 'unknown' }), 'done_today')
    t.equal(tierOf({}, policyOf({})), 500, 'a port of 1000 Mbit/s carries tests of 500')
    const up = candidate({ direction: 'up', plan: quick(1000, { direction: 'up' }) })
    t.equal(leaseOf(anAsk({ candidates: [candidate({ plan: undefined, state: 'ok' }), up] })).direction, 'up')
    t.equal(leaseOf(anAsk({ candidates: [candidate(), up] })).direction, 'down')
    const done = [aRow('l-1', { direction: 'up' })]
    t.equal(
      laterOf(anAsk({ candidates: [candidate({ plan: undefined }), up], leases: done, arrived: new Set(['l-1']) }))
        .reason,
      'done_today',
      'an upload is not repeated'
    )
    t.end()
  }
)

void t.test('what a person asks for runs at any hour, capped and short, once nothing else does', t => {
  const asked = anAsk({
    wished: true,
    nowMs: at('10:20'),
    candidates: [candidate({ plan: undefined }), candidate({ tierMbps: 100 })]
  })
  t.match(leaseOf(asked), {
    slot: 'on_demand',
    kind: 'quick',
    tierMbps: 1000,
    capMbps: 1100,
    maxMs: 3_000,
    maxBytes: 412_500_000
  })
  t.match(leaseOf(asked).terms, { credit_s: 0, lend_nats: 0 })
  t.equal(laterOf({ ...asked, wished: false }).reason, 'outside_window')
  t.equal(
    laterOf({ ...asked, leases: [aRow('l-1', { bytes: 500e6 })] }).reason,
    'budget_day',
    'budgets hold for it too'
  )
  t.end()
})

void t.test('a school without power at night is tested in one of the other windows of the day', t => {
  const dark = (time: string, school = 's-1') =>
    decide(anAsk({ dark: true, nowMs: at(time), uplink: { ...uplink, school } }), policy)
  const slots = Array.from({ length: 30 }, (_, i) => {
    const open = ['02:00', '07:30', '13:25', '18:45'].filter(time => dark(time, `s-${i}`).kind === 'lease')
    return open.join(' ')
  })
  // In a later window it is still open: what was missed is made up the same day.
  t.same([...new Set(slots)].sort(), ['07:30 13:25 18:45', '13:25 18:45', '18:45'])
  const [first] = Array.from({ length: 30 }, (_, i) => dark('18:45', `s-${i}`))
  t.match(first, { lease: { slot: 'fallback' } })
  t.end()
})

void t.test('the server with most room is taken, of those whose port is large enough', t => {
  const by = policyOf({
    servers: [
      { id: 'small', host: 'a', port: 1, port_mbps: 1000 },
      { id: 'one', host: 'b', port: 1, port_mbps: 4_000 },
      { id: 'two', host: 'c', port: 1, port_mbps: 3_000 }
    ]
  })
  t.equal(leaseOf(anAsk(), by).server.id, 'one')
  const live = [aRow('l-1', { server: 'one', uplink: 'u-9', line: 'uplink u-9', capMbps: 1100, closedMs: undefined })]
  t.equal(leaseOf(anAsk({ live }), by).server.id, 'two')
  t.equal(leaseOf(anAsk({ uplink: { ...uplink, server: 'one' }, live }), by).server.id, 'one')
  t.end()
})

void t.test('the same ask gets the same answer', t => {
  const closed = anAsk({ nowMs: slotMs - 90 * minute })
  t.same(decide(closed, policy), decide(closed, policy))
  t.same(decide(anAsk(), policy), decide(anAsk(), policy))
  t.end()
})
