import type { Score } from './ranking.ts'
import type { Share } from './verdict.ts'

/** A share of one target in an area, and how many of its schools had too few school days to be judged. */
export interface AreaShare extends Pick<Share, 'area' | 'metN' | 'unknownN' | 'totalN' | 'pct' | 'hiPct'> {
  /** Verdicts carried over with reason `vacation`. */
  readonly vacationN: number
}

/** What an area brings to the ranking of one target; undefined where it applies to none of its schools. */
export const scoreOf = (share: AreaShare): Score | undefined =>
  share.pct === undefined || share.hiPct === undefined
    ? undefined
    : {
        area: share.area,
        pct: share.pct,
        hiPct: share.hiPct,
        totalN: share.totalN,
        unknownN: share.unknownN,
        leftOut: leftOutOf([share])
      }

/** A target's share in the area and the weight that the packs give it. */
export interface Weighted {
  readonly weight: number
  readonly share: AreaShare
}

/**
 * The weighted mean of an area's shares (Σ w·pct / Σ w), rounded to 1e-9 percent: over the targets that apply to at least one of its schools;
 * undefined when none does. Integers until the end, weights to a millionth: equal scores are the same double, in whatever order the terms come.
 */
export const compositeOf = (area: string, terms: readonly Weighted[]): Score | undefined => {
  const applying = terms.filter(({ share }) => share.totalN > 0)
  if (applying.length === 0) return undefined
  return {
    area,
    pct: meanPct(applying, share => share.metN),
    hiPct: meanPct(applying, share => share.metN + share.unknownN),
    totalN: sumOf(applying, share => share.totalN),
    unknownN: sumOf(applying, share => share.unknownN),
    leftOut: leftOutOf(applying.map(({ share }) => share))
  }
}

const meanPct = (terms: readonly Weighted[], countOf: (share: AreaShare) => number): number => {
  let [numerator, denominator, weights] = [0n, 1n, 0n]
  for (const { weight, share } of terms) {
    const w = millionths(weight)
    const total = BigInt(share.totalN)
    numerator = numerator * total + w * BigInt(countOf(share)) * denominator
    denominator *= total
    weights += w
  }
  const scaled = 100n * billion * numerator
  const by = denominator * weights
  // Halves up: rounding never turns an order round.
  return Number((2n * scaled + by) / (2n * by)) / Number(billion)
}

const billion = 1_000_000_000n

const millionths = (weight: number): bigint => BigInt(Math.min(1e15, Math.max(1, Math.round(weight * 1e6))))

/** Most of the verdicts were carried over: the area cannot be compared with others in this period. */
const leftOutOf = (shares: readonly AreaShare[]): 'vacation' | undefined =>
  2 * shares.reduce((n, share) => n + share.vacationN, 0) > shares.reduce((n, share) => n + share.totalN, 0)
    ? 'vacation'
    : undefined

const sumOf = (terms: readonly Weighted[], countOf: (share: AreaShare) => number): number =>
  terms.reduce((n, { share }) => n + countOf(share), 0)
