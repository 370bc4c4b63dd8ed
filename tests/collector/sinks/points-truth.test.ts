import t from 'tap'
import { dayStart, localTime } from '../../../collector/calendar/day.ts'
import { openMoments } from '../../../collector/sinks/influx/moments.ts'
import type { Point } from '../../../collector/sinks/influx/point.ts'
import type { Progress } from '../../../collector/sinks/influx/progress.ts'
import { firstRow } from '../../../collector/sinks/influx/progress.ts'
import { openWorld } from '../../../collector/sinks/influx/world.ts'
import { openStoreHere } from '../../rig/store-here.ts'
import { tierTest } from '../../rig/tier-tests.ts'
import { aBatch, aCheck, aReading, aRollup, madeStore, nowMs, type Made } from './made-store.ts'

const worldOf = (over: Partial<Made>) => openWorld(madeStore(over).store, 'influx', () => nowMs)

void t.test('a test that passed its tier in the same night: the uplink is not below it', async t => {
  const night = dayStart('2026-11-02') + 3_600_000
  const points = await worldOf({
    checks: [aCheck(1, 'u-1-tier', 'bandwidth', { subject: 'u-1' })],
    tests: [tierTest({ atMs: night, result: 'fail' }), tierTest({ atMs: night + 1, result: 'pass' })]
  }).blockPoints(['2026-11-02 0'])
  t.match(
    points.map(({ fields }) => fields),
    [{ pass_n: 1, fail_n: 1, below: 0 }]
  )
})

void t.test('two failures of IPv6 in a day are an accident, three are a loss', async t => {
  const ipv6 = (day: string, counts: Partial<Record<'ok' | 'failed', number>>) =>
    aRollup(1, { day, counts: { ok: 0, degraded: 0, failed: 0, unavailable: 0, ...counts } })
  for (const [failed, lost] of [
    [2, 0],
    [3, 1]
  ] as const) {
    const points = await worldOf({
      checks: [aCheck(1, 'gw-1-ipv6', 'ipv6')],
      rollups: [ipv6('2026-11-01', { ok: 1 }), ipv6('2026-11-02', { failed })]
    }).blockPoints(['2026-11-02 0'])
    t.equal(points[0]?.fields['lost'], lost, `${failed} failures`)
  }
})

void t.test('the state of a day is that of its last measurement, whatever part or place told it', async t => {
  const at = (hour: number, state: string) =>
    aRollup(1, {
      part: `at-${hour}`,
      last: { ...aRollup(1).last, atMs: dayStart('2026-11-02') + hour * 3_600_000, outcome: 'failed', reason: state }
    })
  const given = async (...rollups: Made['rollups']) =>
    (await worldOf({ checks: [aCheck(1, 'gw-1-stream', 'recording')], rollups }).blockPoints(['2026-11-02 0'])).map(
      ({ fields }) => fields['state']
    )
  const [morning, evening] = [at(9, 'unreachable'), at(17, 'no_media')]
  t.same(await given(morning, evening), [10])
  t.same(await given(evening, morning), [10])
})

void t.test('a reading lies in the hours from the minute they begin to the minute they end', async t => {
  const world = worldOf({})
  const times = ['07:59:59', '08:00:00', '17:29:59', '17:30:00']
  const readings = times.map(time => aReading({ atMs: Date.parse(`2026-11-02T${time}+08:00`), outcome: 'failed' }))
  await world.refresh()
  t.same(
    world
      .batchPoints(aBatch(1, { readings }))
      .filter(({ measurement }) => measurement === 'ping')
      .map(({ atMs, fields }) => [
        localTime(atMs).slice(11, 19),
        fields['in_hours'] ?? -1,
        fields['failed_in_hours'] ?? -1
      ]),
    times.map((time, i) => [time, Number(i === 1 || i === 2), Number(i === 1 || i === 2)])
  )
})

void t.test('the pipeline tells what waits, what was refused and lost, and whether schools are simulated', async t => {
  const store = openStoreHere()
  t.teardown(() => store.close())
  const row = {
    ...firstRow('influx', { arrival: 7 }, nowMs),
    history: { after: 2, upTo: 7 },
    pointsN: 11,
    tooOldN: 3
  }
  const sent: Point[] = []
  const moments = openMoments({
    store: {
      ...store,
      logHead: () => Promise.resolve({ arrival: 12, receivedMs: nowMs }),
      receivedAfter: () => Promise.resolve(nowMs - 90_000),
      deadLetterCounts: () => Promise.resolve({ total: 4, due: 1 }),
      counts: async () => ({ ...(await store.counts()), dirty: 6, gaps: 8, lostReadings: 9, rejected: 10 }),
      isSimulated: () => Promise.resolve(false)
    },
    world: worldOf({}),
    shipping: {
      pack: () => t.fail('one at a time') as never,
      send: () => t.fail('one at a time') as never,
      ship: points => {
        sent.push(...points)
        return Promise.resolve({ pointsN: points.length, tooOldN: 0, letters: [] })
      }
    },
    progress: { row: () => row, move: () => Promise.resolve() } as unknown as Progress,
    settling: { isOver: () => false },
    now: () => nowMs
  })
  await moments.step()
  t.strictSame(
    sent.map(({ measurement, fields, atMs }) => ({ measurement, fields, atMs })),
    [
      {
        measurement: 'pipeline',
        fields: {
          behind_n: 5,
          behind_s: 90,
          history_n: 5,
          points_n: 11,
          refused_n: 4,
          too_old_n: 3,
          dirty_n: 6,
          gaps_n: 8,
          lost_n: 9,
          refused_readings_n: 10,
          simulated: 0
        },
        atMs: nowMs
      }
    ]
  )
})
