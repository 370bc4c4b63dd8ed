import type { Direction } from '../../../contract/bandwidth.ts'
import { dayOf } from '../../calendar/day.ts'
import type { TierTest } from './tier-test.ts'

/** A pass must have cleared at least this share of a tier (the preset), a fail must have missed at most that share (the default). */
const leastPassRatio = 0.9
const mostFailRatio = 0.95
const rounding = 1e-9

/**
 * The share of a tier that its tests asked for last, so far as it is more lenient than the default: `tests` in order. A bureau that changes
 * its line must not be told of misses that its new line would not have seen.
 */
export const failRatio = (tests: readonly TierTest[], tierMbps: number): number =>
  Math.min(
    mostFailRatio,
    tests.findLast(test => test.tierMbps === tierMbps && test.vantage === 'gateway')?.passRatio ?? mostFailRatio
  )

/** What a test says about a tier's line; `silent` ran and says nothing; undefined does not bear on it at all. */
export type Bearing = 'above' | 'below' | 'near' | 'silent'

/**
 * Lines are compared, not names: a pass at a higher tier is one for the lower, a fail at a lower tier is one for the higher. A panel's
 * tests never bear on an uplink. A guarded fail (host busy, loss…) or credit that was not excluded is silent, whatever its evidence.
 */
export const bearingOf = (test: TierTest, tierMbps: number, mostRatio: number = mostFailRatio): Bearing | undefined => {
  if (test.vantage !== 'gateway') return undefined
  const lineMbps = test.passRatio * test.tierMbps
  switch (test.result) {
    case 'pass':
      return lineMbps >= leastPassRatio * tierMbps - rounding ? 'above' : undefined
    case 'fail':
      return lineMbps <= mostFailRatio * tierMbps + rounding && missed(test, lineMbps, mostRatio * tierMbps)
        ? 'below'
        : undefined
    case 'inconclusive':
      if (test.tierMbps !== tierMbps) return undefined
      return test.reason === 'undecided' ? 'near' : 'silent'
  }
}

/** Failed against this line or a lower one; or against a stricter one, but by so much that it missed this one too. */
const missed = (test: TierTest, testedMbps: number, lineMbps: number): boolean =>
  testedMbps <= lineMbps + rounding || test.kind === 'port' || (test.ipHiMbps ?? test.ipMbps ?? Infinity) < lineMbps

/**
 * An uplink's tests of a direction as they happened, however they arrived. A lease is one test, however often it is reported; counters and
 * ports speak once a day, because a minute later they only repeat themselves.
 */
export const inOrder = (tests: readonly TierTest[], direction: Direction): TierTest[] => {
  const seen = new Set<string>()
  return tests
    .filter(test => test.direction === direction)
    .toSorted((a, b) => a.atMs - b.atMs || compare(keyOf(a), keyOf(b)))
    .filter(test => {
      const once =
        test.kind === 'passive' || test.kind === 'port'
          ? `${test.kind} ${test.vantage} ${dayOf(test.atMs)} ${test.tierMbps} ${test.result}`
          : `lease ${test.lease}`
      if (seen.has(once)) return false
      seen.add(once)
      return true
    })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Everything that moves a log-odds, so that two tests of one millisecond have one order. */
const keyOf = (test: TierTest): string => JSON.stringify(Object.entries(test).toSorted(([a], [b]) => compare(a, b)))
