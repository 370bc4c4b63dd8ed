import fc from 'fast-check'
import t from 'tap'
import { broadbandAccess } from '../../collector/verdicts/broadband-access.ts'
import { roomPort } from '../../collector/verdicts/room-port.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import type { SchoolEvidence } from '../../collector/verdicts/verdict.ts'
import { check, dayNumber, device, evidence, fact, rollup, room } from '../rig/evidence.ts'

const asOfMs = Date.parse('2026-11-19T23:00:00+08:00')
const runs = { numRuns: 300, seed: 20261120 }

const some = fc.constantFrom(0, 0, 1, 7)
const counts = fc.record({ ok: some, degraded: some, failed: some, unavailable: some })
const portalRow = fc
  .record({
    day: fc.integer({ min: -3, max: 30 }).map(dayNumber),
    checkId: fc.integer({ min: 1, max: 5 }),
    place: fc.constantFrom('off_site', 'off_site', 'self', 'on_site', 'private', ''),
    counts,
    live: fc.boolean()
  })
  .map(row =>
    rollup(row.day, row.checkId, {
      place: row.place,
      counts: row.counts,
      liveFailed: row.live ? row.counts.failed : 0,
      reasons: { tcp_timeout: row.counts.failed }
    })
  )

const checks = [
  check(1),
  check(2),
  check(3),
  check(4, { subject: 'subject-1', device: 'p-1' }),
  check(5, { place: 'self' })
]
const devices = [
  device('gw-1', { uploadPath: 'other' }),
  device('p-1', { room: 'r-1' }),
  device('p-2', { room: 'r-2' })
]
const facts = fc.subarray([
  fact('access', 'none'),
  fact('access', 'fibre', '2026-10-26'),
  fact('room-wireless', 'none')
])
/** Many rows, so that every verdict is reached. */
const portal = fc
  .record({
    rollups: fc.array(portalRow, { maxLength: 60 }),
    facts,
    weeks: fc.integer({ min: 0, max: 23 }),
    streak: fc.constantFrom('none', 'bad', 'good')
  })
  .map(({ rollups, facts, weeks, streak }): SchoolEvidence => {
    const schoolDays = evidence().schoolDays.slice(0, weeks)
    const bad = {
      place: '',
      counts: { ok: 0, degraded: 0, failed: 3, unavailable: 0 },
      liveFailed: 3,
      reasons: { tcp_timeout: 3 }
    }
    const good = { place: 'off_site', counts: { ok: 3, degraded: 0, failed: 0, unavailable: 0 } }
    const days = streak === 'bad' ? schoolDays : streak === 'good' ? [0, 5, 9].map(dayNumber) : []
    const all = days.flatMap(day => [1, 2].map(id => rollup(day, id, streak === 'bad' ? bad : good)))
    return evidence({ asOfMs, checks, devices, facts, schoolDays, rollups: [...all, ...rollups] })
  })
const parameters = { days: 3, subjects: 2 }
const portalVerdict = (e: SchoolEvidence) => broadbandAccess.judge(e, parameters)

const portRow = fc
  .record({
    checkId: fc.constantFrom(11, 12),
    hoursAgo: fc.integer({ min: -2, max: 200 }),
    kind: fc.constantFrom('port', 'wifi'),
    outcome: fc.constantFrom('ok' as const, 'degraded' as const, 'failed' as const, 'unavailable' as const),
    speed: fc.constantFrom(100, 1000),
    capable: fc.constantFrom(100, 1000),
    part: fc.constantFrom('eth0', 'eth1')
  })
  .map((r): DayRollup => {
    const atMs = asOfMs - r.hoursAgo * 3_600_000
    const fields = r.kind === 'port' ? { speed_mbps: r.outcome === 'ok' ? 1000 : r.speed, capable_mbps: r.capable } : {}
    const last = {
      atMs,
      outcome: r.outcome,
      reason: r.outcome === 'ok' ? undefined : 'x',
      fields,
      labels: { kind: r.kind }
    }
    return rollup(dayNumber(20), r.checkId, { part: r.part, place: '', last })
  })
const ports = fc
  .record({ rollups: fc.array(portRow, { maxLength: 8 }), facts, rooms: fc.subarray(['r-1', 'r-2']) })
  .map(({ rollups, facts, rooms }) =>
    evidence({
      asOfMs,
      facts,
      rollups,
      devices,
      rooms: rooms.map(room),
      checks: [check(11, { device: 'p-1', probe: 'port' }), check(12, { device: 'p-2', probe: 'port' })]
    })
  )
const portVerdict = (e: SchoolEvidence) => roomPort.judge(e, { mbps: 1000, days: 7 })
const rules = [
  ['broadband-access', portal, portalVerdict],
  ['room-port', ports, portVerdict]
] as const

/** One row of each key, as the store keeps them. */
const distinct = (e: SchoolEvidence): SchoolEvidence => ({
  ...e,
  rollups: [...new Map(e.rollups.map(r => [`${r.day} ${r.checkId} ${r.part} ${r.place} ${r.last.atMs}`, r])).values()]
})

for (const [name, arbitrary, judge] of rules) {
  void t.test(`${name}: every verdict is reached, so the properties say something`, t => {
    const seen = new Set(fc.sample(arbitrary, { numRuns: 600, seed: 1 }).map(e => judge(e).verdict))
    t.same([...seen].sort(), ['met', 'missed', 'unknown'])
    t.end()
  })

  void t.test(`${name}: without readings a school is never met, and missed only by a declaration`, t => {
    fc.assert(
      fc.property(arbitrary, e => {
        const { verdict, reason } = judge({ ...e, rollups: [] })
        return verdict === 'unknown' || (verdict === 'missed' && reason === 'declared_no_line')
      }),
      runs
    )
    t.pass()
    t.end()
  })

  void t.test(`${name}: the order of the evidence changes nothing`, t => {
    fc.assert(
      fc.property(arbitrary, fc.infiniteStream(fc.nat()), (e, numbers) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map(value => ({ value, key: Number(numbers.next().value) }))
            .sort((a, b) => a.key - b.key)
            .map(({ value }) => value)
        const before = judge(distinct(e))
        const mixed = distinct(e)
        const after = judge({
          ...mixed,
          rollups: shuffled(mixed.rollups),
          checks: shuffled(mixed.checks),
          devices: shuffled(mixed.devices),
          facts: shuffled(mixed.facts)
        })
        return JSON.stringify(before) === JSON.stringify(after)
      }),
      runs
    )
    t.pass()
    t.end()
  })

  void t.test(`${name}: the same evidence gives the same finding, and nothing is written into it`, t => {
    fc.assert(
      fc.property(arbitrary, e => {
        const copy = structuredClone(e)
        return JSON.stringify(judge(e)) === JSON.stringify(judge(copy)) && JSON.stringify(e) === JSON.stringify(copy)
      }),
      runs
    )
    t.pass()
    t.end()
  })

  void t.test(`${name}: adding unavailable readings never makes a school met or missed`, t => {
    const extra = fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 30 }),
        id: fc.constantFrom(1, 2, 3, 4, 5, 11, 12),
        part: fc.constantFrom('new-1', 'new-2'),
        kind: fc.constantFrom('port', 'wifi')
      })
    )
    fc.assert(
      fc.property(arbitrary, extra, (e, list) => {
        const added = list.map(({ day, id, part, kind }) =>
          rollup(dayNumber(day), id, {
            part,
            place: '',
            counts: { ok: 0, degraded: 0, failed: 0, unavailable: 9 },
            last: { atMs: asOfMs - 1, outcome: 'unavailable', reason: 'x', fields: {}, labels: { kind } }
          })
        )
        const [before, after] = [judge(e).verdict, judge({ ...e, rollups: [...e.rollups, ...added] }).verdict]
        return before === after
      }),
      runs
    )
    t.pass()
    t.end()
  })
}

void t.test('broadband-access: answers of this host, site or network change no verdict to met or missed', t => {
  const place = fc.constantFrom('self', 'on_site', 'private')
  const extra = fc.array(fc.record({ day: fc.integer({ min: 0, max: 30 }), id: fc.integer({ min: 1, max: 5 }), place }))
  fc.assert(
    fc.property(portal, extra, (e, list) => {
      const added = list.map(x =>
        rollup(dayNumber(x.day), x.id, { place: x.place, counts: { ok: 9, degraded: 0, failed: 0, unavailable: 0 } })
      )
      return portalVerdict(e).verdict === portalVerdict({ ...e, rollups: [...e.rollups, ...added] }).verdict
    }),
    runs
  )
  t.pass()
  t.end()
})

void t.test('broadband-access: taking away failures never makes a miss, taking away answers never makes it met', t => {
  fc.assert(
    fc.property(portal, fc.infiniteStream(fc.boolean()), (e, coins) => {
      const drop = (which: (r: DayRollup) => boolean): SchoolEvidence => ({
        ...e,
        rollups: e.rollups.filter(r => !which(r) || coins.next().value === true)
      })
      const failing = (r: DayRollup) => r.counts.ok + r.counts.degraded === 0
      const fewerFailures = portalVerdict(drop(failing)).verdict
      const fewerAnswers = portalVerdict(drop(r => !failing(r))).verdict
      const before = portalVerdict(e).verdict
      return (before === 'missed' || fewerFailures !== 'missed') && (before === 'met' || fewerAnswers !== 'met')
    }),
    runs
  )
  t.pass()
  t.end()
})

void t.test('broadband-access agrees with a recount from the policy’s words', t => {
  const recount = (e: SchoolEvidence): string => {
    const inPeriod = e.rollups.filter(r => r.day >= '2026-10-20' && r.day <= '2026-11-19')
    const subject = (id: number) => (id === 4 ? 1 : id)
    let good = 0
    let bad = 0
    for (let i = 0; i <= 30; i++) {
      const rows = inPeriod.filter(r => r.day === dayNumber(i))
      const answers = new Set<number>()
      const fails = new Set<number>()
      for (const r of rows) {
        if (r.place === 'off_site' && (r.counts.ok > 0 || r.counts.degraded > 0)) answers.add(subject(r.checkId))
        if ([1, 2, 3].includes(r.checkId) && r.liveFailed > 0) fails.add(r.checkId)
      }
      if (answers.size >= 2) good++
      if (answers.size === 0 && fails.size >= 2 && e.schoolDays.includes(dayNumber(i))) bad++
    }
    const newest = e.facts.filter(f => f.key === 'access').sort((a, b) => b.asOf.localeCompare(a.asOf))[0]
    if (newest?.value === 'none') return good > 0 ? 'unknown' : 'missed'
    if (good >= 3) return 'met'
    // Fewer than five school days never come before the rule: the verdict before is carried over.
    return good === 0 && bad > 0 && bad >= Math.min(10, Math.ceil(e.schoolDays.length * 0.6)) ? 'missed' : 'unknown'
  }
  fc.assert(
    fc.property(portal, e => portalVerdict(e).verdict === recount(e)),
    { ...runs, numRuns: 600 }
  )
  t.pass()
  t.end()
})
