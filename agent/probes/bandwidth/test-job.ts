import type { ClosingRecord, Direction, TestKind, TestTerms } from '../../../contract/bandwidth.ts'
import type { HostLoad } from './host-load.ts'
import type { Vantage } from './options.ts'
import type { Doubt } from './reasons.ts'
import type { Judgement } from './rule/terms.ts'
import type { SessionFault } from './session-types.ts'

/** One test, as the process that runs it is told. Rates are Mbit/s at the IP layer. */
export interface TestJob {
  readonly host: string
  readonly port: number
  readonly token: string
  readonly direction: Direction
  readonly kind: TestKind
  readonly streams: number
  readonly tierMbps: number
  readonly passRatio: number
  readonly capMbps: number
  readonly maxBytes: number
  readonly maxMs: number
  readonly terms: TestTerms
  readonly vantage: Vantage
  /** The uplink's interface: the streams are bound to it, and on a gateway its counter is what is judged. */
  readonly interfaceName?: string
  /** A laboratory: the interface that the streams happen to use is the uplink. */
  readonly lab: boolean
  /** Other traffic in the tested direction just before, where a counter saw it. */
  readonly crossBeforeMbps?: number
  /** Stops when the round trip rises: somebody is at work on this line. */
  readonly polite: boolean
  /** Where the kernel's files are. */
  readonly root: string
}

/** What came of it. `result` and `reason` have the guards in them; the judgement is what the rule alone said. */
export interface Tested {
  readonly kind: 'tested'
  readonly result: Judgement['result']
  readonly reason: Judgement['reason'] | Doubt
  readonly judgement: Judgement
  /** Payload bytes that crossed until the streams were cut. */
  readonly bytes: number
  readonly durationMs: number
  /** IP bytes for each payload byte. */
  readonly ipFactor: number
  /** Other traffic during the plateau, and whether it is part of the judged rate. */
  readonly crossMbps: number | undefined
  readonly crossCounted: boolean
  readonly load: HostLoad
  readonly server: string
  readonly egress: string
  readonly cc: string
  readonly minRttMs: number | undefined
  readonly loadedRttMs: number | undefined
  readonly retransPct: number | undefined
  readonly rwndLimitedPct: number | undefined
  /** The slowest port known on the path; undefined when none is. */
  readonly portMbps: number | undefined
  readonly mtu: number | undefined
  readonly interfaceName: string | undefined
  readonly closing: ClosingRecord | undefined
  /** Cumulative kB at the IP layer at even steps up to the end, at most 80. */
  readonly trace: readonly number[]
}

export type TestReport =
  Tested | { readonly kind: 'not_run'; readonly reason: SessionFault | 'child_died'; readonly message: string }

/** Word on the command line of the bundle that makes it the process of one test. */
export const childWord = 'bandwidth-child'

export type ChildMessage =
  { readonly kind: 'report'; readonly report: TestReport } | { readonly kind: 'fault'; readonly message: string }
