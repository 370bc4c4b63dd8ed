import { mean } from './statistics.ts'
import type { RuleTerms } from './terms.ts'

/** What a test has shown about burst credit: a token bucket in front of the line looks like a faster link until it is empty. */
export interface CreditView {
  /** Seconds of credit, at line rate, that a link below the line cannot have had. */
  readonly excludedS: number
  readonly flat: boolean
  /** The port itself may be what limits. */
  readonly atPort: boolean
  /** Highest mean of any 300 ms and of any 500 ms, as ratios to the line. */
  readonly peak: number
  readonly peak500: number
}

/** A faster bucket would show as a peak: below 1.25 T there is none, if the sender was free to go to 1.5 T. */
const flatPeak = 1.25
const flatCap = 1.5
/** A plateau this near to the slowest port is the port's. */
const nearPort = 0.9

export const openCredit = (terms: RuleTerms, windowMs: number) => {
  const tiersPerLine = 1 / terms.passRatio
  const ratios: number[] = []
  let run = 0
  let excludedS = 0
  let peak = 0
  let peak500 = 0

  const highest = (sofar: number, ms: number): number => {
    const n = Math.round(ms / windowMs)
    return ratios.length < n ? sofar : Math.max(sofar, mean(ratios.slice(-n)))
  }

  return (ratio: number): CreditView => {
    ratios.push(ratio)
    // The largest excess over the line of any stretch. A link below the line with b seconds of credit can never show b or more.
    run = Math.max(0, run + ((ratio - 1) * windowMs) / 1_000)
    excludedS = Math.max(excludedS, run)
    peak = highest(peak, 300)
    peak500 = highest(peak500, 500)
    const low = peak <= flatPeak * tiersPerLine
    const atPort = low && peak * terms.passRatio * terms.tierMbps >= nearPort * terms.portMbps
    const flat = low && !atPort && terms.capMbps >= flatCap * terms.tierMbps && peak > 0
    return { excludedS, flat, atPort, peak, peak500 }
  }
}
