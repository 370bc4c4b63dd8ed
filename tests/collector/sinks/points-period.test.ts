import t from 'tap'
import { localTime } from '../../../collector/calendar/day.ts'
import { openWriter } from '../../../collector/sinks/influx/line.ts'
import type { Point } from '../../../collector/sinks/influx/point.ts'
import { openWorld } from '../../../collector/sinks/influx/world.ts'
import type { RankLine } from '../../../collector/verdicts/ranking.ts'
import type { Share } from '../../../collector/verdicts/verdict.ts'
import { aSchool, madeStore, nowMs, type Made } from './made-store.ts'

const writePoint = openWriter()

const target = 'yulin-2022/broadband-access'
const placed = { province: 'shaanxi', city: 'yulin', county: 'dingbian' }

const aVerdict = (over: Partial<Made['verdicts'][number]> = {}): Made['verdicts'][number] => ({
  school: 's-1',
  target,
  indicator: 'broadband-access',
  verdict: 'met',
  reason: 'enough',
  n: 4,
  expectedN: 3,
  facts: {},
  excluded: {},
  evidence: [],
  asOfMs: nowMs,
  sinceMs: nowMs,
  ruleVersion: 'x@1',
  ...over
})
const aShare = (area: string, over: Partial<Share> = {}): Share => ({
  area,
  target,
  metN: 1,
  missedN: 1,
  unknownN: 2,
  notApplicableN: 3,
  totalN: 4,
  pct: 25,
  hiPct: 75,
  goalPct: 60,
  ...over
})
const aLine = (area: string, over: Partial<RankLine> = {}): RankLine => ({
  area,
  pct: 25,
  hiPct: 75,
  totalN: 4,
  unknownN: 2,
  first: 1,
  last: 2,
  tied: [],
  leftOut: undefined,
  atBack: true,
  backPeriods: 2,
  naming: 'named',
  ...over
})

const shown = (points: readonly Point[]) =>
  points.map(point => {
    const written = writePoint(point, nowMs)
    return {
      of: `${point.measurement} ${localTime(point.atMs).slice(0, 16)}`,
      tags: point.tags,
      fields: point.fields,
      ...('fault' in written ? { fault: written.says } : {})
    }
  })
const only = (points: readonly Point[], measurement: string) =>
  shown(points.filter(point => point.measurement === measurement))

void t.test('a verdict, a share and a rank are what the API says of them; what is not defined is absent', async t => {
  const { store } = madeStore({
    schools: [aSchool('s-1'), aSchool('s-2')],
    judgedAt: nowMs,
    verdicts: [
      aVerdict(),
      aVerdict({ target: 'p/other', indicator: 'ipv6', verdict: 'unknown', n: 0 }),
      aVerdict({ school: 's-2', verdict: 'not_applicable' }),
      aVerdict({ school: 'nobody' })
    ],
    shares: [
      aShare('cn', { goalPct: 0 }),
      aShare('yulin', { pct: 60 }),
      aShare('dingbian', { hiPct: 50 }),
      aShare('group:pilot'),
      aShare('jingbian', { pct: undefined, hiPct: undefined, totalN: 0 })
    ],
    rankings: [
      {
        period: '2026-11',
        scope: 'yulin',
        target: 'composite',
        ranked: true,
        reason: undefined,
        lines: [
          aLine('dingbian'),
          aLine('jingbian', { first: 0, last: 0, atBack: false, backPeriods: 0, naming: 'not_rankable' })
        ]
      }
    ]
  })
  const points = await openWorld(store, 'influx', () => nowMs).periodPoints('2026-11')
  const school = { ...placed, stage: 'primary', zone: 'rural', school: 's-1' }
  const at = '2026-11-03T00:00'
  t.strictSame(only(points, 'school_1d'), [
    {
      of: `school_1d ${at}`,
      tags: { ...school, target, indicator: 'broadband-access' },
      fields: { verdict: 0, met: 1, missed: 0, known: 1, applies: 1, value: 4, goal: 3 }
    },
    {
      of: `school_1d ${at}`,
      tags: { ...school, target: 'p/other', indicator: 'ipv6' },
      fields: { verdict: 2, met: 0, missed: 0, known: 0, applies: 1, value: 0, goal: 3 }
    },
    {
      of: `school_1d ${at}`,
      tags: { ...school, school: 's-2', target, indicator: 'broadband-access' },
      fields: { verdict: 3, met: 0, missed: 0, known: 0, applies: 0, value: 4, goal: 3 }
    }
  ])
  t.strictSame(
    only(points, 'standing_1d').map(({ tags, fields }) => [tags['school'], fields]),
    [
      ['s-1', { met_n: 1, missed_n: 0, unknown_n: 1, not_applicable_n: 0 }],
      ['s-2', { met_n: 0, missed_n: 0, unknown_n: 0, not_applicable_n: 1 }]
    ]
  )
  const counts = {
    met_n: 1,
    missed_n: 1,
    unknown_n: 2,
    not_applicable_n: 3,
    total_n: 4,
    pct: 25,
    hi_pct: 75,
    goal_pct: 60
  }
  const { pct, hi_pct, ...undefinedShare } = { ...counts, total_n: 0, goal_state: 3 }
  t.same([pct, hi_pct], [25, 75])
  t.strictSame(only(points, 'target_1d'), [
    { of: `target_1d ${at}`, tags: { area: 'cn', target }, fields: { ...counts, goal_pct: 0, goal_state: 3 } },
    {
      of: `target_1d ${at}`,
      tags: { province: 'shaanxi', city: 'yulin', area: 'yulin', target },
      fields: { ...counts, pct: 60, goal_state: 0 }
    },
    {
      of: `target_1d ${at}`,
      tags: { ...placed, area: 'dingbian', target },
      fields: { ...counts, hi_pct: 50, goal_state: 1 }
    },
    { of: `target_1d ${at}`, tags: { group: 'pilot', target }, fields: { ...counts, goal_state: 2 } },
    {
      of: `target_1d ${at}`,
      tags: { ...placed, county: 'jingbian', area: 'jingbian', target },
      fields: undefinedShare
    }
  ])
  const rank = { scope: 'yulin', target: 'composite' }
  const score = { score: 25, hi_score: 75, total_n: 4, unknown_n: 2 }
  t.strictSame(only(points, 'rank_1m'), [
    {
      of: 'rank_1m 2026-11-01T00:00',
      tags: { ...placed, area: 'dingbian', ...rank },
      fields: { ...score, rank: 1, rank_last: 2, at_back: 1, bottom_periods: 2, named: 1 }
    },
    {
      of: 'rank_1m 2026-11-01T00:00',
      tags: { ...placed, county: 'jingbian', area: 'jingbian', ...rank },
      fields: { ...score, at_back: 0, bottom_periods: 0, named: 0 }
    }
  ])
  t.strictSame(only(points, 'milestone'), [
    { of: 'milestone 2026-10-20T00:00', tags: { stage: 'freeze' }, fields: { period: 202610 } },
    { of: 'milestone 2026-10-25T00:00', tags: { stage: 'publish' }, fields: { period: 202610 } }
  ])
})

void t.test('a past period is dated with its last day; nothing is said of one that was never judged', async t => {
  const { store, made } = madeStore({ judgedAt: nowMs, verdicts: [aVerdict()], shares: [aShare('yulin')] })
  const world = openWorld(store, 'influx', () => nowMs)
  const days = (points: readonly Point[]) => [
    ...new Set(points.map(({ measurement, atMs }) => `${measurement} ${localTime(atMs).slice(0, 10)}`))
  ]
  t.same(days(await world.periodPoints('2026-10')), [
    'school_1d 2026-10-19',
    'standing_1d 2026-10-19',
    'target_1d 2026-10-19',
    'milestone 2026-09-20',
    'milestone 2026-09-25',
    'milestone 2026-10-20',
    'milestone 2026-10-25'
  ])
  made.judgedAt = undefined
  t.same(
    (await world.periodPoints('2026-11')).filter(({ measurement }) => measurement !== 'milestone'),
    []
  )
})

void t.test('a county that moves before the day of its ranking is ranked once', async t => {
  let atMs = Date.parse('2026-11-25T10:00:00+08:00')
  const ranking = { scope: 'shaanxi', target: 'composite', ranked: true, reason: undefined, lines: [aLine('dingbian')] }
  const { store, made } = madeStore({ rankings: [{ period: '2026-12', ...ranking }] })
  const world = openWorld(store, 'influx', () => atMs)
  const ranks = async () => only(await world.periodPoints('2026-12'), 'rank_1m')
  const before = await ranks()
  made.areas = made.areas.map(area => (area.id === 'dingbian' ? { ...area, parent: 'shaanxi' } : area))
  made.ledger += 1
  t.same(await ranks(), before)
  atMs += 86_400_000
  t.same(await ranks(), before)
  t.match(before, [{ of: 'rank_1m 2026-12-01T00:00', tags: { city: 'yulin', county: 'dingbian' } }])
})

void t.test('what is gone is written over on its day with nothing in it, and left alone on the next', async t => {
  const { store, made } = madeStore({
    schools: [aSchool('s-1'), aSchool('s-2')],
    judgedAt: nowMs,
    verdicts: [aVerdict(), aVerdict({ school: 's-2' })],
    shares: [aShare('dingbian'), aShare('jingbian')]
  })
  const world = openWorld(store, 'influx', () => nowMs)
  const first = await world.periodPoints('2026-11')
  made.verdicts = [aVerdict()]
  made.shares = [aShare('dingbian')]
  const second = await world.periodPoints('2026-11')
  const key = ({ measurement, tags, atMs }: Point) => JSON.stringify([measurement, tags, atMs])
  t.same(new Set(second.map(key)), new Set(first.map(key)), 'the same series and times')
  t.match(second.find(({ tags }) => tags['school'] === 's-2' && tags['target'] === target)?.fields, {
    verdict: 3,
    applies: 0,
    known: 0
  })
  t.match(second.find(({ tags }) => tags['area'] === 'jingbian')?.fields, { total_n: 0, goal_state: 3 })
  t.equal((await world.periodPoints('2026-11')).length, second.length - 3, 'once is enough')
  made.judgedAt = nowMs + 86_400_000
  made.verdicts = []
  const third = await world.periodPoints('2026-11')
  t.same(
    third.filter(({ measurement }) => measurement === 'school_1d'),
    [],
    'another day, other figures'
  )
})
