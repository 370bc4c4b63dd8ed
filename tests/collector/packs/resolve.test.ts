import fc from 'fast-check'
import t from 'tap'
import { judgeSchool } from '../../../collector/verdicts/evaluate.ts'
import type { PackTarget } from '../../../collector/verdicts/pack.ts'
import { openTargets, targetsFor, type Jurisdiction } from '../../../collector/verdicts/resolve.ts'
import { evidence, school } from '../../rig/evidence.ts'
import { areas, jurisdiction, overriding, pack, targetFile } from './pack-rig.ts'

const other = pack('other')
const at = (where: Jurisdiction, area: string, period = '2026-11'): PackTarget | undefined =>
  targetsFor(where, area, period).find(target => target.key === 'other/x')
const keys = (where: Jurisdiction, area: string, period = '2026-11'): string[] =>
  targetsFor(where, area, period).map(target => target.key)

void t.test('packs of an area and of all above it add up, each target once', async t => {
  const both = jurisdiction(
    [pack('a'), pack('b')],
    [
      ['province', 'a'],
      ['city', 'b'],
      ['county', 'a']
    ]
  )
  t.same(keys(both, 'county'), ['a/x', 'b/x'])
  t.same(keys(both, 'city'), ['a/x', 'b/x'])
  t.same(keys(both, 'province'), ['a/x'])
  t.same(keys(both, 'nowhere'), [])
})

void t.test('scopes, packs and targets each have their own periods, first and last included', async t => {
  const packs = [
    pack('a', {
      from_period: '2026-02',
      to_period: '2026-09',
      targets: [targetFile('early', { to_period: '2026-04' }), targetFile('late', { from_period: '2026-05' })]
    })
  ]
  const where: Jurisdiction = {
    areas,
    packs,
    scopes: [{ area: 'city', pack: 'a', fromPeriod: '2026-03', toPeriod: '2026-10' }]
  }
  t.same(
    ['2026-02', '2026-03', '2026-04', '2026-05', '2026-09', '2026-10'].map(period =>
      keys(where, 'city', period).join()
    ),
    ['', 'a/early', 'a/early', 'a/late', 'a/late', '']
  )
})

void t.test(
  'a city says otherwise than its province, and a county otherwise than its city: the nearest wins, field by field',
  async t => {
    const where = jurisdiction(
      [
        other,
        overriding('city-pack', { goal_pct: 80, parameters: { tier_mbps: 500 } }),
        overriding('county-pack', { goal_pct: 70, applies_to: { attribute: 'zone', eq: 'rural' } })
      ],
      [
        ['province', 'other'],
        ['city', 'city-pack'],
        ['county', 'county-pack']
      ]
    )
    t.match(at(where, 'province'), { goal_pct: 90, parameters: { tier_mbps: 100 }, changes: [] })
    t.match(at(where, 'next'), { goal_pct: 80, parameters: { tier_mbps: 500 }, applies_to: { all: [] } })
    const county = at(where, 'county')
    t.match(county, { goal_pct: 70, parameters: { tier_mbps: 500 }, applies_to: { attribute: 'zone', eq: 'rural' } })
    t.same(
      county?.changes.map(({ pack, area, paragraph, fields }) => [pack, area, paragraph, ...fields]),
      [
        ['city-pack', 'city', '2', 'goal_pct', 'parameters/tier_mbps'],
        ['county-pack', 'county', '2', 'goal_pct', 'applies_to']
      ]
    )
  }
)

void t.test('a pack changes nothing where it does not rule, nor what rules only below it', async t => {
  const change = overriding('change', { goal_pct: 10 })
  const below = jurisdiction(
    [other, change],
    [
      ['city', 'other'],
      ['province', 'change']
    ]
  )
  t.equal(at(below, 'county')?.goal_pct, 90, 'the province does not speak about what only the city has')
  const beside = jurisdiction(
    [other, change],
    [
      ['city', 'other'],
      ['next', 'change']
    ]
  )
  t.equal(at(beside, 'county')?.goal_pct, 90)
  t.equal(at(beside, 'next')?.goal_pct, 10)
  const same = jurisdiction(
    [other, change],
    [
      ['city', 'other'],
      ['city', 'change']
    ]
  )
  t.equal(at(same, 'county')?.goal_pct, 10, 'packs of one area may change each other')
  const later = { ...same, packs: [other, { ...change, from_period: '2026-12' }] }
  t.equal(at(later, 'county', '2026-11')?.goal_pct, 90)
  t.equal(at(later, 'county', '2026-12')?.goal_pct, 10)
})

void t.test('a dropped target does not rule there and below, whatever is said nearer', async t => {
  const where = jurisdiction(
    [other, overriding('drops', { drop: true }), overriding('changes', { goal_pct: 50 })],
    [
      ['province', 'other'],
      ['city', 'drops'],
      ['county', 'changes']
    ]
  )
  t.same(keys(where, 'province'), ['other/x'])
  t.same(keys(where, 'next'), ['drops/own'])
  t.same(keys(where, 'county'), ['drops/own', 'changes/own'])
})

void t.test('two packs of one area that say different things change nothing, and nobody is judged by it', async t => {
  const where = (a: Record<string, unknown>, b: Record<string, unknown>): Jurisdiction =>
    jurisdiction(
      [other, overriding('q', b), overriding('p', a)],
      [
        ['city', 'other'],
        ['city', 'p'],
        ['city', 'q']
      ]
    )
  const clash = at(where({ goal_pct: 80, parameters: { tier_mbps: 500 } }, { goal_pct: 70 }), 'county')
  t.match(clash, { goal_pct: 90, parameters: { tier_mbps: 100 }, changes: [] }, 'it stands as its own pack has it')
  t.same(clash?.contradiction, { area: 'city', field: 'goal_pct', packs: ['p', 'q'], values: [80, 70] })
  const [verdict] = judgeSchool(evidence(), clash === undefined ? [] : [clash])
  t.match(verdict, {
    verdict: 'unknown',
    reason: 'pack_contradiction',
    facts: { area: 'city', field: 'goal_pct', pack_a: 'p', pack_b: 'q' }
  })
  const elsewhere = clash === undefined ? [] : [{ ...clash, applies_to: { attribute: 'stage', eq: 'high' } } as const]
  t.equal(judgeSchool(evidence({ school }), elsewhere)[0]?.verdict, 'not_applicable')
  t.equal(at(where({ goal_pct: 80 }, { goal_pct: 80 }), 'county')?.goal_pct, 80, 'saying the same is no contradiction')
  t.equal(at(where({ goal_pct: 80 }, { parameters: { tier_mbps: 500 } }), 'county')?.contradiction, undefined)
  t.equal(at(where({ drop: true }, { goal_pct: 80 }), 'county')?.contradiction?.field, 'drop')
  t.same(
    at(where({ parameters: { tier_mbps: 500 } }, { parameters: { tier_mbps: 10 } }), 'county')?.contradiction?.values,
    [500, 10]
  )
  const settled = where({ goal_pct: 80 }, { goal_pct: 70 })
  const county = {
    ...settled,
    packs: [...settled.packs, overriding('county-pack', { goal_pct: 60 })],
    scopes: [...settled.scopes, { area: 'county', pack: 'county-pack' }]
  }
  t.equal(at(county, 'county')?.goal_pct, 60, 'a nearer area has the last word')
  t.equal(at(county, 'next')?.contradiction?.field, 'goal_pct')
})

void t.test('a target knows its weight, how many can be named, and the version of its pack', async t => {
  const ranked = pack('a', {
    version: 3,
    targets: [targetFile('x'), targetFile('constructor')],
    ranking: { weights: { x: 2 }, back: 4 }
  })
  t.same(
    targetsFor(
      jurisdiction(
        [ranked, other],
        [
          ['city', 'a'],
          ['city', 'other']
        ]
      ),
      'city',
      '2026-11'
    ).map(({ key, rankWeight, back, packVersion }) => [key, rankWeight, back, packVersion]),
    [
      ['a/x', 2, 4, 3],
      ['a/constructor', 0, 4, 3],
      ['other/x', 0, 1, 1]
    ]
  )
})

void t.test(
  'whatever stands in the store, the same targets come out in any order of packs and scopes, and none twice',
  async t => {
    const change = fc.constantFrom(
      { goal_pct: 80 },
      { goal_pct: 70 },
      { drop: true },
      { parameters: { tier_mbps: 500 } },
      { applies_to: { attribute: 'larger', eq: true } },
      { drop: true, goal_pct: 5 }
    )
    const place = fc.constantFrom('province', 'city', 'county')
    const any = fc.record({
      packs: fc.array(fc.record({ change, drop: fc.boolean() }), { maxLength: 4 }),
      scopes: fc.array(fc.tuple(place, fc.constantFrom('other', 'p0', 'p1', 'p2', 'p3')), { maxLength: 8 }),
      turn: fc.boolean()
    })
    fc.assert(
      fc.property(any, ({ packs, scopes }) => {
        const where = jurisdiction([other, ...packs.map((one, i) => overriding(`p${i}`, one.change))], scopes)
        const turned = { areas, packs: where.packs.toReversed(), scopes: where.scopes.toReversed() }
        const sorted = (list: readonly PackTarget[]): string =>
          JSON.stringify(list.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
        const found = targetsFor(where, 'county', '2026-11')
        return (
          sorted(found) === sorted(targetsFor(turned, 'county', '2026-11')) &&
          new Set(found.map(({ key }) => key)).size === found.length &&
          sorted(found) === sorted(openTargets(where, '2026-11')('county'))
        )
      }),
      { numRuns: 300, seed: 5 }
    )
    t.pass()
  }
)
