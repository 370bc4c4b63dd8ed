import fc from 'fast-check'
import t, { type Test } from 'tap'
import { addDays, dayMs } from '../../../collector/calendar/day.ts'
import { budgetOf, costOf, pursesOf, roomIn } from '../../../collector/leases/budget.ts'
import { forecastLine, forecastOf, lineKinds } from '../../../collector/leases/forecast.ts'
import { policyOf } from '../../../collector/leases/policy.ts'
import { slotAt, slotOn } from '../../../collector/leases/slots.ts'
import { asOf } from '../../../collector/leases/terms.ts'
import { darkAtNight, partOfDay, windowsOf } from '../../../collector/leases/windows.ts'
import { thrown } from '../../agent/probes/context.ts'
import { aRow, at, day, slotMs } from './asks.ts'

/** fast-check throws with a counter-example; tap wants to have asserted something. */
const holds = (t: Test, property: Parameters<typeof fc.assert>[0]): void => {
  t.doesNotThrow(() => void fc.assert(property, { numRuns: 300 }))
}
const windows = windowsOf()
const turn = (i: number, dark = false) => ({ school: `s-${i}`, uplink: `u-${i}`, dark })

void t.test('bandwidth settings are refused with place, expectation and value', t => {
  const cases: [Parameters<typeof policyOf>[0], string][] = [
    [
      { windows: { night: '23:00-05:00' } },
      '/bandwidth/windows/night must end at least 30 minutes after it begins, on the same day, got "23:00-05:00"'
    ],
    [
      { windows: { lunch: '12:10-12:30' } },
      '/bandwidth/windows/lunch must end at least 30 minutes after it begins, on the same day, got "12:10-12:30"'
    ],
    [
      { windows: { before_first: '05:30-07:00' } },
      '/bandwidth/windows must be night, before_first, lunch, after_last in this order without overlap, got 00:30-06:00, 05:30-07:00, 12:10-13:40, 17:40-19:00'
    ],
    [
      { servers: [{ id: 'a', port_mbps: 1000 }] },
      '/bandwidth/servers/0/host is missing: only the collector itself (id "collector") has none'
    ],
    [{ servers: [{ id: 'a', host: 'h', port_mbps: 1000 }] }, '/bandwidth/servers/0/port is missing'],
    [
      { servers: [{ id: 'collector', host: 'h', port: 1, port_mbps: 1000 }] },
      '/bandwidth/servers/0/id must not be "collector" for a server with a host or port of its own: that is the collector itself'
    ],
    [
      {
        servers: [
          { id: 'collector', port_mbps: 1000 },
          { id: 'collector', port_mbps: 1000 }
        ]
      },
      '/bandwidth/servers/1/id must be unique, got "collector" again'
    ]
  ]
  for (const [config, message] of cases)
    t.equal(
      thrown(() => policyOf(config, 'c.yaml ')),
      `c.yaml ${message}`
    )
  t.end()
})

void t.test('slots are the same every day but for minutes, lie in the window with room, and spread over it', t => {
  const slots = Array.from({ length: 400 }, (_, i) => slotOn(turn(i), day, windows))
  t.ok(slots.every(({ atMs, window }) => atMs >= window.fromMs && atMs + 15 * 60_000 <= window.toMs))
  const hours = Map.groupBy(slots, slot => Math.floor((slot.atMs - at('00:30')) / 3_600_000))
  for (const hour of [0, 1, 2, 3, 4]) t.ok((hours.get(hour)?.length ?? 0) > 50, `hour ${hour}`)
  const moved = slots.map(({ atMs }, i) => slotOn(turn(i), addDays(day, 1), windows).atMs - dayMs - atMs)
  t.ok(moved.every(ms => Math.abs(ms) <= 4 * 60_000) && new Set(moved).size > 300, 'nearly the same time, not quite')
  t.same(slotOn(turn(7), day, windows), slots[7])
  const dark = Array.from({ length: 60 }, (_, i) => slotOn(turn(i, true), day, windows))
  t.same([...new Set(dark.map(slot => slot.slot))], ['fallback'])
  t.equal(new Set(dark.map(slot => slot.window.fromMs)).size, 3, 'all three windows are used')
  t.end()
})

void t.test('outside of a slot the next one is told, and it is open then', t => {
  holds(
    t,
    fc.property(
      fc.integer({ min: 0, max: 200 }),
      fc.boolean(),
      fc.integer({ min: 0, max: dayMs - 1 }),
      (i, dark, ms) => {
        const nowMs = at('00:00') + ms
        const slot = slotAt(turn(i, dark), windows, nowMs)
        if (slot.kind !== 'closed') return slot.untilMs > nowMs && (slot.kind === 'open' || !dark)
        return slot.nextMs > nowMs && slotAt(turn(i, dark), windows, slot.nextMs).kind !== 'closed'
      }
    )
  )
  t.end()
})

void t.test('a school is dark when on three of the last five days it was seen by day and never at night', t => {
  const row = (back: number, night: boolean, daytime = true) => ({
    agent: 'a',
    day: addDays(day, -back),
    night,
    daytime
  })
  const nowMs = at('09:00')
  t.equal(
    darkAtNight(
      [1, 2, 3].map(back => row(back, false)),
      nowMs
    ),
    true
  )
  t.equal(
    darkAtNight(
      [1, 2].map(back => row(back, false)),
      nowMs
    ),
    false
  )
  t.equal(
    darkAtNight(
      [1, 2, 3, 4, 5].map(back => row(back, back > 2)),
      nowMs
    ),
    false
  )
  t.equal(
    darkAtNight(
      [0, 1, 2].map(back => row(back, false)),
      nowMs
    ),
    false,
    'today is not over'
  )
  t.equal(
    darkAtNight(
      [1, 2, 6].map(back => row(back, false)),
      nowMs
    ),
    false,
    'six days ago is too long ago'
  )
  t.equal(
    darkAtNight(
      [1, 2, 3].map(back => row(back, false, false)),
      nowMs
    ),
    false,
    'off altogether says nothing'
  )
  const parts = (['00:29', '00:30', '05:59', '06:00', '08:00', '16:59', '17:00'] as const).map(time =>
    partOfDay(windows, at(time))
  )
  t.same(parts, [undefined, 'night', 'night', undefined, 'daytime', 'daytime', undefined])
  t.end()
})

void t.test('budgets are scaled by the tier; small tiers keep room for a test and its repeat', t => {
  t.same(budgetOf(1000), { dayBytes: 600e6, monthBytes: 15e9, certifyBytes: 1.5e9 })
  t.same(budgetOf(500), { dayBytes: 300e6, monthBytes: 7.5e9, certifyBytes: 750e6 })
  t.same(budgetOf(100), { dayBytes: 220e6, monthBytes: 1.5e9, certifyBytes: 150e6 })
  t.same(budgetOf(10), { dayBytes: 22e6, monthBytes: 150e6, certifyBytes: 15e6 })
  t.equal(
    budgetOf(100, { dayBytes: 50e6, monthBytes: 1e9, certifyBytes: 1e9 }).dayBytes,
    50e6,
    'never more than was configured'
  )
  t.end()
})

void t.test('a certifying test has its allowance beside the day and month of the quick ones', t => {
  const nowMs = slotMs
  const room = (kind: 'quick' | 'certify', rows: Parameters<typeof roomIn>[1]) =>
    roomIn(pursesOf(kind, budgetOf(1000), nowMs), rows, nowMs).bytes
  t.equal(room('quick', []), 600e6)
  t.equal(room('certify', []), 2.1e9)
  const certified = [aRow('l-1', { kind: 'certify', bytes: 1.5e9 })]
  t.equal(room('quick', certified), 600e6)
  t.equal(room('certify', certified), 600e6)
  const yesterday = [aRow('l-1', { issuedMs: slotMs - 86_400_000, bytes: 600e6 })]
  t.equal(room('quick', yesterday), 600e6, 'a local day, not 24 hours')
  const month = Array.from({ length: 25 }, (_, i) =>
    aRow(`l-${i}`, { issuedMs: slotMs - (i + 1) * 86_400_000, bytes: 590e6 })
  )
  t.equal(room('quick', month), 250e6)
  const hungry = Array.from({ length: 14 }, (_, i) =>
    aRow(`l-${i}`, { kind: 'certify', issuedMs: slotMs - (i + 1) * 86_400_000, bytes: 1.5e9 })
  )
  t.equal(room('certify', hungry), 0)
  t.equal(room('quick', hungry), 0, 'both together have an end')
  t.equal(
    costOf(aRow('l', { openedMs: undefined, closedMs: undefined, untilMs: nowMs - 1 }), nowMs),
    0,
    'lapsed, though nobody wrote it down yet'
  )
  t.end()
})

void t.test('a lease dated later than now is seen as of now, and never as longer than it is', t => {
  holds(
    t,
    fc.property(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: 0, max: 120_000 }),
      fc.integer({ min: 0, max: 30_000 }),
      (jump, wait, took) => {
        const nowMs = slotMs
        const issuedMs = nowMs + jump
        const openedMs = issuedMs + wait
        const seen = asOf(
          aRow('l', {
            issuedMs,
            notBeforeMs: issuedMs,
            expiresMs: issuedMs + 120_000,
            openedMs,
            closedMs: openedMs + took,
            untilMs: openedMs + 28_000
          }),
          nowMs
        )
        const inPast = [seen.issuedMs, seen.openedMs ?? 0, seen.closedMs ?? 0].every(ms => ms <= nowMs)
        return inPast && seen.untilMs <= nowMs + 28_000 && seen.untilMs - (seen.openedMs ?? 0) === 28_000
      }
    )
  )
  t.end()
})

void t.test('a forecast never expects more than the budget lets through', t => {
  for (const tier of [10, 100, 500, 1000])
    for (const kind of lineKinds) {
      const { expectedBytes, worstBytes } = forecastOf(tier, kind)
      t.ok(expectedBytes > 0 && expectedBytes <= worstBytes, `${tier} ${kind}`)
    }
  t.equal(
    forecastLine(1000),
    '1000 Mbit/s: expected 3.83 GB a month and uplink (10.46 GB where it misses), at most 21.00 GB'
  )
  t.ok(forecastOf(500, 'fast').expectedBytes < 4e9)
  t.end()
})
