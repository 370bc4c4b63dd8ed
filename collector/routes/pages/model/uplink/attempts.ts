import { dayOf } from '../../../../calendar/day.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'

/** A test as the pages show it. */
export interface Attempt {
  readonly test: TierTest
  readonly lineMbps: number
  /** How many equal ones of the day it stands for: counters prove a busy line again and again. */
  readonly times: number
}

/** Every test of [fromMs, toMs), newest first. Passes by a counter are one a day, direction and tier: the highest. */
export const attemptsOf = (tests: readonly TierTest[], fromMs: number, toMs: number): Attempt[] => {
  const inside = tests.filter(test => test.atMs >= fromMs && test.atMs < toMs)
  const passive = Map.groupBy(
    inside.filter(test => test.kind === 'passive'),
    test => [dayOf(test.atMs), test.direction, test.tierMbps, test.result, test.vantage].join()
  )
  const folded = [...passive.values()].flatMap(list => {
    const [highest] = list.toSorted((a, b) => (b.ipMbps ?? 0) - (a.ipMbps ?? 0) || b.atMs - a.atMs)
    return highest === undefined ? [] : [attempt(highest, list.length)]
  })
  return [...inside.filter(test => test.kind !== 'passive').map(test => attempt(test, 1)), ...folded].toSorted(
    (a, b) => b.test.atMs - a.test.atMs || (a.test.lease < b.test.lease ? 1 : -1)
  )
}

/** The rate a test must clear, Mbit/s at the IP layer. */
export const lineOf = (test: Pick<TierTest, 'tierMbps' | 'passRatio'>): number => test.tierMbps * test.passRatio

/** Evidence that cost no data. */
export const isFree = (test: TierTest): boolean => test.kind === 'passive' || test.kind === 'port'

const attempt = (test: TierTest, times: number): Attempt => ({ test, lineMbps: lineOf(test), times })
