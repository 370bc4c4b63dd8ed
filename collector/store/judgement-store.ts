import type { DayRollup } from '../verdicts/rollup.ts'
import type { Share, Verdict } from '../verdicts/verdict.ts'
import type { RollupParts } from './rollup-block.ts'
import type { DirtyDay, StoredVerdict } from './store.ts'

/** Rollups, and the verdicts and shares made of them, behind the store's interface. */
export interface JudgementWrites {
  /** Replaces the rollups of the given days and checks; clears what was dirty up to the given arrivals. */
  putRollups(rows: readonly DayRollup[], done: readonly DirtyDay[]): Promise<void>
  /** Clears what was dirty up to the given arrivals and leaves the rollups as they are: those days are closed. */
  forgetDirty(days: readonly DirtyDay[]): Promise<void>
  /** Replaces the current (revision 0) verdicts and shares of a period. */
  putVerdicts(period: string, verdicts: readonly Verdict[], shares: readonly Share[]): Promise<void>
  /** Replaces the current verdicts of some schools in a period; all others stay. */
  putVerdictsOf(period: string, schools: readonly string[], verdicts: readonly Verdict[]): Promise<void>
  /** Replaces the current shares of a period, and drops the verdicts of schools that are not among the given. */
  putShares(period: string, schools: readonly string[], shares: readonly Share[]): Promise<void>
  /**
   * Deletes readings of days before the given one and empties the bodies of batches that came before it, at most about `limit` of each.
   * Resolves to how many there were: 0 when nothing is left to drop. Rollups, tier tests, gaps and refused readings stay.
   */
  dropRaw(beforeDay: string, limit: number): Promise<number>
}

export interface JudgementReads {
  /** Whole rollups of all checks, by day, check, part and place. */
  rollups(fromDay: string, toDay: string): Promise<readonly DayRollup[]>
  /**
   * Rollups of the named checks by check, each list by day, part and place, each check from its own day on and with the parts that are wanted;
   * checks without any are not there.
   */
  rollupsOf(wanted: ReadonlyMap<number, RollupParts>, toDay: string): Promise<ReadonlyMap<number, readonly DayRollup[]>>
  /** Days of a range that have any rollup, in order. */
  rolledDays(fromDay: string, toDay: string): Promise<readonly string[]>
  /** On which days of a range each subject answered anywhere. */
  answered(fromDay: string, toDay: string): Promise<readonly { day: string; subject: string }[]>
  /** Revision 0, the default, is the current one; of all schools unless some are named. By school and target. */
  verdicts(period: string, revision?: number, schools?: readonly string[]): Promise<readonly StoredVerdict[]>
  /** What the verdicts say and no more, for counting. By school and target. */
  said(period: string, revision?: number): Promise<readonly Pick<Verdict, 'school' | 'target' | 'verdict' | 'reason'>[]>
  shares(period: string, revision?: number): Promise<readonly Share[]>
  /** A number that moves whenever anything in ledger, checks, packs or calendars does. */
  ledgerChanges(): Promise<number>
}
