import type { Candidate } from '../../../collector/leases/candidates.ts'
import { policyOf } from '../../../collector/leases/policy.ts'
import { slotOn } from '../../../collector/leases/slots.ts'
import type { Ask, Policy } from '../../../collector/leases/terms.ts'
import type { UplinkRow } from '../../../collector/ledger/uplink.ts'
import type { LeaseRow } from '../../../collector/store/lease-store.ts'
import type { TestPlan } from '../../../collector/verdicts/uplink/tier-test.ts'
import { aLease } from '../../suites/store-leases.ts'

export const day = '2026-11-04'
/** An instant of that day. */
export const at = (time: string): number => Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}+08:00`)

export const uplink: UplinkRow = {
  id: 'u-1',
  school: 's-1',
  device: 'gw-1',
  interfaceName: undefined,
  contractDownMbps: undefined,
  contractUpMbps: undefined,
  isp: undefined,
  sharedGroup: undefined,
  server: undefined
}

export const policy: Policy = policyOf({ servers: [{ id: 'collector', port_mbps: 10_000 }] })

/** The slot of u-1 that day: from then on it may be tested. */
export const slotMs = slotOn({ school: 's-1', uplink: 'u-1', dark: false }, day, policy.windows).atMs

export const quick = (tierMbps: number, over: Partial<TestPlan> = {}): TestPlan => ({
  kind: 'quick',
  direction: 'down',
  tierMbps,
  capMbps: 1.1 * tierMbps,
  creditS: 0,
  lendNats: 0,
  failMs: 2_000,
  ...over
})
export const certify = (tierMbps: number): TestPlan =>
  quick(tierMbps, { kind: 'certify', capMbps: Infinity, creditS: 3 })

export const candidate = (over: Partial<Candidate> = {}): Candidate => ({
  direction: 'down',
  tierMbps: 1000,
  plan: quick(over.tierMbps ?? 1000),
  state: 'unknown',
  testedToday: false,
  ...over
})

/** An ask that gets a lease, unless something is changed. */
export const anAsk = (over: Partial<Ask> = {}): Ask => ({
  request: { uplink: 'u-1' },
  uplink,
  dark: false,
  candidates: [candidate()],
  leases: [],
  live: [],
  arrived: new Set(),
  wished: false,
  nowMs: slotMs,
  ...over
})

export const aRow = (id: string, over: Partial<LeaseRow> = {}): LeaseRow => {
  const lease = aLease(id, { tierMbps: 1000, issuedMs: slotMs - 3_600_000, ...over })
  return {
    ...lease,
    untilMs: lease.expiresMs,
    openedMs: lease.issuedMs,
    closedMs: lease.issuedMs + 3_000,
    lapsed: false,
    bytes: 100e6,
    ...over
  }
}
