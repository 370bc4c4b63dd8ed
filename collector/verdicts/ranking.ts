import { backOf } from './naming.ts'
import type { Share } from './verdict.ts'

/** The target of the ranking over all targets by the packs' weights. */
export const compositeTarget = 'composite'

/** The children of one area, ranked by what is known about one target (or by all of them together). Pure data: everything a page prints. */
export interface Ranking {
  readonly period: string
  /** The area whose children are compared. */
  readonly scope: string
  /** Target key, or `composite`. */
  readonly target: string
  /** False: carried over (`vacation`), or fewer than two areas to compare (`too_few`). Lines then have no places, and bottom counts neither grow nor reset. */
  readonly ranked: boolean
  readonly reason: 'vacation' | 'too_few' | undefined
  /** Best first: by first place, last place, id. */
  readonly lines: readonly RankLine[]
}

export interface RankLine {
  readonly area: string
  /** Share met, percent; of `composite` the weighted mean. */
  readonly pct: number
  /** What it could be at most. */
  readonly hiPct: number
  readonly totalN: number
  readonly unknownN: number
  /** Best and worst place that what is known allows; equal when certain. 0 in a ranking that is not ranked, and for an area left out. */
  readonly first: number
  readonly last: number
  /** Areas with which it shares places because the intervals overlap or are equal, in id order. */
  readonly tied: readonly string[]
  /** Left out of the comparison: most of its schools had fewer than 5 school days. */
  readonly leftOut: 'vacation' | undefined
  /** Certainly at the back (排名靠后) in this period. */
  readonly atBack: boolean
  /** Ranked periods in a row, this one included, in which it was certainly at the back. */
  readonly backPeriods: number
  /** 通报: certainly at the back in this and the last ranked period. `not_rankable`: among the last by what is met, but unknowns could lift it out. */
  readonly naming: 'named' | 'not_rankable' | 'none'
}

/** What a ranking is made of. */
export interface RankingInput {
  readonly period: string
  readonly scope: string
  readonly target: string
  /** Shares of the areas that are compared, one each; the target must apply to at least one school of each. */
  readonly shares: readonly Score[]
  /** How many areas at the back can be named. */
  readonly back: number
  /** The same ranking in earlier periods, newest first; unranked ones are skipped. */
  readonly before: readonly Ranking[]
}

/** A share, or a weighted mean of shares, with what decides whether the area takes part. */
export interface Score extends Pick<Share, 'area' | 'totalN' | 'unknownN'> {
  readonly pct: number
  readonly hiPct: number
  readonly leftOut: 'vacation' | undefined
}

/**
 * Ranks areas by the interval [pct, hiPct]: one is behind another only if with every unknown of its own met, and none of the other's, it
 * would still be under it. Equal intervals share places, and so do overlapping ones. Shares are compared as the doubles 100·n/d, which are the
 * same for equal fractions and never the wrong way round. The order of the input changes nothing.
 */
export const rankAreas = (input: RankingInput): Ranking => {
  const { period, scope, target } = input
  const compared = input.shares.filter(score => score.leftOut === undefined)
  const ranked = compared.length >= 2
  const back = backOf(compared, input)
  const lines = input.shares.map((score): RankLine => {
    const takesPart = ranked && score.leftOut === undefined
    const ahead = compared.filter(other => isBehind(score, other)).length
    const behind = compared.filter(other => isBehind(other, score)).length
    return {
      area: score.area,
      pct: score.pct,
      hiPct: score.hiPct,
      totalN: score.totalN,
      unknownN: score.unknownN,
      first: takesPart ? 1 + ahead : 0,
      last: takesPart ? compared.length - behind : 0,
      tied: takesPart ? tiedWith(score, compared) : [],
      leftOut: score.leftOut,
      ...back(score.area)
    }
  })
  return {
    period,
    scope,
    target,
    ranked,
    reason: ranked ? undefined : input.shares.length > compared.length ? 'vacation' : 'too_few',
    lines: lines.toSorted(bestFirst)
  }
}

/** Certainly, whatever the unknowns turn out to be. */
const isBehind = (a: Score, b: Score): boolean => a.hiPct < b.pct

const tiedWith = (score: Score, compared: readonly Score[]): string[] =>
  compared
    .filter(other => other.area !== score.area && !isBehind(score, other) && !isBehind(other, score))
    .map(other => other.area)
    .sort()

/** Areas without places last. */
const bestFirst = (a: RankLine, b: RankLine): number =>
  Number(a.leftOut !== undefined) - Number(b.leftOut !== undefined) ||
  a.first - b.first ||
  a.last - b.last ||
  (a.area < b.area ? -1 : 1)
