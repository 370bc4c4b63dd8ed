import { broadcastHost, videoHost } from './checks.ts'
import type { Chance } from './chance.ts'
import type { CitySchool } from './city.ts'
import { host } from './panel.ts'
import { farWord, siteReadings, type Sites } from './sites.ts'
import { folded, isOneOfFew, type DeviceDay, type Measured } from './measured.ts'
import { uplinkReadings } from './uplink.ts'

/** A school's gateway on a day: it is on day and night. */
export const gatewayReadings = (school: CitySchool, at: DeviceDay, sites: Sites, chance: Chance): Measured[] => {
  const { script } = school
  const far = farWord(script, at.day)
  const few = script.sites === 'few_days' && !isOneOfFew(at.day)
  return [
    host(at, chance),
    ...siteReadings(at, sites.ofGateways, chance, subject =>
      few && !sites.everyday.includes(subject) ? 'silent' : far
    ),
    {
      atMs: at.atMs,
      check: `${at.device}-self`,
      outcome: 'ok',
      fields: folded(18, { total_ms: 3, status_code: 200 }),
      labels: { place: 'self' }
    },
    clock(at, chance),
    ...(script.ipv6 === 'no_readings'
      ? []
      : [
          {
            atMs: at.atMs,
            check: `${at.device}-ipv6`,
            outcome: 'ok' as const,
            fields: folded(40, { rtt_v6_ms: 21 }),
            labels: { vantage: 'wan', state: 'ready' }
          }
        ]),
    ...inside(
      at,
      'broadcast',
      broadcastHost,
      script.broadcast === 'fails'
        ? 'fails'
        : script.broadcast === 'few_days' && !at.day.endsWith('-11')
          ? 'silent'
          : 'answers'
    ),
    ...inside(at, 'video', videoHost, script.video === 'fails' ? 'fails' : 'answers'),
    ...(far === 'fails' ? [] : uplinkReadings(school, at.day, chance))
  ]
}

const clock = (at: DeviceDay, chance: Chance): Measured => ({
  atMs: at.atMs,
  check: `${at.device}-clock`,
  outcome: 'ok',
  fields: folded(18, {
    offset_ms: chance.whole(-90, 90, 'offset', at.device, at.day) / 10,
    delay_ms: 24,
    bound_ms: 13,
    stratum: 2,
    servers_ok_n: 2
  }),
  labels: { source: 'sntp', server: 'ntp.ntsc.ac.cn' }
})

const inside = (at: DeviceDay, name: string, subject: string, word: 'answers' | 'fails' | 'silent'): Measured[] => {
  if (word === 'silent' || !at.isSchoolDay) return []
  const base = { atMs: at.atMs, check: `${at.device}-${name}`, labels: { subject } }
  return word === 'answers'
    ? [{ ...base, outcome: 'ok', fields: folded(20, { sent_n: 5, lost_n: 0, rtt_ms: 0.8 }) }]
    : [{ ...base, outcome: 'failed', reason: 'no_reply', fields: folded(4, { sent_n: 5, lost_n: 5 }) }]
}
