import type { Direction, SlotClass, TestKind } from '../../../contract/bandwidth.ts'

/** One result about one uplink, as kept for ever: an active test, a passive proof (counters), or a port that is too slow. */
export interface TierTest {
  readonly uplink: string
  /** The school whose uplink it was then: an id that was given to another school takes no evidence with it. Undefined: as the ledger says. */
  readonly school?: string
  readonly atMs: number
  readonly direction: Direction
  readonly kind: TestKind | 'passive' | 'port'
  readonly slot: SlotClass | 'none'
  readonly lease: string
  /** Where the agent stood. A panel never decides. */
  readonly vantage: 'gateway' | 'panel'
  readonly result: 'pass' | 'fail' | 'inconclusive'
  readonly reason: string
  readonly tierMbps: number
  readonly passRatio: number
  readonly ipMbps: number | undefined
  readonly ipLoMbps: number | undefined
  readonly ipHiMbps: number | undefined
  readonly goodputMbps: number | undefined
  /** Natural logarithms; 0 when there is none. */
  readonly evidencePass: number
  readonly evidenceFail: number
  /** Coefficient of variation of the plateau. */
  readonly cv: number | undefined
  readonly capMbps: number | undefined
  /** Credit terms of the test, and what it showed. */
  readonly creditAskedS: number
  readonly flat: boolean
  readonly spent: boolean
  readonly portLimited: boolean
  readonly reanchors: number
  readonly bytes: number
  readonly durationMs: number
  readonly server: string
  readonly egress: string
}

/** What should be run next on an uplink, or nothing. */
export interface TestPlan {
  readonly kind: TestKind
  readonly direction: Direction
  readonly tierMbps: number
  /** Infinity when uncapped. */
  readonly capMbps: number
  readonly creditS: number
  readonly lendNats: number
  readonly failMs: number
}
