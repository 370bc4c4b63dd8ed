import type { Lease } from '../../../contract/bandwidth.ts'
import type { TierField, TierLabel } from '../../../contract/tier-reading.ts'
import type { Reading } from '../../probe.ts'
import type { Vantage } from './options.ts'
import type { Mean } from './passive.ts'
import type { NotRun } from './reasons.ts'
import type { Judgement } from './rule/terms.ts'
import type { Tested } from './test-job.ts'

/** Version of the rule and its guards: a change of either that can change a result gets the next one. */
export const engine = 'tier-7'

/** Where a reading stands: the uplink and the place on it. */
export interface Place {
  readonly uplink: string
  readonly vantage: Vantage
}

type Fields = Partial<Record<TierField, number>>
type Labels = Partial<Record<TierLabel, string>>

/** What a test says. */
export const readingOf = (tested: Tested, lease: Lease, place: Place): Reading => {
  const { judgement, closing } = tested
  const { result } = tested
  const fields: Fields = {
    ...asked(lease),
    ...defined({
      confidence: confidenceOf(judgement, result),
      ip_mbps: judgement.ipMbps,
      ip_lo_mbps: judgement.ipLoMbps,
      ip_hi_mbps: judgement.ipHiMbps,
      goodput_mbps: judgement.ipMbps === undefined ? undefined : judgement.ipMbps / tested.ipFactor,
      ip_total_mbps: tested.crossCounted ? judgement.ipMbps : undefined,
      cross_mbps: tested.crossMbps,
      cv: judgement.cv,
      warmup_ms: judgement.warmupMs,
      min_rtt_ms: tested.minRttMs,
      loaded_rtt_ms: tested.loadedRttMs,
      retrans_pct: tested.retransPct,
      rwnd_limited_pct: tested.rwndLimitedPct,
      port_mbps: tested.portMbps,
      mtu: tested.mtu,
      cpu_pct: tested.load.cpuPct,
      steal_pct: tested.load.stealPct
    }),
    max500_mbps: judgement.max500Mbps,
    evidence_pass: judgement.evidencePass,
    evidence_fail: judgement.evidenceFail,
    plateau_ms: judgement.plateauMs,
    reanchors: judgement.reanchors,
    credit_s: judgement.creditS,
    flat: judgement.flat ? 1 : 0,
    spent: judgement.spent ? 1 : 0,
    port_limited: judgement.portLimited ? 1 : 0,
    bytes_down: lease.direction === 'down' ? tested.bytes : 0,
    bytes_up: lease.direction === 'up' ? Math.max(tested.bytes, closing?.bytes ?? 0) : 0,
    duration_ms: tested.durationMs,
    loop_p99_ms: tested.load.loopP99Ms
  }
  return {
    outcome: result === 'pass' ? 'ok' : result === 'fail' ? 'failed' : 'unavailable',
    reason: tested.reason,
    part: lease.direction,
    fields: rounded(fields),
    labels: {
      ...labelsOf(lease, place, result),
      egress: tested.egress,
      cc: tested.cc,
      ...(result === 'pass' && portLimits(tested, lease) ? { limit: 'port_speed' } : {})
    } satisfies Labels,
    ...(result === 'pass' ? {} : { trace: tested.trace })
  }
}

/** A lease that came to nothing: no byte, or none that says anything. */
export const notRun = (reason: NotRun, message: string, lease: Lease, place: Place): Reading => ({
  outcome: 'unavailable',
  reason,
  part: lease.direction,
  fields: { ...asked(lease), bytes_down: 0, bytes_up: 0 },
  labels: { ...labelsOf(lease, place, 'inconclusive'), message: message.slice(0, 200) }
})

/** The port of the uplink itself is slower than the tier: no byte is needed to say so. */
export const portReading = (portMbps: number, lease: Lease, place: Place): Reading => ({
  outcome: 'failed',
  reason: 'port',
  part: lease.direction,
  fields: { ...asked(lease), port_mbps: portMbps, bytes_down: 0, bytes_up: 0, duration_ms: 0 },
  labels: { ...labelsOf(lease, place, 'fail'), kind: 'port' }
})

/** What the counters proved on their own. */
export const passiveReading = (
  mean: Mean,
  tier: { readonly tierMbps: number; readonly passRatio: number; readonly portMbps: number | undefined },
  place: Place
): Reading => ({
  outcome: 'ok',
  reason: 'counter',
  part: mean.direction,
  fields: rounded({
    tier_mbps: tier.tierMbps,
    pass_ratio: tier.passRatio,
    line_mbps: tier.tierMbps * tier.passRatio,
    ip_mbps: mean.ipMbps,
    ip_total_mbps: mean.ipMbps,
    ...(tier.portMbps === undefined ? {} : { port_mbps: tier.portMbps }),
    bytes_down: 0,
    bytes_up: 0,
    duration_ms: mean.durationMs
  } satisfies Fields),
  labels: {
    result: 'pass',
    kind: 'passive',
    slot: 'none',
    uplink: place.uplink,
    vantage: place.vantage,
    engine
  } satisfies Labels
})

const asked = (lease: Lease): Fields => ({
  tier_mbps: lease.tier,
  pass_ratio: lease.pass_ratio,
  line_mbps: lease.tier * lease.pass_ratio,
  cap_mbps: lease.cap_mbps,
  streams: lease.streams,
  credit_asked_s: lease.terms.credit_s
})

const labelsOf = (lease: Lease, place: Place, result: Judgement['result']): Labels & Record<'event', string> => ({
  result,
  kind: lease.kind,
  slot: lease.slot,
  uplink: place.uplink,
  vantage: place.vantage,
  lease: lease.lease,
  server: lease.server.id,
  engine,
  event: lease.lease
})

/** Behind a port of about the tier's own speed a bucket of burst credit cannot show itself: said on the page with every pass. */
const portLimits = (tested: Tested, lease: Lease): boolean =>
  tested.judgement.portLimited || (tested.portMbps !== undefined && tested.portMbps <= 1.25 * lease.tier)

/** Share of the evidence for what was said, 0 to 1: e / (1 + e). Undecided tests have none. */
const confidenceOf = (judgement: Judgement, result: Judgement['result']): number | undefined => {
  if (result === 'inconclusive') return undefined
  const nats = result === 'pass' ? judgement.evidencePass : judgement.evidenceFail
  return 1 / (1 + Math.exp(-nats))
}

const defined = (fields: Partial<Record<TierField, number | undefined>>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Four decimals are more than any of them is worth; what is not finite says nothing. */
const rounded = (fields: Fields): Record<string, number> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      Number.isFinite(value) ? [[name, Math.round(value * 10_000) / 10_000]] : []
    )
  )
