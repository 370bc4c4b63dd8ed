import type { Ranking, RankingInput, RankLine, Score } from './ranking.ts'

type Back = Pick<RankLine, 'atBack' | 'backPeriods' | 'naming'>

/**
 * Who is at the back (排名靠后) and who is named for it (通报), by area id. The back set are the N areas with the least share; one of it is certainly
 * at the back only if with every unknown met it would stay under the first area outside, and named only if it was so in the last ranked period too.
 * Unknowns can therefore only keep an area from being named. Where nothing is ranked, and for an area left out, counts stay as they were.
 */
export const backOf = (compared: readonly Score[], input: RankingInput): ((area: string) => Back) => {
  const before = countsBefore(input)
  const upwards = compared.toSorted(leastFirst)
  const size = Math.min(input.back, upwards.length - 1)
  const outside = upwards[size]
  const inside = new Map(upwards.slice(0, Math.max(0, size)).map(score => [score.area, score]))
  const takesPart = new Set(compared.length >= 2 ? compared.map(score => score.area) : [])
  return area => {
    const known = before.get(area) ?? 0
    if (!takesPart.has(area)) return { atBack: false, backPeriods: known, naming: 'none' }
    const score = inside.get(area)
    if (score === undefined || outside === undefined) return { atBack: false, backPeriods: 0, naming: 'none' }
    const atBack = score.hiPct < outside.pct
    return {
      atBack,
      backPeriods: atBack ? known + 1 : 0,
      naming: !atBack ? 'not_rankable' : known > 0 ? 'named' : 'none'
    }
  }
}

const leastFirst = (a: Score, b: Score): number => a.pct - b.pct || a.hiPct - b.hiPct || (a.area < b.area ? -1 : 1)

/** Area → its count in the last ranked period. An area that the target did not apply to then begins anew; one that was left out kept its count. */
const countsBefore = ({ period, scope, target, before }: RankingInput): Map<string, number> => {
  const ranked = before.filter(one => one.ranked && one.scope === scope && one.target === target && one.period < period)
  const last = ranked.reduce<Ranking | undefined>(
    (newest, one) => (newest === undefined || newest.period < one.period ? one : newest),
    undefined
  )
  return new Map((last?.lines ?? []).map(line => [line.area, line.backPeriods]))
}
