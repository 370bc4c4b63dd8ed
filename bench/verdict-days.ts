import { dayStart } from '../collector/calendar/day.ts'
import type { DayRollup, FieldFigures } from '../collector/verdicts/rollup.ts'

/** A check of the bench's city. */
interface CityCheck {
  readonly id: number
  readonly probe: string
  readonly school: number
  readonly device: string
}

const none = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }

/**
 * What a check says on a day: kind 0 is a good one, on 1 the sites that the school's fault is about fail, 2 is half measured. One school in ten is
 * silent, every fifth has slow ports, every sixth fails sites, every fourth has a dark recorder: most verdicts and causes occur.
 */
export const rollupOf = (
  { id, probe, school, device }: CityCheck,
  kind: number,
  day: string
): DayRollup | undefined => {
  if (school % 10 === 9) return undefined
  const panel = Number(/-p(\d+)$/.exec(device)?.[1] ?? 0)
  const { fields, labels } = lastOf(probe, school, panel)
  const bad = isBad(probe, school, kind)
  const weight = kind === 2 ? 120 : 288
  const good = { ...none, ok: weight }
  const counts = bad ? { ...none, failed: weight } : good
  const inHours = bad ? { ...none, failed: 114 } : { ...none, ok: kind === 2 ? 10 : 114 }
  const slowPort = probe === 'port' && school % 5 === 0 && panel % 4 === 1
  const fromMs = dayStart(day)
  return {
    day,
    checkId: id,
    part: probe === 'port' ? 'eth0' : '',
    place: probe === 'portal' && !bad ? 'off_site' : '',
    counts: slowPort ? { ...none, degraded: weight } : counts,
    inHours: slowPort ? { ...none, degraded: 114 } : inHours,
    liveFailed: counts.failed,
    reasons: slowPort ? { speed_low: weight } : bad ? { [badReason(probe)]: weight } : {},
    firstMs: fromMs + 60_000,
    last: {
      atMs: fromMs + 86_000_000,
      outcome: slowPort ? 'degraded' : bad ? 'failed' : 'ok',
      reason: slowPort ? 'speed_low' : bad ? badReason(probe) : undefined,
      fields: slowPort ? { ...fields, speed_mbps: 100 } : fields,
      labels
    },
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, figuresOf(value)]))
  }
}

const isBad = (probe: string, school: number, kind: number): boolean => {
  switch (probe) {
    case 'portal':
      return kind === 1 && school % 6 === 0
    case 'ipv6':
      return school % 8 === 0
    case 'recording':
      return school % 4 === 0
    default:
      return false
  }
}

const badReason = (probe: string): string =>
  probe === 'ipv6' ? 'no_ipv6' : probe === 'recording' ? 'no_media' : 'tcp_timeout'

const figuresOf = (value: number): FieldFigures => ({
  n: 288,
  min: value * 0.8,
  mean: value * 1.01,
  p50: value,
  p95: value * 1.3,
  max: value * 2
})

/** Fields as the probes of those names write them. */
const lastOf = (
  probe: string,
  school: number,
  panel: number
): { readonly fields: Record<string, number>; readonly labels: Record<string, string> } => {
  const unlike = school * 38 + panel
  switch (probe) {
    case 'host':
      return {
        fields: {
          uptime_s: 3_600 + unlike,
          cpu_pct: 7.25,
          mem_total_bytes: 8_328_192_000,
          mem_available_bytes: 3_120_000_000 + unlike,
          disk_total_bytes: 128_000_000_000,
          disk_free_bytes: 61_000_000_000 - unlike
        },
        labels: { boot_id: `0d8f3c52-0000-4000-8000-${String(unlike).padStart(12, '0')}` }
      }
    case 'port':
      return {
        fields: { speed_mbps: 1000, capable_mbps: 1000, duplex_full: 1, carrier: 1, mtu: 1500 },
        labels: { kind: 'port', mac: `02:00:00:00:00:${String(panel).padStart(2, '0')}` }
      }
    case 'recording':
      return { fields: { width_px: 1920, height_px: 1080, fps: 25, kbps: 4_096 }, labels: { state: 'ready' } }
    case 'ipv6':
      return { fields: { tcp_ms: 21.5, v4_ms: 22 }, labels: { vantage: 'user' } }
    default:
      return {
        fields: {
          dns_ms: 4.25,
          tcp_ms: 21.5,
          tls_ms: 44.75,
          ttfb_ms: 31,
          total_ms: 104.5 + (unlike % 97),
          cert_days: 211
        },
        labels: { place: 'off_site', address: `203.0.113.${school % 250}`, family: '4' }
      }
  }
}
