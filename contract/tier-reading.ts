/**
 * The names that a reading of the bandwidth probe carries: the agent writes them, the collector makes its tier tests of them. `part` is the
 * direction. Outcome: pass is ok, fail is failed, everything else unavailable. A field that is not known is absent.
 */
export const tierFields = [
  // The question.
  'tier_mbps',
  'pass_ratio',
  'line_mbps',
  'cap_mbps',
  'streams',
  'credit_asked_s',
  // The answer, IP layer, with a 3-standard-error interval; goodput_mbps is what a speed-test site would show.
  'confidence',
  'ip_mbps',
  'ip_lo_mbps',
  'ip_hi_mbps',
  'goodput_mbps',
  'ip_total_mbps',
  'cross_mbps',
  'max500_mbps',
  // Natural logarithms of the evidence; coefficient of variation as a ratio.
  'evidence_pass',
  'evidence_fail',
  'cv',
  'plateau_ms',
  'warmup_ms',
  'reanchors',
  'credit_s',
  // 0 or 1.
  'flat',
  'spent',
  'port_limited',
  // What it cost.
  'bytes_down',
  'bytes_up',
  'duration_ms',
  // Circumstances.
  'min_rtt_ms',
  'loaded_rtt_ms',
  'retrans_pct',
  'rwnd_limited_pct',
  'port_mbps',
  'mtu',
  'loop_p99_ms',
  'cpu_pct',
  'steal_pct'
] as const
export type TierField = (typeof tierFields)[number]

/** `event` repeats the lease, so that two tests are never folded into one reading. `limit` says `port_speed` where burst credit cannot be excluded. */
export const tierLabels = [
  'result',
  'kind',
  'slot',
  'uplink',
  'vantage',
  'lease',
  'server',
  'egress',
  'engine',
  'cc',
  'limit',
  'event'
] as const
export type TierLabel = (typeof tierLabels)[number]
