import fc from 'fast-check'
import t from 'tap'
import type { AreaRow, SchoolRow } from '../../collector/ledger/ledger.ts'
import { appliesTo, AppliesTo } from '../../collector/verdicts/applies.ts'
import { areasWithin, lineOf } from '../../collector/verdicts/area-line.ts'
import { judgeSchool, sharesOf, targetsFor } from '../../collector/verdicts/evaluate.ts'
import { inForce, type Pack, type PackTarget } from '../../collector/verdicts/pack.ts'
import { verdictWords, type Verdict } from '../../collector/verdicts/verdict.ts'
import { parse, fits } from '../../contract/parse.ts'
import { evidence, fact, school } from '../rig/evidence.ts'

const area = (id: string, parent?: string): AreaRow => ({ id, parent, level: 'county', name: id, nameEn: undefined })
const areas = [area('city'), area('a', 'city'), area('b', 'city'), area('a-1', 'a')]

void t.test('an area’s line ends even in a ledger that goes round', t => {
  t.same(lineOf(areas, 'a-1'), ['a-1', 'a', 'city'])
  t.same(lineOf([area('x', 'y'), area('y', 'x')], 'x'), ['x', 'y'])
  t.same(lineOf(areas, 'unknown'), ['unknown'])
  t.same([...areasWithin(areas, 'a')], ['a', 'a-1'])
  t.same([...areasWithin(areas, undefined)], ['city', 'a', 'b', 'a-1'])
  t.same([...areasWithin(areas, 'unknown')], [])
  t.end()
})

void t.test('a target applies by the school’s attributes', t => {
  const of = (over: Partial<SchoolRow>): SchoolRow => ({ ...school, ...over })
  const cases: [unknown, Partial<SchoolRow>, boolean][] = [
    [{ all: [] }, {}, true],
    [{ any: [] }, {}, false],
    [{ attribute: 'stage', eq: 'primary' }, {}, true],
    [{ attribute: 'stage', in: ['high', 'middle'] }, {}, false],
    [{ not: { attribute: 'stage', in: ['high'] } }, {}, true],
    [{ attribute: 'pupils', gte: 100 }, { pupils: 100 }, true],
    [{ attribute: 'pupils', gte: 100, lt: 200 }, { pupils: 200 }, false],
    [{ attribute: 'pupils', gte: 0 }, {}, false],
    [{ attribute: 'pupils', lt: 100 }, {}, false],
    [{ attribute: 'larger', eq: true }, {}, true],
    [{ attribute: 'township_central', eq: true }, {}, false],
    [{ attribute: 'larger', eq: 'true' }, {}, false],
    [{ attribute: 'stage', gte: 1 }, {}, false],
    [
      {
        all: [
          { attribute: 'zone', eq: 'rural' },
          {
            any: [
              { attribute: 'larger', eq: true },
              { attribute: 'stage', eq: 'high' }
            ]
          }
        ]
      },
      {},
      true
    ],
    [{ any: [{ all: [{ attribute: 'zone', eq: 'town' }] }, { not: { attribute: 'zone', eq: 'town' } }] }, {}, true]
  ]
  for (const [rule, over, want] of cases)
    t.equal(appliesTo(parse(AppliesTo, rule, 'rule'), of(over)), want, JSON.stringify(rule))
  t.notOk(fits(AppliesTo, { attribute: 'phone', eq: 'x' }))
  t.notOk(fits(AppliesTo, { all: [{ all: [{ all: [] }] }] }), 'two levels are all there is')
  t.end()
})

const target = (over: Partial<PackTarget> = {}): PackTarget => ({
  id: 'x',
  key: 'p/x',
  pack: 'p',
  title: { zh: '某', en: 'x' },
  packTitle: { zh: '某', en: 'p' },
  packVersion: 1,
  document: 'd',
  rankWeight: 0,
  back: 1,
  changes: [],
  contradiction: undefined,
  paragraph: '1',
  indicator: 'broadband-access',
  level: 'school',
  applies_to: { all: [] },
  goal_pct: 90,
  ...over
})

void t.test('a target without a rule is unknown, one that does not apply is neither met nor missed', t => {
  const verdicts = judgeSchool(evidence(), [
    target(),
    target({ indicator: 'no-such-rule' }),
    target({ indicator: 'constructor' }),
    target({ applies_to: { attribute: 'stage', eq: 'high' } })
  ])
  t.same(
    verdicts.map(v => [v.verdict, v.reason, v.ruleVersion]),
    [
      ['unknown', 'no_readings', 'broadband-access/2'],
      ['unknown', 'no_rule', 'none'],
      ['unknown', 'no_rule', 'none'],
      ['not_applicable', 'not_applicable', 'broadband-access/2']
    ]
  )
  t.end()
})

void t.test('with fewer than five school days nothing is judged: what was said before is carried over', t => {
  const short = { schoolDays: evidence().schoolDays.slice(0, 4) }
  const said = (over: Parameters<typeof evidence>[0], one = target()) => {
    const [verdict] = judgeSchool(evidence(over), [one])
    return verdict === undefined ? [] : [verdict.verdict, verdict.reason, verdict.facts, verdict.n, verdict.expectedN]
  }
  const before = (verdict: Verdict['verdict'], over = {}) => ({
    before: [{ target: 'p/x', verdict, reason: 'why', period: '2026-07', ...over }]
  })
  const facts = { from_period: '2026-07', carried_reason: 'why' }
  const proof = { facts: [fact('access', 'none')] }
  for (const word of ['met', 'missed', 'unknown'] as const)
    t.same(said({ ...short, ...proof, ...before(word) }), [word, 'vacation', facts, 0, 0])
  t.same(said(short), ['unknown', 'vacation', {}, 0, 0])
  t.same(said({ ...short, ...before('met', { target: 'p/y' }) }), ['unknown', 'vacation', {}, 0, 0])
  t.same(
    said({ ...short, ...before('not_applicable') }),
    ['unknown', 'vacation', {}, 0, 0],
    'it stays in the denominator'
  )
  t.equal(
    said({ ...short, ...before('met') }, target({ applies_to: { attribute: 'stage', eq: 'high' } }))[0],
    'not_applicable'
  )
  const five = { schoolDays: evidence().schoolDays.slice(0, 5) }
  t.equal(said({ ...five, ...proof, ...before('met') })[0], 'missed', 'five days are enough')
  t.end()
})

void t.test('a pack rules its area and all below, in its periods', t => {
  const pack = (id: string, from_period: string, to_period?: string): Pack => ({
    id,
    title: { zh: id, en: id },
    document: 'd',
    from_period,
    ...(to_period === undefined ? {} : { to_period }),
    targets: [target()]
  })
  const jurisdiction = {
    areas,
    packs: [pack('old', '2020-01', '2025-12'), pack('new', '2026-01'), pack('other', '2020-01')],
    scopes: [
      { area: 'city', pack: 'old' },
      { area: 'city', pack: 'new' },
      { area: 'b', pack: 'other' },
      { area: 'a', pack: 'gone' }
    ]
  }
  const keys = (where: string, period: string) => targetsFor(jurisdiction, where, period).map(one => one.key)
  t.same(keys('a-1', '2025-12'), ['old/x'])
  t.same(keys('a-1', '2026-01'), ['new/x'])
  t.same(keys('b', '2026-01'), ['new/x', 'other/x'])
  t.same(keys('city', '2019-12'), [])
  t.ok(inForce(pack('p', '2026-01', '2026-01'), '2026-01'))
  t.end()
})

const verdictOf = (id: string, word: Verdict['verdict']): Verdict => ({
  school: id,
  target: 'p/x',
  indicator: 'x',
  verdict: word,
  reason: 'x',
  n: 0,
  expectedN: 0,
  facts: {},
  excluded: {},
  evidence: [],
  asOfMs: 0,
  ruleVersion: 'x'
})

void t.test('shares: every school counts once, in its area and all above, and silence stays in the denominator', t => {
  const city = fc.array(
    fc.record({ area: fc.constantFrom('city', 'a', 'b', 'a-1'), word: fc.constantFrom(...verdictWords) }),
    { maxLength: 40 }
  )
  fc.assert(
    fc.property(city, list => {
      const schools = list.map(({ area }, i) => ({ id: `s-${i}`, area }))
      const shares = sharesOf(
        areas,
        schools,
        list.map(({ word }, i) => verdictOf(`s-${i}`, word)),
        new Map([['p/x', 90]])
      )
      const inside: Record<string, string[]> = {
        city: ['city', 'a', 'b', 'a-1'],
        a: ['a', 'a-1'],
        b: ['b'],
        'a-1': ['a-1']
      }
      return Object.entries(inside).every(([id, within]) => {
        const n = (word: string) => list.filter(one => within.includes(one.area) && one.word === word).length
        const share = shares.find(one => one.area === id)
        const [met, missed, unknown, none] = ['met', 'missed', 'unknown', 'not_applicable'].map(n)
        if (share === undefined) return met === 0 && missed === 0 && unknown === 0 && none === 0
        const total = share.metN + share.missedN + share.unknownN
        return (
          share.metN === met &&
          share.missedN === missed &&
          share.unknownN === unknown &&
          share.notApplicableN === none &&
          share.totalN === total &&
          share.goalPct === 90 &&
          (total === 0
            ? share.pct === undefined && share.hiPct === undefined
            : share.pct === (100 * share.metN) / total && share.hiPct === (100 * (share.metN + share.unknownN)) / total)
        )
      })
    }),
    { numRuns: 300, seed: 7 }
  )
  t.pass()
  t.end()
})

void t.test('a group has shares like an area, of its own schools wherever they are', t => {
  const schools = ['s-1', 's-2', 's-3'].map((id, i) => ({ id, area: i === 0 ? 'a-1' : 'b' }))
  const verdicts = schools.map(({ id }, i) => verdictOf(id, i === 2 ? 'unknown' : 'met'))
  const groups = [{ id: 'pilot', schools: ['s-1', 's-3', 's-3', 'gone'] }]
  const shares = sharesOf(
    areas,
    schools,
    verdicts,
    (area, target) => (area === 'b' ? target.length : undefined),
    groups
  )
  t.match(
    shares.find(one => one.area === 'group:pilot'),
    { metN: 1, unknownN: 1, totalN: 2, goalPct: 100 }
  )
  t.match(
    shares.find(one => one.area === 'b'),
    { totalN: 2, goalPct: 3 }
  )
  t.end()
})

void t.test('a share knows its bounds', t => {
  const schools = ['s-1', 's-2', 's-3', 's-4'].map(id => ({ id, area: 'a-1' }))
  const words = ['met', 'unknown', 'unknown', 'missed'] as const
  const [share] = sharesOf(
    areas,
    schools,
    words.map((word, i) => verdictOf(`s-${i + 1}`, word)),
    new Map()
  )
  t.match(share, { area: 'a-1', pct: 25, hiPct: 75, totalN: 4, goalPct: 100 })
  t.end()
})
