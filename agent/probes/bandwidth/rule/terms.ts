/**
 * What the tier rule looks at and what it says. The rule is a pure function of samples: live tests, `--replay`, simulations and the
 * collector's own checks all go through it. Rates are Mbit/s at the IP layer, times ms since the first byte could flow.
 */
export interface Sample {
  readonly ms: number
  /** Cumulative bytes at the IP layer that crossed the link in the tested direction: the test's own and, where a counter sees it, everybody's. */
  readonly ipBytes: number
  /** Cumulative payload bytes of the test alone: what it costs. */
  readonly testBytes: number
}

export interface RuleTerms {
  readonly tierMbps: number
  /** The line is passRatio × tierMbps. */
  readonly passRatio: number
  /** The sender's cap at the IP layer; Infinity when uncapped. */
  readonly capMbps: number
  /** Slowest port known on the path; Infinity when none is known. */
  readonly portMbps: number
  /** Seconds of burst credit at line rate that a pass must exclude; 0 for none. */
  readonly creditS: number
  /** Nats that history lends to a pass in the first second; 0 for none. */
  readonly lendNats: number
  /** Plateau that a fail needs, ms. */
  readonly failMs: number
  /** Ends undecided after this time or when testBytes reach this. */
  readonly maxMs: number
  readonly maxBytes: number
}

export type TierResult = 'pass' | 'fail' | 'inconclusive'

export interface Judgement {
  readonly result: TierResult
  /** `above_line`, `below_line`, `undecided` (time or bytes ran out), `credit` (above the line, but burst credit is not excluded). */
  readonly reason: 'above_line' | 'below_line' | 'undecided' | 'credit'
  /** When it was decided, ms, and what it had cost by then, payload bytes. */
  readonly atMs: number
  readonly testBytes: number
  /** Estimate with a 3-standard-error interval; undefined while nothing can be said. */
  readonly ipMbps: number | undefined
  readonly ipLoMbps: number | undefined
  readonly ipHiMbps: number | undefined
  /** Natural logarithms of the evidence for "above the line" and "below the line" against "exactly on it". */
  readonly evidencePass: number
  readonly evidenceFail: number
  readonly plateauMs: number
  readonly reanchors: number
  /** When the ramp was over, ms. */
  readonly warmupMs: number | undefined
  /** Coefficient of variation of the plateau's windows (0.02 = 2 %). */
  readonly cv: number | undefined
  /** Highest mean of any 500 ms. */
  readonly max500Mbps: number
  /** Burst credit excluded so far, seconds at line rate. */
  readonly creditS: number
  /** No faster bucket stands in front of the link (uncapped plateau under 1.25 T, port faster). */
  readonly flat: boolean
  /** Credit was seen to run out inside the test. */
  readonly spent: boolean
  /** The port itself limits: burst credit cannot be excluded. */
  readonly portLimited: boolean
}
