import { directions, slotClasses, testKinds, tiers } from '../../../contract/bandwidth.ts'
import type { Outcome } from '../../../contract/reading.ts'
import type { TierField, TierLabel } from '../../../contract/tier-reading.ts'
import type { RollupInput } from '../rollup.ts'
import type { TierTest } from './tier-test.ts'

const kinds = [...testKinds, 'passive', 'port'] as const
const results = ['pass', 'fail', 'inconclusive'] as const
const outcomeOf: Readonly<Record<TierTest['result'], Outcome>> = {
  pass: 'ok',
  fail: 'failed',
  inconclusive: 'unavailable'
}
const most = { mbps: 1_000_000, bytes: 1e12, ms: 3_600_000, nats: 1_000_000 }

/**
 * The tier test that a reading of the probe `bandwidth` reports, or undefined when it reports none: no result, a laboratory's, an active test
 * without a lease, names or figures outside their bounds. Nothing that contradicts itself becomes a pass or a fail: such a row is inconclusive.
 * `uplink` and `vantage` are the ledger's; a reading that claims to be another uplink's is none of this one.
 */
export const tierTestOf = (
  reading: RollupInput,
  uplink: string,
  vantage: TierTest['vantage']
): TierTest | undefined => {
  const label = (name: TierLabel | 'lab'): string => reading.labels[name] ?? ''
  const field = (name: TierField, max: number): number | undefined => bounded(reading.fields[name], 0, max)
  const direction = among(directions, reading.part)
  const kind = among(kinds, label('kind'))
  const result = among(results, label('result'))
  const tierMbps = among(tiers, reading.fields['tier_mbps'])
  const passRatio = bounded(reading.fields['pass_ratio'], 0.5, 1)
  if (label('uplink') !== uplink || label('lab') !== '') return undefined
  if (direction === undefined || kind === undefined || result === undefined || tierMbps === undefined) return undefined
  if (passRatio === undefined || outcomeOf[result] !== reading.outcome) return undefined
  const active = kind === 'quick' || kind === 'certify'
  const slot = active ? among(slotClasses, label('slot')) : 'none'
  if (slot === undefined || (active && label('lease') === '')) return undefined

  const test: TierTest = {
    uplink,
    atMs: reading.atMs,
    direction,
    kind,
    slot,
    lease: active ? label('lease').slice(0, 64) : '',
    vantage: label('vantage') === 'gateway' ? vantage : 'panel',
    result,
    reason: reading.reason ?? (result === 'pass' ? 'above_line' : 'below_line'),
    tierMbps,
    passRatio,
    ipMbps: field('ip_mbps', most.mbps),
    ipLoMbps: field('ip_lo_mbps', most.mbps),
    ipHiMbps: field('ip_hi_mbps', most.mbps),
    goodputMbps: field('goodput_mbps', most.mbps),
    evidencePass: bounded(reading.fields['evidence_pass'], -most.nats, most.nats) ?? 0,
    evidenceFail: bounded(reading.fields['evidence_fail'], -most.nats, most.nats) ?? 0,
    cv: field('cv', 1_000),
    capMbps: field('cap_mbps', most.mbps),
    creditAskedS: field('credit_asked_s', 60) ?? 0,
    flat: reading.fields['flat'] === 1,
    spent: reading.fields['spent'] === 1,
    portLimited: reading.fields['port_limited'] === 1 || label('limit') === 'port_speed',
    reanchors: Math.floor(field('reanchors', 1_000) ?? 0),
    bytes: Math.floor((field('bytes_down', most.bytes) ?? 0) + (field('bytes_up', most.bytes) ?? 0)),
    durationMs: field('duration_ms', most.ms) ?? 0,
    server: label('server').slice(0, 64),
    egress: label('egress').slice(0, 64)
  }
  return agrees(test, field('port_mbps', most.mbps))
    ? test
    : { ...test, result: 'inconclusive', reason: 'contradiction' }
}

/** Rounded figures may stand this far on the wrong side of the line. */
const slack = 0.001
/**
 * Speeds that an Ethernet port negotiates and that are slower than some tier. A modem's driver shows its radio's or its tunnel's figure of the
 * moment under the same name (cdc_ncm: the lesser of up and down), and that proves nothing.
 */
const slowPorts: readonly number[] = [10, 100]

/** Whether the figures say what the result says. */
const agrees = (test: TierTest, portMbps: number | undefined): boolean => {
  const { kind, result, ipMbps } = test
  const lineMbps = test.passRatio * test.tierMbps
  if (result === 'inconclusive') return true
  if (kind === 'port')
    return result === 'fail' && portMbps !== undefined && slowPorts.includes(portMbps) && portMbps < test.tierMbps
  if (ipMbps === undefined) return false
  if (kind === 'passive') return result === 'pass' && ipMbps >= lineMbps * (1 - slack)
  return result === 'pass'
    ? ipMbps >= lineMbps * (1 - slack) && test.evidencePass > test.evidenceFail
    : ipMbps < lineMbps * (1 + slack) && test.evidenceFail > test.evidencePass
}

const bounded = (value: number | undefined, min: number, max: number): number | undefined =>
  value !== undefined && value >= min && value <= max ? value : undefined

const among = <Value>(list: readonly Value[], value: unknown): Value | undefined => list.find(one => one === value)
