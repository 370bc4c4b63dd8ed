import fc from 'fast-check'
import t from 'tap'
import { rankAreas, type Ranking, type Score } from '../../collector/verdicts/ranking.ts'

/**
 * The truth about a ranking: every unknown is met or missed, and nobody knows which. All ways in which they can turn out are tried, and the
 * ranking may say nothing that is false in one of them, nor less than what is true in all of them.
 */
interface Known {
  readonly met: number
  readonly unknown: number
  readonly total: number
}

const area = fc
  .record({ total: fc.integer({ min: 1, max: 6 }), met: fc.nat(6), unknown: fc.nat(3) })
  .map(({ total, met, unknown }): Known => {
    const some = Math.min(met, total)
    return { total, met: some, unknown: Math.min(unknown, total - some) }
  })
const month = fc.array(area, { minLength: 2, maxLength: 4 })

const scoreOf = ({ met, unknown, total }: Known, i: number): Score => ({
  area: `a-${i}`,
  pct: (100 * met) / total,
  hiPct: (100 * (met + unknown)) / total,
  totalN: total,
  unknownN: unknown,
  leftOut: undefined
})

const rank = (period: string, areas: readonly Known[], back: number, before: readonly Ranking[] = []): Ranking =>
  rankAreas({ period, scope: 'root', target: 'p/x', shares: areas.map(scoreOf), back, before })

/** Counts of met schools of each area, for every way in which the unknowns can turn out. */
const resolutions = (areas: readonly Known[]): number[][] =>
  areas.reduce<number[][]>(
    (ways, { met, unknown }) =>
      ways.flatMap(way => Array.from({ length: unknown + 1 }, (_, lucky) => [...way, met + lucky])),
    [[]]
  )

/** Places in one world where everything is known: how many are strictly ahead, and how many are not behind. */
const placesIn = (areas: readonly Known[], way: readonly number[], i: number): { best: number; worst: number } => {
  const beats = (a: number, b: number): boolean =>
    (way[a] ?? 0) * (areas[b]?.total ?? 1) > (way[b] ?? 0) * (areas[a]?.total ?? 1)
  const others = areas.map((_, j) => j).filter(j => j !== i)
  return {
    best: 1 + others.filter(j => beats(j, i)).length,
    worst: areas.length - others.filter(j => beats(i, j)).length
  }
}

const runs = { numRuns: 400, seed: 4 }

void t.test(
  'first and last are the best and the worst place of all ways in which the unknowns can turn out',
  async t => {
    fc.assert(
      fc.property(month, areas => {
        const ways = resolutions(areas)
        const { lines } = rank('2026-11', areas, 1)
        return areas.every((_, i) => {
          const places = ways.map(way => placesIn(areas, way, i))
          const line = lines.find(one => one.area === `a-${i}`)
          return (
            line?.first === Math.min(...places.map(place => place.best)) &&
            line.last === Math.max(...places.map(place => place.worst))
          )
        })
      }),
      runs
    )
    t.pass()
  }
)

void t.test('an area is certainly at the back exactly if it is among the last in every way', async t => {
  fc.assert(
    fc.property(month, fc.integer({ min: 1, max: 5 }), (areas, back) => {
      const n = Math.min(back, areas.length - 1)
      const { lines } = rank('2026-11', areas, back)
      return areas.every((_, i) => {
        const always = resolutions(areas).every(way => placesIn(areas, way, i).best > areas.length - n)
        return lines.find(one => one.area === `a-${i}`)?.atBack === always
      })
    }),
    runs
  )
  t.pass()
})

void t.test('a named area is among the last in every way of both of the last two ranked periods', async t => {
  let named = 0
  fc.assert(
    fc.property(month, month, fc.boolean(), (october, december, vacation) => {
      const first = rank('2026-10', october, 1)
      // Between them lies a period that is not ranked.
      const between = rankAreas({
        period: '2026-11',
        scope: 'root',
        target: 'p/x',
        shares: october.map((known, i) => ({ ...scoreOf(known, i), leftOut: vacation ? 'vacation' : undefined })),
        back: 1,
        before: [first]
      })
      const before = vacation ? [between, first] : [first]
      return rank('2026-12', december, 1, before).lines.every(line => {
        if (line.naming !== 'named') return true
        named++
        const i = Number(line.area.slice(2))
        return [october, december].every(areas =>
          resolutions(areas).every(way => placesIn(areas, way, i).best === areas.length)
        )
      })
    }),
    { ...runs, numRuns: 1500 }
  )
  t.ok(named > 50, `areas were named at all: ${named}`)
})
