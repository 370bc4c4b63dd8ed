import t from 'tap'
import { dayStart, localTime } from '../../../collector/calendar/day.ts'
import { openWriter } from '../../../collector/sinks/influx/line.ts'
import type { Point } from '../../../collector/sinks/influx/point.ts'
import { openWorld } from '../../../collector/sinks/influx/world.ts'
import { tierTest } from '../../rig/tier-tests.ts'
import { aBatch, aCheck, aReading, aRollup, madeStore, nowMs, type Made } from './made-store.ts'

const writePoint = openWriter()

const placed = {
  province: 'shaanxi',
  city: 'yulin',
  county: 'dingbian',
  stage: 'primary',
  zone: 'rural',
  school: 's-1'
}
const gateway = { ...placed, device: 'gw-1', kind: 'gateway' }

/** Points as a table, and each a line. */
const shown = (points: readonly Point[]) =>
  points.map(point => {
    const written = writePoint(point, nowMs)
    return {
      of: `${point.measurement} ${localTime(point.atMs).slice(0, 16)}${point.offsetNs === 0 ? '' : ` +${point.offsetNs}`}`,
      tags: { ...point.tags, ...point.own },
      fields: { ...point.measured, ...point.fields },
      ...('fault' in written ? { fault: written.says } : {})
    }
  })
const worldOf = (over: Partial<Made>, atMs = nowMs) => {
  const { store, made } = madeStore(over)
  return { made, world: openWorld(store, 'influx', () => atMs) }
}

void t.test(
  'a reading is its outcome, whether it counts in the hours of a school day, and what the agent measured',
  async t => {
    const { world } = worldOf({
      checks: [aCheck(1, 'gw-1-ipv6', 'ipv6'), aCheck(2, 'gw-1-ipv6', 'ipv6', { version: 2 })]
    })
    const evening = Date.parse('2026-11-02T20:00:00+08:00')
    const batch = aBatch(1_000_003, {
      rejectedN: 2,
      gaps: [{ from: 0, to: 1, n: 5, reason: 'spool_full' }],
      readings: [
        aReading({ fields: {}, reason: 'v6_slow', outcome: 'degraded' }),
        aReading({
          fields: {},
          outcome: 'failed',
          reason: 'other',
          labels: { state: 'no_ipv6' },
          twin: 1,
          part: 'A b'
        }),
        aReading({ fields: { gua_n: 1 }, atMs: evening, outcome: 'failed', reason: 'x', checkId: 2, live: false }),
        aReading({ fields: {}, outcome: 'unavailable', reason: 'link_down' }),
        aReading({ fields: {} })
      ]
    })
    await world.refresh([batch])
    const tags = { ...gateway, check: 'gw-1-ipv6', part: 'none' }
    const ok = { outcome: 0, answered: 1, failed: 0, in_hours: 1, failed_in_hours: 0, took_ms: 2.5 }
    t.strictSame(shown(world.batchPoints(batch)), [
      { of: 'ipv6 2026-11-03T09:59', tags, fields: { ...ok, outcome: 1, state: 7 } },
      {
        of: 'ipv6 2026-11-03T09:59 +1',
        tags: { ...tags, part: 'a-b-a760b0e1' },
        fields: { ...ok, outcome: 2, answered: 0, failed: 1, failed_in_hours: 1, state: 0 }
      },
      {
        of: 'ipv6 2026-11-02T20:00 +1000',
        tags,
        fields: { gua_n: 1, ...ok, outcome: 2, answered: 0, failed: 1, in_hours: 0 }
      },
      { of: 'ipv6 2026-11-03T09:59', tags, fields: { ...ok, outcome: 3, answered: 0, state: 10 } },
      { of: 'ipv6 2026-11-03T09:59', tags, fields: { ...ok, state: 9 } },
      {
        of: 'agent 2026-11-03T10:00 +3',
        tags: gateway,
        fields: {
          lag_s: 60,
          oldest_s: 14 * 3_600,
          skew_ms: 3,
          readings_n: 5,
          late_n: 1,
          refused_n: 2,
          gaps_n: 1,
          lost_n: 5
        }
      }
    ])
    const old = aBatch(7, { receivedMs: nowMs - 61 * 86_400_000, readings: [] })
    const [said] = shown(world.batchPoints(old))
    t.strictSame(said?.fields, { skew_ms: 3, refused_n: 0, gaps_n: 0, lost_n: 0 }, 'its readings may be gone')
  }
)

void t.test('a machine’s day is what it answered of what the hours let it; versions of a check are one', async t => {
  const noon = Date.parse('2026-11-02T12:00:00+08:00')
  const checks = [
    aCheck(1, 'gw-1-host', 'host', { toMs: noon }),
    aCheck(70, 'gw-1-host', 'host', { version: 2, everyMs: 300_000 })
  ]
  const rollups = [
    aRollup(1, {
      counts: { ok: 200, degraded: 20, failed: 20, unavailable: 1 },
      inHours: { ok: 180, degraded: 10, failed: 9, unavailable: 0 }
    }),
    aRollup(70, {
      place: 'self',
      counts: { ok: 60, degraded: 0, failed: 0, unavailable: 0 },
      inHours: { ok: 50, degraded: 0, failed: 0, unavailable: 0 }
    })
  ]
  const { world } = worldOf({ checks, rollups })
  const expected = 240 + 330 / 5
  const points = await world.blockPoints(['2026-11-02 0'])
  t.strictSame(shown(points), [
    {
      of: 'host_1d 2026-11-02T00:00',
      tags: { ...gateway, check: 'gw-1-host' },
      fields: {
        ok_n: 260,
        degraded_n: 20,
        failed_n: 20,
        unavailable_n: 1,
        hours_answered_n: 240,
        hours_failed_n: 9,
        answered_pct: (100 * 280) / 300,
        hours_expected_n: expected,
        available_pct: (100 * 240) / expected
      }
    }
  ])
  t.strictSame(await world.blockPoints(['2026-11-02 1']), points, 'from whichever block')
})

void t.test('the running day expects what is over and has had time to come; an ended one comes once more', async t => {
  let atMs = nowMs
  const day = { day: '2026-11-03', inHours: { ok: 100, degraded: 0, failed: 0, unavailable: 0 } }
  const { store } = madeStore({
    checks: [aCheck(1, 'gw-1-host', 'host')],
    rollups: [aRollup(1, { ...day, last: { ...aRollup(1).last, atMs: nowMs - 1_200_000 } })]
  })
  const world = openWorld(store, 'influx', () => atMs)
  const expectedOf = (points: readonly Point[]) => points.map(({ fields }) => fields['hours_expected_n'])
  t.same(expectedOf(await world.blockPoints(['2026-11-03 0'])), [105], '08:00 to 09:45')
  t.same(await world.blockPoints([]), [])
  atMs = Date.parse('2026-11-04T00:10:00+08:00')
  t.same(await world.blockPoints([]), [], 'not before what was on its way has come')
  atMs += 600_000
  const ended = await world.blockPoints([])
  t.same(expectedOf(ended), [570], '08:00 to 17:30')
  t.equal(ended[0]?.fields['available_pct'], (100 * 100) / 570)
  t.same(await world.blockPoints([]), [], 'once')
  const again = openWorld(store, 'influx', () => atMs)
  t.same(expectedOf(await again.blockPoints([])), [570], 'and once more after a start')
})

void t.test(
  'IPv6 is lost when it answered within seven days and then only failed; a late day tells the later ones',
  async t => {
    const ipv6 = (day: string, counts: Partial<Record<'ok' | 'failed', number>>) =>
      aRollup(1, {
        day,
        counts: { ok: 0, degraded: 0, failed: 0, unavailable: 0, ...counts },
        inHours: { ok: 0, degraded: 0, failed: counts.failed ?? 0, unavailable: 0 },
        last: { ...aRollup(1).last, outcome: 'failed', reason: 'gua_no_route' }
      })
    const { world, made } = worldOf({
      checks: [aCheck(1, 'gw-1-ipv6', 'ipv6')],
      rollups: [ipv6('2026-10-26', { ok: 1 }), ipv6('2026-11-02', { failed: 3 }), ipv6('2026-11-03', { failed: 2 })]
    })
    const lostOn = (points: readonly Point[]) =>
      points.map(({ atMs, fields }) => [localTime(atMs).slice(5, 10), fields['lost'], fields['state']])
    t.same(lostOn(await world.blockPoints(['2026-11-02 0'])), [
      ['11-02', 1, 3],
      ['11-03', 0, 3]
    ])
    made.rollups = [ipv6('2026-10-25', { ok: 1 }), ipv6('2026-11-02', { failed: 3 })]
    t.same(lostOn(await world.blockPoints(['2026-10-25 0'])), [['10-25', 0, 3]], 'eight days are too long ago')
  }
)

void t.test('a recorder is ready by the hours; parts and places of a day are one point', async t => {
  const last = { ...aRollup(1).last, outcome: 'degraded' as const, reason: 'black', labels: { state: 'ready' } }
  const { world } = worldOf({
    checks: [aCheck(1, 'gw-1-stream', 'recording')],
    rollups: [
      aRollup(1, { part: 'video', last, inHours: { ok: 2, degraded: 1, failed: 1, unavailable: 5 } }),
      aRollup(1, {
        part: 'audio',
        counts: { ok: 0, degraded: 0, failed: 0, unavailable: 4 },
        inHours: { ok: 0, degraded: 0, failed: 0, unavailable: 4 }
      })
    ]
  })
  const [point, ...more] = await world.blockPoints(['2026-11-02 0'])
  t.same(more, [])
  t.match(point, {
    measurement: 'recording_1d',
    fields: { ok_n: 10, unavailable_n: 4, state: 12, hours_ready_pct: 75 }
  })
})

void t.test('a port’s hour has its speeds by port; none where raw readings are dropped', async t => {
  const at = (time: string) => Date.parse(`2026-11-02T${time}+08:00`)
  const port = (time: string, part: string, fields: Record<string, number>, outcome: 'ok' | 'failed' = 'ok') => ({
    ...aReading({ atMs: at(time), part, fields, outcome }),
    checkId: 1
  })
  const { world } = worldOf({
    checks: [aCheck(1, 'gw-1-port', 'port')],
    readings: [
      port('08:00:00', 'eth0', { speed_mbps: 1_000, folded_n: 5 }),
      port('08:59:59', 'eth0', { speed_mbps: 100 }),
      port('09:00:00', 'eth0', {}, 'failed'),
      port('08:10:00', 'eth1', { speed_mbps: 10 })
    ]
  })
  const tags = { ...gateway, check: 'gw-1-port' }
  const counts = { ok_n: 1, degraded_n: 0, failed_n: 0, unavailable_n: 0 }
  t.strictSame(shown(await world.blockPoints(['2026-11-02 0'])), [
    {
      of: 'port_1h 2026-11-02T08:00',
      tags: { ...tags, part: 'eth0' },
      fields: { ...counts, ok_n: 6, speed_mbps_min: 100, speed_mbps_max: 1_000 }
    },
    { of: 'port_1h 2026-11-02T09:00', tags: { ...tags, part: 'eth0' }, fields: { ...counts, ok_n: 0, failed_n: 1 } },
    {
      of: 'port_1h 2026-11-02T08:00',
      tags: { ...tags, part: 'eth1' },
      fields: { ...counts, speed_mbps_min: 10, speed_mbps_max: 10 }
    }
  ])
  t.same(await world.blockPoints(['2026-08-01 0']), [])
})

void t.test('of a day that runs only the hours that say something new are given again', async t => {
  const port = (time: string) => ({
    ...aReading({ atMs: Date.parse(`2026-11-03T${time}+08:00`), part: 'eth0' }),
    checkId: 1
  })
  const { world, made } = worldOf({
    checks: [aCheck(1, 'gw-1-port', 'port')],
    readings: [port('08:00:00'), port('09:00:00')]
  })
  const hours = async () => shown(await world.blockPoints(['2026-11-03 0'])).map(({ of }) => of.slice(-5))
  t.same(await hours(), ['08:00', '09:00'])
  made.readings = [...made.readings, port('09:30:00')]
  t.same(await hours(), ['09:00'])
  t.same(await hours(), [])
  world.forgetSent()
  t.same(await hours(), ['08:00', '09:00'])
})

void t.test('an uplink’s night is judged by its own tier: a lower one that passes does not lift it', async t => {
  const night = dayStart('2026-11-02') + 3_600_000
  const { world } = worldOf({
    checks: [aCheck(1, 'u-1-tier', 'bandwidth', { subject: 'u-1' })],
    tests: [
      tierTest({ atMs: night, tierMbps: 500, result: 'fail', ipMbps: 120, goodputMbps: undefined, bytes: 5 }),
      tierTest({ atMs: night + 1, tierMbps: 100, ipMbps: 99, bytes: 6 }),
      tierTest({ atMs: night + 2, tierMbps: 500, vantage: 'panel', result: 'pass', ipMbps: 490, bytes: 7 }),
      tierTest({ atMs: night + 3, direction: 'up', result: 'inconclusive', ipMbps: undefined, goodputMbps: undefined }),
      tierTest({ atMs: night + 4, uplink: 'u-2' })
    ]
  })
  const tags = { ...gateway, check: 'u-1-tier' }
  t.strictSame(shown(await world.blockPoints(['2026-11-02 0'])), [
    {
      of: 'bandwidth_1d 2026-11-02T00:00',
      tags: { ...tags, direction: 'down' },
      fields: {
        tier_mbps: 500,
        pass_n: 0,
        fail_n: 1,
        inconclusive_n: 1,
        ip_mbps: 490,
        goodput_mbps: 94,
        bytes_n: 18,
        below: 1
      }
    },
    {
      of: 'bandwidth_1d 2026-11-02T00:00',
      tags: { ...tags, direction: 'up' },
      fields: { tier_mbps: 100, pass_n: 0, fail_n: 0, inconclusive_n: 1, bytes_n: 17_000_000, below: 0 }
    }
  ])
})
