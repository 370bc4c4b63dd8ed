import t from 'tap'
import { compositeOf, scoreOf, type AreaShare } from '../../../collector/verdicts/composite.ts'
import { rankAreas, type Ranking, type RankingInput, type Score } from '../../../collector/verdicts/ranking.ts'

/** met and unknown of 20 schools. */
const of20 = (area: string, met: number, unknown = 0, leftOut?: 'vacation'): Score => ({
  area,
  pct: (100 * met) / 20,
  hiPct: (100 * (met + unknown)) / 20,
  totalN: 20,
  unknownN: unknown,
  leftOut
})
const rank = (shares: readonly Score[], over: Partial<RankingInput> = {}): Ranking =>
  rankAreas({ period: '2026-11', scope: 'ordos', target: 'p/x', shares, back: 1, before: [], ...over })
const places = (ranking: Ranking): string[] =>
  ranking.lines.map(l => `${l.area} ${l.first}-${l.last}${l.tied.length > 0 ? ` = ${l.tied.join(' ')}` : ''}`)
const naming = (ranking: Ranking): string[] =>
  ranking.lines.map(l => `${l.area} ${l.atBack ? 'back' : '-'} ${l.backPeriods} ${l.naming}`)

void t.test('an area is behind another only if its unknowns could not save it', async t => {
  t.same(places(rank([of20('a', 10), of20('b', 4, 5), of20('c', 15)])), ['c 1-1', 'a 2-2', 'b 3-3'])
  t.same(places(rank([of20('a', 10), of20('b', 4, 6), of20('c', 15)])), ['c 1-1', 'a 2-3 = b', 'b 2-3 = a'])
  t.same(places(rank([of20('a', 0, 20), of20('b', 5), of20('c', 15)])), ['c 1-2 = a', 'a 1-3 = b c', 'b 2-3 = a'])
})

void t.test('equal shares share a place, and one school makes a difference', async t => {
  t.same(places(rank([of20('b', 7), of20('a', 7), of20('c', 8)])), ['c 1-1', 'a 2-3 = b', 'b 2-3 = a'])
  const thirds = { ...of20('a', 0), pct: (100 * 1) / 3, hiPct: (100 * 1) / 3 }
  const sixths = { ...of20('b', 0), pct: (100 * 2) / 6, hiPct: (100 * 2) / 6 }
  t.same(places(rank([thirds, sixths])), ['a 1-2 = b', 'b 1-2 = a'])
})

void t.test('an area is named in the second ranked period in which it is certainly at the back', async t => {
  const shares = [of20('a', 2, 3), of20('b', 6), of20('c', 9)]
  const first = rank(shares, { period: '2026-10' })
  t.same(naming(first), ['c - 0 none', 'b - 0 none', 'a back 1 none'])
  const second = rank(shares, { before: [first] })
  t.same(naming(second), ['c - 0 none', 'b - 0 none', 'a back 2 named'])
  t.match(naming(rank([of20('a', 2, 4), ...shares.slice(1)], { before: [first] })), [
    'c - 0 none',
    'a - 0 not_rankable',
    'b - 0 none'
  ])
  t.same(
    naming(
      rank(shares, {
        before: [
          { ...first, target: 'p/y' },
          { ...first, scope: 'other' }
        ]
      })
    ).at(-1),
    'a back 1 none'
  )
})

void t.test('a period that is not ranked is skipped: counts neither grow nor reset', async t => {
  const shares = [of20('a', 2), of20('b', 6)]
  const november = rank(shares, { period: '2026-11' })
  const january = rank(
    shares.map(share => ({ ...share, leftOut: 'vacation' as const })),
    { period: '2027-01', before: [november] }
  )
  t.match(january, { ranked: false, reason: 'vacation' })
  t.same(naming(january), ['a - 1 none', 'b - 0 none'])
  t.same(places(january), ['a 0-0', 'b 0-0'])
  t.same(naming(rank(shares, { period: '2027-02', before: [january, november] })), ['b - 0 none', 'a back 2 named'])
  t.same(naming(rank(shares, { period: '2027-02', before: [november, january] })).at(-1), 'a back 2 named')
})

void t.test('a period in which nobody could be compared resets nothing, also not of who was not there', async t => {
  const november = rank([of20('a', 2), of20('b', 6)], { period: '2026-11' })
  const december = rank([of20('b', 6)], { period: '2026-12', before: [november] })
  const january = rank([of20('a', 2), of20('b', 6)], { period: '2027-01', before: [december, november] })
  t.same(naming(january), ['b - 0 none', 'a back 2 named'])
})

void t.test('an area that was on vacation is left out, listed last, and keeps its count', async t => {
  const before = rank([of20('a', 2), of20('b', 6), of20('c', 9)], { period: '2026-10' })
  const ranking = rank([of20('a', 2, 0, 'vacation'), of20('b', 6), of20('c', 9)], { before: [before] })
  t.same(places(ranking), ['c 1-1', 'b 2-2', 'a 0-0'])
  t.same(naming(ranking), ['c - 0 none', 'b back 1 none', 'a - 1 none'])
  const after = rank([of20('a', 2), of20('b', 6), of20('c', 9)], { period: '2026-12', before: [ranking, before] })
  t.same(naming(after).at(-1), 'a back 2 named')
})

void t.test('one area is no ranking, and nobody is named among none', async t => {
  t.match(rank([of20('a', 2)]), { ranked: false, reason: 'too_few', lines: [{ first: 0, last: 0, naming: 'none' }] })
  t.match(rank([of20('a', 2), of20('b', 3, 0, 'vacation')]), { ranked: false, reason: 'vacation' })
  t.match(rank([]), { ranked: false, reason: 'too_few', lines: [] })
})

void t.test('more can be at the back than one, but never all', async t => {
  const shares = [of20('a', 1), of20('b', 2), of20('c', 9)]
  t.same(naming(rank(shares, { back: 2 })), ['c - 0 none', 'b back 1 none', 'a back 1 none'])
  t.same(naming(rank(shares, { back: 9 })), ['c - 0 none', 'b back 1 none', 'a back 1 none'])
  // Which of the two is last nobody knows, but that both are behind c is certain.
  t.same(naming(rank([of20('a', 1, 5), of20('b', 2, 5), of20('c', 9)], { back: 2 })), [
    'c - 0 none',
    'a back 1 none',
    'b back 1 none'
  ])
})

const share = (metN: number, totalN: number, over: Partial<AreaShare> = {}): AreaShare => ({
  area: 'a',
  metN,
  unknownN: 0,
  totalN,
  pct: totalN === 0 ? undefined : (100 * metN) / totalN,
  hiPct: totalN === 0 ? undefined : (100 * metN) / totalN,
  vacationN: 0,
  ...over
})

void t.test('the composite is the weighted mean of the targets that apply, whatever their order', async t => {
  const terms = [
    { weight: 2, share: share(1, 3, { unknownN: 1 }) },
    { weight: 1, share: share(3, 4) },
    { weight: 5, share: share(0, 0) }
  ]
  const want = { area: 'a', pct: 47.222222222, hiPct: 69.444444444, totalN: 7, unknownN: 1, leftOut: undefined }
  t.same(compositeOf('a', terms), want)
  t.same(compositeOf('a', terms.toReversed()), want)
  t.equal(compositeOf('a', [{ weight: 1, share: share(0, 0) }]), undefined)
  t.equal(compositeOf('a', []), undefined)
  t.match(compositeOf('a', [{ weight: 0.1, share: share(7, 7) }]), { pct: 100 })
})

void t.test('equal composites are equal, also where doubles would differ', async t => {
  const tenths = [0.1, 0.2, 0.3, 0.7].map((weight, i) => ({ weight, share: share(i + 1, 9) }))
  const same = tenths.map(({ weight, share: s }) => ({ weight, share: share(3 * s.metN, 27) }))
  t.equal(compositeOf('a', tenths)?.pct, compositeOf('b', same.toReversed())?.pct)
})

void t.test('an area is left out when more than half of its schools were on vacation', async t => {
  t.match(scoreOf(share(5, 10, { vacationN: 5 })), { leftOut: undefined })
  t.match(scoreOf(share(5, 10, { vacationN: 6 })), { leftOut: 'vacation' })
  t.equal(scoreOf(share(0, 0)), undefined)
  const weighted = (vacationN: number) => ({ weight: 1, share: share(5, 10, { vacationN }) })
  t.match(compositeOf('a', [weighted(10), weighted(0)]), { leftOut: undefined })
  t.match(compositeOf('a', [weighted(10), weighted(1)]), { leftOut: 'vacation' })
})
