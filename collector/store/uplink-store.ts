import type { UplinkRow } from '../ledger/uplink.ts'
import type { TierTest } from '../verdicts/uplink/tier-test.ts'

/** Uplinks of the ledger and the results of their tier tests, behind the store's interface. */
export interface UplinkWrites {
  /** Stores results; the same result again changes nothing, so a day may be read over and over. Kept for ever, and as its first school's. */
  putTierTests(tests: readonly TierTest[]): Promise<void>
}

export interface UplinkReads {
  /** Of all schools, or of some. */
  uplinks(schools?: readonly string[]): Promise<readonly UplinkRow[]>
  /** Tests of some uplinks, or of all when undefined, in time order, made while the uplink was its school's; `toMs` is exclusive. */
  tierTests(uplinks: readonly string[] | undefined, fromMs: number, toMs: number): Promise<readonly TierTest[]>
}
