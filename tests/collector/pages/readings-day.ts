import type { CheckRow } from '../../../collector/ledger/checks.ts'
import type { CommitBatch, CommitReading, Store } from '../../../collector/store/store.ts'
import { agents, minute, nowMs } from './city-ledger.ts'

/** A day of readings of the first school's panel, and one upload of every agent that was ever heard from. */
export const uploadDay = async (store: Store): Promise<void> => {
  const checks = await store.checks()
  const heard = agents.filter(agent => agent.silentMs !== undefined)
  await store.commitBatches(
    heard.map(agent => ({
      ...empty,
      agent: agent.id,
      spool: `spool-${agent.id}`,
      receivedMs: nowMs - (agent.silentMs ?? 0),
      skewMs: agent.skewMs ?? 0,
      readings: checks
        .filter(check => check.device === agent.device)
        .flatMap(check => readingsOf(check, agent.device === 's-1-p1')),
      gaps:
        agent.device === 's-1-gw'
          ? [{ from: nowMs - 300 * minute, to: nowMs - 280 * minute, n: 1234, reason: 'spool_full' }]
          : [],
      rejected: agent.device === 's-2-gw' ? [{ i: 0, reason: 'future', pointer: '/wall_ms', body: '{}' }] : []
    }))
  )
}

const empty: Omit<CommitBatch, 'agent' | 'spool' | 'receivedMs' | 'skewMs' | 'readings' | 'gaps' | 'rejected'> = {
  seq: 1,
  sha256: 'x',
  seenIp: '10.20.30.40',
  boot: '0123456789abcdef',
  bootOffsetMs: 0,
  body: new Uint8Array(),
  markers: []
}

const readingsOf = (check: CheckRow, whole: boolean): CommitReading[] => {
  const times = whole
    ? Array.from({ length: 288 }, (_, i) => nowMs - (288 - i) * 5 * minute + minute)
    : [nowMs - 2 * minute]
  // Two hours in which nothing was measured: the trend must break there.
  return times
    .filter(at => !whole || at < nowMs - 700 * minute || at > nowMs - 580 * minute)
    .flatMap((at, i) => readingAt(check, at, i))
}

const wave = (i: number, low: number, high: number): number =>
  low + ((high - low) * (1 + Math.sin(i / 23) * Math.cos(i / 7))) / 2

const reading = (
  check: CheckRow,
  atMs: number,
  fields: Record<string, number>,
  labels?: Record<string, string>,
  more: Partial<CommitReading> = {}
): CommitReading => ({
  atMs,
  checkId: check.id,
  part: '',
  outcome: 'ok',
  reason: undefined,
  tookMs: 12,
  fields: JSON.stringify(fields),
  labels: labels === undefined ? undefined : JSON.stringify(labels),
  trace: undefined,
  live: true,
  ...more
})

const readingAt = (check: CheckRow, at: number, i: number): CommitReading[] => {
  switch (check.probe) {
    case 'host':
      return [
        reading(check, at, { uptime_s: 93_784, cpu_pct: 7.31, mem_available_bytes: 3.2e9, disk_free_bytes: 5.1e10 })
      ]
    case 'port':
      return [
        reading(
          check,
          at,
          { speed_mbps: 100, duplex_full: 1, carrier: 1, capable_mbps: 1000 },
          { kind: 'port' },
          { part: 'enp1s0', outcome: 'degraded', reason: 'speed_low' }
        ),
        reading(
          check,
          at,
          { carrier: 0 },
          { kind: 'port' },
          { part: `<u>eth"1`, outcome: 'unavailable', reason: 'no_carrier' }
        )
      ]
    case 'ping':
      return [
        reading(
          check,
          at,
          { sent_n: 5, lost_n: 0, rtt_ms: wave(i, 0.4, 3) },
          { subject: 'gateway', address: '192.168.1.1' }
        )
      ]
    case 'clock':
      return [reading(check, at, { offset_ms: wave(i, -40, 30), delay_ms: 22.4, stratum: 2 }, { source: 'sntp' })]
    case 'bandwidth':
      return [bandwidthAt(check, at)]
    default:
      return [portalAt(check, at, i)]
  }
}

const portalAt = (check: CheckRow, at: number, i: number): CommitReading => {
  if (check.place === 'self')
    return reading(
      check,
      at,
      { ttfb_ms: wave(i, 1, 4), dns_ms: 0, status_code: 200 },
      { place: 'self', subject: check.subject }
    )
  const fields = { ttfb_ms: wave(i, 38, 220), dns_ms: 8.2, status_code: 200, cert_days: 64.3 }
  const labels = { place: 'off_site', subject: check.subject }
  if (check.subject.includes('moe') && i % 60 > 50)
    return reading(check, at, { dns_ms: 5000 }, labels, { outcome: 'failed', reason: 'tcp_timeout' })
  if (check.subject === 'www.gov.cn')
    return reading(
      check,
      at,
      { dns_ms: 5 },
      { ...labels, place: 'private' },
      { outcome: 'failed', reason: 'quantum_flux' }
    )
  return reading(check, at, fields, labels)
}

const bandwidthAt = (check: CheckRow, at: number): CommitReading =>
  reading(
    check,
    at,
    { tier_mbps: 1000, line_mbps: 950, ip_mbps: 611.2, ip_lo_mbps: 604, ip_hi_mbps: 618, goodput_mbps: 590 },
    { kind: 'quick', result: 'fail', uplink: check.subject },
    { part: 'down', outcome: 'failed', reason: 'below_line' }
  )
