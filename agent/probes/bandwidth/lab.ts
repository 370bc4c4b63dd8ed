import { randomBytes } from 'node:crypto'
import { bandwidthLimits, type Direction, type Lease, type TestKind, type Tier } from '../../../contract/bandwidth.ts'
import { formatLease } from '../../../contract/lease-token.ts'

/** What a person asks of a laboratory server: no collector, no budget, and no proof about any school. */
export interface LabOrder {
  readonly tier: Tier
  readonly direction: Direction
  readonly kind: TestKind
  readonly streams: number
  readonly passRatio: number
  /** Nats of evidence that history would lend, for trying re-verification. */
  readonly lendNats: number
  readonly secret: string
}

/** Excess that a certifying test must show, as the collector's plan asks, s. */
const creditS = 3
const maxMs: Readonly<Record<TestKind, number>> = { quick: 8_000, certify: 11_000 }
/** Sender caps in tiers. */
const caps: Readonly<Record<TestKind, number>> = { quick: 1.1, certify: 2 }
const validMs = 120_000

/** A lease that whoever knows the secret may write. `nowMs`: our wall clock, which must agree with the server's. */
export const labLease = (order: LabOrder, nowMs: number): Lease => {
  const lease = `lab-${randomBytes(8).toString('hex')}`
  const cap_mbps = caps[order.kind] * order.tier
  const max_ms = Math.min(maxMs[order.kind], bandwidthLimits.maxMs)
  const max_bytes = Math.ceil((cap_mbps * 1e6 * max_ms) / 8_000)
  const common = { lease, direction: order.direction, tier: order.tier, kind: order.kind, cap_mbps, max_bytes, max_ms }
  const claims = {
    ...common,
    agent: 'lab',
    server: 'lab',
    streams: order.streams,
    issued_ms: nowMs,
    not_before_ms: nowMs,
    expires_ms: nowMs + validMs
  }
  return {
    ...common,
    server: { id: 'lab', place: 'off_site' },
    wait_ms: 0,
    slot: 'on_demand',
    pass_ratio: order.passRatio,
    streams: order.streams,
    terms: { credit_s: order.kind === 'certify' ? creditS : 0, lend_nats: order.lendNats, fail_ms: 2_000 },
    budget: { day_bytes: max_bytes, month_bytes: max_bytes },
    token: formatLease(claims, { kind: 'lab', secret: order.secret })
  }
}
