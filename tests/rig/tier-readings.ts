import type { RollupInput } from '../../collector/verdicts/rollup.ts'
import type { TierTest } from '../../collector/verdicts/uplink/tier-test.ts'

const outcomes = { pass: 'ok', fail: 'failed', inconclusive: 'unavailable' } as const
const reasons = { pass: undefined, fail: 'below_line', inconclusive: 'undecided' } as const
const figures = {
  pass: { ip_mbps: 99.1, ip_lo_mbps: 98.6, ip_hi_mbps: 99.6, evidence_pass: 6.1, evidence_fail: -2.2 },
  fail: { ip_mbps: 61, ip_lo_mbps: 60.4, ip_hi_mbps: 61.7, evidence_pass: -3, evidence_fail: 7 },
  inconclusive: { ip_mbps: 95, ip_lo_mbps: 92, ip_hi_mbps: 98, evidence_pass: 1, evidence_fail: 0.5 }
} as const

/** A stored reading of the probe `bandwidth` as the agent writes it: a certifying download test at T = 100. */
export const tierReading = (
  result: TierTest['result'],
  over: Partial<RollupInput> = {}
): RollupInput & { readonly part: string } => ({
  atMs: 1_793_620_800_000,
  checkId: 1,
  part: 'down',
  outcome: outcomes[result],
  reason: reasons[result],
  live: true,
  ...over,
  fields: {
    tier_mbps: 100,
    pass_ratio: 0.95,
    line_mbps: 95,
    goodput_mbps: 95.7,
    cv: 0.008,
    credit_asked_s: 3,
    flat: 1,
    spent: 0,
    port_limited: 0,
    reanchors: 0,
    bytes_down: 17_000_000,
    bytes_up: 0,
    duration_ms: 1_400,
    ...figures[result],
    ...over.fields
  },
  labels: {
    result,
    kind: 'certify',
    slot: 'night',
    uplink: 'u-1',
    vantage: 'gateway',
    lease: 'lease-1',
    server: 'collector',
    egress: '198.51.100.7',
    engine: 'tier/1',
    ...over.labels
  }
})
