import { addDays } from '../../calendar/day.ts'
import type { Bearing } from './bearing.ts'
import { odds } from './odds.ts'
import type { TierTest } from './tier-test.ts'

/** Proof that no burst credit stands in front of the line, for some days. */
export interface Certificate {
  readonly day: string
  /** `flat`: the line limits itself. `fast`: more than credit explains passed. `passive`: counters over 30 s outlast any credit. */
  readonly kind: 'flat' | 'fast' | 'passive'
  /** The first day on which it no longer stands. */
  readonly untilDay: string
  /** The port itself was the limit: burst credit cannot be excluded, and the page says so. */
  readonly portLimited: boolean
}

export const standsOn = (certificate: Certificate | undefined, day: string): boolean =>
  certificate !== undefined && certificate.day <= day && day < certificate.untilDay

/** The certificate after a test, and the day since which every `ok` is void because credit was seen to run out. */
export const certificateAfter = (
  old: Certificate | undefined,
  test: TierTest,
  bearing: Bearing,
  day: string,
  tierMbps: number
): { readonly certificate: Certificate | undefined; readonly voidSince?: string } => {
  if (bearing === 'above') {
    const fresh = granted(test, day, tierMbps)
    if (fresh === undefined) return { certificate: old }
    // Counters add a week; they must not shorten what a test has shown.
    const keeps = old !== undefined && fresh.kind === 'passive' && old.untilDay >= fresh.untilDay
    return { certificate: keeps ? old : fresh }
  }
  const uncapped = bearing === 'below' && test.creditAskedS > 0
  if (!uncapped || old === undefined) return { certificate: old }
  if (test.spent) return { certificate: undefined, voidSince: old.day }
  // A change inside the test may have been credit running out: nothing is void, but the next test must certify anew.
  return { certificate: test.reanchors > 0 ? undefined : old }
}

/**
 * A link that was certified flat (on a bad day, before an upgrade) and now shows something faster in front of its line is flat no more: daily
 * tests are too short to exclude credit, so without this it would stay undecided until the certificate ends.
 */
export const stillFlat = (old: Certificate | undefined, test: TierTest): Certificate | undefined =>
  old?.kind === 'flat' && test.reason === 'credit' && !test.flat ? undefined : old

const granted = (test: TierTest, day: string, tierMbps: number): Certificate | undefined => {
  const kind = kindOf(test, tierMbps)
  if (kind === undefined) return undefined
  return { day, kind, untilDay: addDays(day, odds.certificateDays[kind]), portLimited: test.portLimited }
}

/** Whether a pass shows that no burst credit made it. A test that a person asked for does not: who chooses the moment chooses the sample. */
export const certifies = (test: TierTest): boolean =>
  test.result === 'pass' &&
  (test.kind === 'passive' || (test.creditAskedS >= odds.creditS && test.slot !== 'on_demand'))

const kindOf = (test: TierTest, tierMbps: number): Certificate['kind'] | undefined => {
  if (!certifies(test)) return undefined
  if (test.kind === 'passive') return 'passive'
  // Flat is said of the line that was asked about; for a lower tier the same link is a fast one.
  return test.flat && test.tierMbps === tierMbps ? 'flat' : 'fast'
}
