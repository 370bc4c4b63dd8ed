import type { LeaseRow } from '../../../../store/lease-store.ts'
import type { UplinkRow } from '../../../../ledger/uplink.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'

/** The uplinks of one school as the pages read them. */
export interface UplinkReads {
  readonly uplinks: readonly OneUplink[]
  /** Of all these uplinks, as far back as history goes, oldest first. */
  readonly tierTests: readonly TierTest[]
}
export interface OneUplink {
  readonly uplink: UplinkRow
  readonly vantage: TierTest['vantage']
  /** Of the last 31 days: what they cost counts against the budget. */
  readonly leases: readonly LeaseRow[]
  /** The device has no power at night, so it is tested by day. */
  readonly dark: boolean
  /** Somebody asked for a test now, which is served until then, ms; undefined when nobody did. */
  readonly wishedUntilMs: number | undefined
}
