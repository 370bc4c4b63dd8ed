import type {
  Direction,
  LeaseLater,
  LeaseRequest,
  SlotClass,
  TestKind,
  TestTerms,
  Tier
} from '../../contract/bandwidth.ts'
import type { UplinkRow } from '../ledger/uplink.ts'
import type { LeaseRow, Purse } from '../store/lease-store.ts'
import type { Budget } from './budget.ts'
import type { Candidate } from './candidates.ts'
import type { TestServerRow } from './servers.ts'
import type { Windows } from './windows.ts'

/** What a bureau configured about bandwidth tests. */
export interface Policy {
  readonly servers: readonly TestServerRow[]
  readonly windows: Windows
  /** For 1000 Mbit/s. */
  readonly budget: Budget
  readonly passRatio: number
}

/** A request for a lease with everything the decision rests on. */
export interface Ask {
  readonly request: LeaseRequest
  readonly uplink: UplinkRow
  /** The agent has no power at night. */
  readonly dark: boolean
  readonly candidates: readonly Candidate[]
  /** The uplink's own of the last 31 days, and everybody's live ones. */
  readonly leases: readonly LeaseRow[]
  readonly live: readonly LeaseRow[]
  /** Leases whose result has arrived. */
  readonly arrived: ReadonlySet<string>
  /** A person wants a test now. */
  readonly wished: boolean
  readonly nowMs: number
}

export interface LeaseTerms {
  readonly server: TestServerRow
  readonly direction: Direction
  readonly tierMbps: Tier
  readonly kind: TestKind
  readonly slot: SlotClass
  readonly capMbps: number
  readonly maxBytes: number
  readonly maxMs: number
  readonly terms: TestTerms
  readonly budget: Budget
  readonly purses: readonly Purse[]
}

export type Decision =
  { readonly kind: 'lease'; readonly lease: LeaseTerms } | { readonly kind: 'later'; readonly later: LeaseLater }

/** What two live leases never share. */
export const lineOf = (uplink: Pick<UplinkRow, 'id' | 'sharedGroup'>): string =>
  uplink.sharedGroup === undefined ? `uplink ${uplink.id}` : `group ${uplink.sharedGroup}`

/** Dated later than now: the clock came back since. */
export const isAhead = (lease: LeaseRow, nowMs: number): boolean =>
  lease.issuedMs > nowMs || (lease.openedMs ?? 0) > nowMs || (lease.closedMs ?? 0) > nowMs

/** A lease as the clock of now sees it: what is dated later than now happened now, and lasts as long from now on as it would have. */
export const asOf = (lease: LeaseRow, nowMs: number): LeaseRow => {
  if (!isAhead(lease, nowMs)) return lease
  const late = Math.max(0, lease.issuedMs - nowMs)
  const opened = lease.openedMs === undefined ? undefined : lease.openedMs - late
  const ahead = Math.max(0, (opened ?? nowMs) - nowMs)
  return {
    ...lease,
    issuedMs: lease.issuedMs - late,
    notBeforeMs: lease.notBeforeMs - late,
    expiresMs: lease.expiresMs - late,
    untilMs: lease.untilMs - late - ahead,
    openedMs: opened === undefined ? undefined : opened - ahead,
    closedMs: lease.closedMs === undefined ? undefined : Math.min(lease.closedMs, nowMs)
  }
}
