import { dayStart } from '../../collector/calendar/day.ts'
import type { Chance } from './chance.ts'
import type { CitySchool } from './city.ts'
import type { Measured } from './measured.ts'

interface Night {
  readonly uplink: string
  readonly day: string
  readonly tierMbps: number
  readonly vantage: 'gateway' | 'panel'
}

/** The tier tests of a school's lines in one night, as the probe `bandwidth` reports them. Tests are made at 02:10. */
export const uplinkReadings = (school: CitySchool, day: string, chance: Chance): Measured[] => {
  const { id, script } = school
  const odd = Number(day.slice(8)) % 2 === 1
  const main: Night = { uplink: `${id}-wan`, day, tierMbps: school.tierMbps, vantage: 'gateway' }
  const second: Night = { ...main, uplink: `${id}-wan2` }
  const good = (night: Night): Measured => pass(night, isCertifying(day), chance)
  switch (script.uplink) {
    case 'no_uplink':
    case 'no_tests':
    case 'panel_only':
      return []
    case 'below':
      return below(main, chance)
    case 'port':
      return [port(main)]
    case 'busy':
      return [inconclusive(main, 'host', chance)]
    case 'credit':
      return [inconclusive(main, 'credit', chance)]
    case 'spent':
      // A burst credit that a certifying test sees run out: the passes before it were not the line.
      return day.endsWith('-16') ? [fail(main, chance, { spent: 1, credit_asked_s: 3 })] : [good(main)]
    case 'unsteady':
      return odd ? [good(main)] : below(main, chance)
    case 'few_days':
      return ['-10', '-12', '-14'].some(end => day.endsWith(end)) ? [pass(main, true, chance)] : []
    case 'uncertified':
      // Certified once, and not again before the period's end.
      return [pass(main, day.endsWith('-21'), chance)]
    case 'port_limited':
      return [pass(main, isCertifying(day), chance, { port_limited: 1 })]
    case 'two_lines':
      return [main, second].flatMap(night => half(night, isCertifying(day), chance))
    case 'two_lines_fresh':
      return [main, second].flatMap(night => half(night, day.endsWith('-21'), chance))
    case 'two_lines_open':
    case 'two_lines_odd':
    case 'two_lines_unknown':
      return [...below(main, chance), ...below(second, chance)]
    default:
      return chance.at('busy', id, day) < 0.04 ? [inconclusive(main, 'cross', chance)] : [good(main)]
  }
}

/** Certificates stand for weeks: one in five days is more than a real gateway spends, and soon after the first day of any city. */
const isCertifying = (day: string): boolean => Number(day.slice(8)) % 5 === 4

/** Carries 500 and not what is asked for: two of them add up. */
const half = (night: Night, certify: boolean, chance: Chance): Measured[] =>
  night.tierMbps === 1000
    ? [fail(night, chance), pass({ ...night, tierMbps: 500 }, certify, chance)]
    : [pass({ ...night, tierMbps: 500 }, certify, chance)]

/** Below the tier that is asked for, though a lower one may be carried. */
const below = (night: Night, chance: Chance): Measured[] =>
  night.tierMbps > 100 && chance.at('lower', night.uplink) < 0.5
    ? [fail(night, chance), pass({ ...night, tierMbps: 100 }, isCertifying(night.day), chance, {}, 4)]
    : [fail(night, chance)]

const tierReading = (
  night: Night,
  result: 'pass' | 'fail' | 'inconclusive',
  kind: 'quick' | 'certify' | 'port',
  rest: { readonly reason?: string; readonly fields: Readonly<Record<string, number>>; readonly minute?: number }
): Measured => ({
  atMs: dayStart(night.day) + (130 + (rest.minute ?? 0)) * 60_000,
  check: `${night.uplink}-tier`,
  part: 'down',
  outcome: ({ pass: 'ok', fail: 'failed', inconclusive: 'unavailable' } as const)[result],
  ...(rest.reason === undefined ? {} : { reason: rest.reason }),
  fields: { tier_mbps: night.tierMbps, pass_ratio: 0.95, line_mbps: 0.95 * night.tierMbps, ...rest.fields },
  labels: {
    result,
    kind,
    uplink: night.uplink,
    vantage: night.vantage,
    server: 'collector',
    egress: '198.51.100.7',
    engine: 'tier/7',
    ...(kind === 'port' ? {} : { slot: 'night', lease: `sim-${night.uplink}-${night.tierMbps}-${night.day}` })
  }
})

const active = (mbps: number, tierMbps: number, evidence: 1 | -1 | 0): Record<string, number> => ({
  ip_mbps: mbps,
  ip_lo_mbps: mbps * 0.994,
  ip_hi_mbps: mbps * 1.006,
  goodput_mbps: mbps * 0.965,
  evidence_pass: 6 * evidence,
  evidence_fail: -6 * evidence,
  cv: 0.009,
  reanchors: 0,
  spent: 0,
  port_limited: 0,
  bytes_down: Math.round(tierMbps * 125_000 * 0.8),
  bytes_up: 0,
  duration_ms: 1_300
})

const pass = (
  night: Night,
  certify: boolean,
  chance: Chance,
  over: Readonly<Record<string, number>> = {},
  minute = 0
): Measured => {
  const mbps = night.tierMbps * (0.985 + 0.02 * chance.at('rate', night.uplink, night.day))
  return tierReading(night, 'pass', certify ? 'certify' : 'quick', {
    minute,
    fields: { ...active(mbps, night.tierMbps, 1), credit_asked_s: certify ? 3 : 0, flat: certify ? 1 : 0, ...over }
  })
}

const fail = (night: Night, chance: Chance, over: Readonly<Record<string, number>> = {}): Measured => {
  const share = 0.4 + 0.4 * chance.at('share', night.uplink) + 0.02 * chance.at('rate', night.uplink, night.day)
  return tierReading(night, 'fail', over['credit_asked_s'] === undefined ? 'quick' : 'certify', {
    reason: 'below_line',
    fields: { ...active(night.tierMbps * share, night.tierMbps, -1), credit_asked_s: 0, flat: 1, ...over }
  })
}

const inconclusive = (night: Night, reason: string, chance: Chance): Measured =>
  tierReading(night, 'inconclusive', reason === 'credit' ? 'certify' : 'quick', {
    reason,
    fields: {
      ...active(night.tierMbps * (0.9 + 0.1 * chance.at('rate', night.uplink, night.day)), night.tierMbps, 0),
      credit_asked_s: reason === 'credit' ? 3 : 0,
      flat: 0
    }
  })

const port = (night: Night): Measured => {
  const slow = night.tierMbps > 100 ? 100 : 10
  return tierReading(night, 'fail', 'port', { reason: 'below_port', fields: { port_mbps: slow } })
}
