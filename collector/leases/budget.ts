import type { TestKind } from '../../contract/bandwidth.ts'
import { dayMs, dayOf, dayStart } from '../calendar/day.ts'
import type { LeaseRow, Purse } from '../store/lease-store.ts'

/** What tests of one uplink may cost, payload bytes. Defaults are for 1000 Mbit/s and are scaled by the tier. */
export interface Budget {
  readonly dayBytes: number
  /** Any 31 days. */
  readonly monthBytes: number
  /** On top, for every certifying test. */
  readonly certifyBytes: number
}

export const defaultBudget: Budget = { dayBytes: 600e6, monthBytes: 15e9, certifyBytes: 1.5e9 }

/** A quick test lasts no longer, ms. */
export const quickMs = 8_000
/** A certifying one may need ten seconds of plateau, ms. */
export const certifyMs = 11_000

export const monthDays = 31
/** A link that hides burst credit is certified again every 10 days: so many certifying tests a month have their allowance. */
export const certifyPerMonth = 4

/** Below this a day's share of the budget is not worth a test left out, bytes. */
const floorBytes = 250e6

/** The budget of an uplink of a tier. Small tiers keep room for one whole quick test and its repeat a day. */
export const budgetOf = (tierMbps: number, base: Budget = defaultBudget): Budget => {
  const scale = tierMbps / 1000
  const twoTests = 2 * bytesOf(1.1 * tierMbps, quickMs)
  const dayBytes = Math.max(base.dayBytes * scale, Math.min(twoTests, floorBytes, base.dayBytes))
  return {
    dayBytes: Math.round(dayBytes),
    monthBytes: Math.round(Math.max(base.monthBytes * scale, dayBytes)),
    certifyBytes: Math.round(base.certifyBytes * scale)
  }
}

export const bytesOf = (mbps: number, ms: number): number => (mbps * 1e6 * (ms / 1000)) / 8

/**
 * What a lease must stay within. Days are local calendar days (a night's slot moves by minutes, so 24 rolling hours would hold two nights);
 * months are the last 31 days. Quick tests have the plain budget; a certifying test may use its allowance beside it.
 */
export const pursesOf = (kind: TestKind, budget: Budget, nowMs: number): readonly Purse[] => {
  const fromDay = dayStart(dayOf(nowMs))
  const fromMonth = nowMs - monthDays * dayMs
  const { dayBytes, monthBytes, certifyBytes } = budget
  const day = (of: TestKind | undefined, bytes: number): Purse => ({
    name: 'budget_day',
    fromMs: fromDay,
    kind: of,
    bytes
  })
  const month = (of: TestKind | undefined, bytes: number): Purse => ({
    name: 'budget_month',
    fromMs: fromMonth,
    kind: of,
    bytes
  })
  const whole = month(undefined, monthBytes + certifyPerMonth * certifyBytes)
  return kind === 'quick'
    ? [day('quick', dayBytes), month('quick', monthBytes), whole]
    : [day(undefined, dayBytes + certifyBytes), whole]
}

/** Bytes that a lease costs its budget at that moment: nothing when it was never opened and is too late now. */
export const costOf = (lease: LeaseRow, nowMs: number): number =>
  lease.lapsed || (lease.openedMs === undefined && lease.untilMs < nowMs) ? 0 : lease.bytes

export const spentIn = (purse: Purse, leases: readonly LeaseRow[], nowMs: number): number =>
  leases
    .filter(lease => lease.issuedMs >= purse.fromMs && (purse.kind === undefined || lease.kind === purse.kind))
    .reduce((sum, lease) => sum + costOf(lease, nowMs), 0)

/** What is left for one more lease, and the purse that has least. */
export const roomIn = (
  purses: readonly Purse[],
  leases: readonly LeaseRow[],
  nowMs: number
): { bytes: number; purse: Purse | undefined } =>
  purses.reduce<{ bytes: number; purse: Purse | undefined }>(
    (least, purse) => {
      const bytes = Math.max(0, purse.bytes - spentIn(purse, leases, nowMs))
      return bytes < least.bytes ? { bytes, purse } : least
    },
    { bytes: Infinity, purse: undefined }
  )
