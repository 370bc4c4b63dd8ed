import type { Lease } from '../../../contract/bandwidth.ts'
import type { Vantage } from './options.ts'
import type { TestJob } from './test-job.ts'

/** What only this machine knows of a test. */
export interface Surroundings {
  readonly host: string
  readonly port: number
  readonly vantage: Vantage
  readonly interfaceName?: string
  readonly crossBeforeMbps?: number
  /** What the agent's own budget leaves of the lease. */
  readonly maxBytes?: number
  readonly lab: boolean
  readonly root: string
}

/** A lease as the order to the process that runs the test. A person may be at work on the line when a test runs by day: it gives way. */
export const jobOf = (lease: Lease, around: Surroundings): TestJob => ({
  ...around,
  token: lease.token,
  direction: lease.direction,
  kind: lease.kind,
  streams: lease.streams,
  tierMbps: lease.tier,
  passRatio: lease.pass_ratio,
  capMbps: lease.cap_mbps,
  maxBytes: Math.min(lease.max_bytes, around.maxBytes ?? Infinity),
  maxMs: lease.max_ms,
  terms: lease.terms,
  polite: !around.lab && lease.slot === 'on_demand'
})
