import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { addDays } from '../../collector/calendar/day.ts'
import { periodNamed, type Period } from '../../collector/calendar/period.ts'
import { openCalendars } from '../../collector/calendar/school-calendar.ts'
import { figuresOf, type Figures } from '../../collector/judgement/figures.ts'
import type { AreaRow } from '../../collector/ledger/ledger.ts'
import { loadPacks, packOf } from '../../collector/ledger/load.ts'
import { judgeSchool, targetsFor } from '../../collector/verdicts/evaluate.ts'
import type { Ranking } from '../../collector/verdicts/ranking.ts'
import type { SchoolEvidence, Verdict, VerdictBefore } from '../../collector/verdicts/verdict.ts'
import type { TierTest } from '../../collector/verdicts/uplink/tier-test.ts'
import { answered, check, device, evidence, fact, period, rollup } from '../rig/evidence.ts'
import { fail, pass, uplinkRow } from '../rig/tier-tests.ts'

/** The packs and calendars that the product comes with. */
const deploy = join(import.meta.dirname, '../../deploy')
const packs = loadPacks(join(deploy, 'targets')).map(packOf)
const calendars = openCalendars(
  ['cn-2026.yaml', 'cn-2027.yaml', 'terms.yaml'].map(name => ({
    scope: '',
    name,
    text: readFileSync(join(deploy, 'calendars', name), 'utf8')
  })),
  []
)

const areas: AreaRow[] = ['region', 'a', 'b'].map(id => ({
  id,
  parent: id === 'region' ? undefined : 'region',
  level: id === 'region' ? 'province' : 'county',
  name: id,
  nameEn: undefined
}))
const ruledBy = (...names: readonly string[]) => ({
  areas,
  packs,
  scopes: names.map(pack => ({ area: 'region', pack, fromPeriod: '2000-01', toPeriod: undefined }))
})

/** So many schools of each kind: schools of a kind have the same evidence, so each kind is judged once. */
const figuresFor = (
  month: Period,
  pack: string,
  kinds: readonly { n: number; area: string; evidence: SchoolEvidence }[],
  before: readonly Ranking[] = []
): Figures & { verdicts: readonly Verdict[] } => {
  const jurisdiction = ruledBy(pack)
  const verdicts = kinds.flatMap(({ n, area, evidence: e }, kind) => {
    const judged = judgeSchool({ ...e, school: { ...e.school, area } }, targetsFor(jurisdiction, area, month.name))
    return Array.from({ length: n }, (_, i) => judged.map(verdict => ({ ...verdict, school: `k-${kind}-${i}` }))).flat()
  })
  const schools = kinds.flatMap(({ n, area }, kind) =>
    Array.from({ length: n }, (_, i) => ({ id: `k-${kind}-${i}`, area }))
  )
  return { ...figuresOf({ period: month, jurisdiction, groups: [], schools }, verdicts, before), verdicts }
}
const shareOf = (figures: Figures, target: string, area = 'region') =>
  figures.shares.find(share => share.area === area && share.target === target)

const gateway = device('gw-1', { uploadPath: 'other' })
const nights = Array.from({ length: 31 }, (_, i) => i)

const asOfMs = period.toMs
const tested = (tierTests: readonly TierTest[]): SchoolEvidence =>
  evidence({ asOfMs, devices: [gateway], uplinks: [uplinkRow()], tierTests })
const [fast, slow, untested] = [
  tested(nights.map(night => pass(night))),
  tested(nights.map(night => fail(night))),
  tested([])
]

void t.test('uplinks of 100 Mbit/s: 74 % of the schools, then 96.86 %', async t => {
  const target = 'inner-mongolia-2020/uplink-100'
  const then = figuresFor(period, 'inner-mongolia-2020', [
    { n: 3_700, area: 'a', evidence: fast },
    { n: 1_000, area: 'a', evidence: slow },
    { n: 300, area: 'b', evidence: untested }
  ])
  t.match(shareOf(then, target), { metN: 3_700, missedN: 1_000, unknownN: 300, totalN: 5_000, pct: 74, hiPct: 80 })
  const now = figuresFor(period, 'inner-mongolia-2020', [
    { n: 4_843, area: 'a', evidence: fast },
    { n: 157, area: 'a', evidence: slow }
  ])
  const share = shareOf(now, target)
  t.match(share, { pct: 96.86, hiPct: 96.86, goalPct: 96.86 })
  t.ok((share?.pct ?? 0) >= (share?.goalPct ?? 100), 'exactly the goal is the goal')
})

const online = evidence({
  asOfMs,
  rollups: [0, 1, 2].flatMap(i => [1, 2].map(id => answered(addDays(period.firstDay, i), id)))
})
const withoutLine = evidence({ asOfMs, facts: [fact('access', 'none')] })

void t.test('broadband access: 92 % of the schools, then all of them', async t => {
  const target = 'inner-mongolia-2020/broadband-access'
  const then = figuresFor(period, 'inner-mongolia-2020', [
    { n: 92, area: 'a', evidence: online },
    { n: 8, area: 'b', evidence: withoutLine }
  ])
  t.match(shareOf(then, target), { pct: 92, hiPct: 92, totalN: 100 })
  t.match(shareOf(then, target, 'b'), { pct: 0, hiPct: 0 })
  const now = figuresFor(period, 'inner-mongolia-2020', [{ n: 100, area: 'a', evidence: online }])
  t.match(shareOf(now, target), { pct: 100, goalPct: 100, unknownN: 0 })
})

/** In-hours samples of one panel on every weekday: `good` of 20. */
const sampled = (good: number): SchoolEvidence => {
  const counts = { ok: good, degraded: 0, failed: 20 - good, unavailable: 0 }
  const base = evidence({ asOfMs })
  return {
    ...base,
    checks: [check(1, { probe: 'ipv6', place: '' })],
    rollups: base.schoolDays.map(day => {
      const row = rollup(day, 1, { counts, place: '' })
      return { ...row, last: { ...row.last, labels: { vantage: 'user' } } }
    })
  }
}

void t.test(
  'IPv6: exactly 80 % of the samples is a school that is met, exactly 70 % of the schools is a goal that is met',
  async t => {
    const target = 'yulin-2022/ipv6'
    const figures = figuresFor(period, 'yulin-2022', [
      { n: 7, area: 'a', evidence: sampled(16) },
      { n: 3, area: 'a', evidence: sampled(15) }
    ])
    const share = shareOf(figures, target)
    t.match(share, { metN: 7, missedN: 3, pct: 70, hiPct: 70, goalPct: 70 })
    t.ok((share?.pct ?? 0) >= (share?.goalPct ?? 100))
    const fewer = figuresFor(period, 'yulin-2022', [
      { n: 699, area: 'a', evidence: sampled(16) },
      { n: 301, area: 'a', evidence: sampled(15) }
    ])
    t.notOk((shareOf(fewer, target)?.pct ?? 100) >= 70, 'one school of a thousand fewer is not')
  }
)

const schoolDays = (name: string): string[] => calendars.of({ id: 's-1', area: 'region' }).schoolDays(periodNamed(name))

for (const months of [
  ['2026-12', '2027-01', '2027-02', '2027-03', '2027-04'],
  ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10']
])
  void t.test(`${months[2] ?? ''} is a vacation: carried over, not ranked, and counts stay as they were`, async t => {
    const target = 'inner-mongolia-2020/broadband-access'
    const rankings: Ranking[] = []
    const told: string[] = []
    let before: Record<string, VerdictBefore[]> = {}
    for (const name of months) {
      const month = periodNamed(name)
      const days = schoolDays(name)
      const seen = { period: month, asOfMs: month.toMs, schoolDays: days }
      const at = (i: number) => addDays(month.firstDay, i)
      const kinds = [
        { n: 3, area: 'a', evidence: evidence({ ...seen, facts: [fact('access', 'none', '2026-01-01')] }) },
        // On vacation nobody is there: no readings.
        {
          n: 3,
          area: 'b',
          evidence: evidence({
            ...seen,
            rollups: days.length < 5 ? [] : [0, 1, 2].flatMap(i => [1, 2].map(id => answered(at(i), id)))
          })
        }
      ].map(kind => ({ ...kind, evidence: { ...kind.evidence, before: before[kind.area] ?? [] } }))
      const figures = figuresFor(month, 'inner-mongolia-2020', kinds, rankings)
      rankings.push(...figures.rankings)
      const last = (kind: string) =>
        figures.verdicts
          .filter(verdict => verdict.school === kind)
          .map(({ target, verdict, reason }) => ({ target, verdict, reason, period: name }))
      before = { a: last('k-0-0'), b: last('k-1-0') }
      const ranking = figures.rankings.find(one => one.target === target)
      const behind = ranking?.lines.find(one => one.area === 'a')
      const verdict = figures.verdicts.find(one => one.school === 'k-1-0' && one.target === target)
      told.push(
        `${name} ${days.length < 5 ? 'vacation' : 'school'}: ${String(verdict?.verdict)} ${verdict?.reason ?? ''}, ` +
          `${ranking?.ranked === true ? 'ranked' : (ranking?.reason ?? '')}, a ${behind?.backPeriods ?? '–'} ${behind?.naming ?? ''}`
      )
      t.match(shareOf(figures, target), { pct: 50, totalN: 6 })
    }
    const [first, second, vacation, third, fourth] = months
    t.same(told, [
      `${first ?? ''} school: met off_site_answers, ranked, a 1 none`,
      `${second ?? ''} school: met off_site_answers, ranked, a 2 named`,
      `${vacation ?? ''} vacation: met vacation, vacation, a 2 none`,
      `${third ?? ''} school: met off_site_answers, ranked, a 3 named`,
      `${fourth ?? ''} school: met off_site_answers, ranked, a 4 named`
    ])
  })

void t.test(
  'January to February and July to August have fewer than 5 school days in every year of the calendars',
  async t => {
    for (const name of ['2026-02', '2026-08', '2027-02', '2027-08']) t.ok(schoolDays(name).length < 5, name)
    for (const name of ['2026-01', '2026-03', '2026-07', '2026-09', '2026-11']) t.ok(schoolDays(name).length >= 5, name)
  }
)
