import type { Chance } from './chance.ts'
import type { CitySchool } from './city.ts'
import { farWord, siteReadings, type Sites } from './sites.ts'
import { folded, isOneOfFew, type DeviceDay, type Measured } from './measured.ts'

/** A classroom panel on a day: switched on in school hours, off otherwise. */
export const panelReadings = (school: CitySchool, at: DeviceDay, sites: Sites, chance: Chance): Measured[] => {
  const { script } = school
  if (script.activity === 'declared_none') return []
  const second = at.device === `${school.id}-r2-p`
  if (!at.isSchoolDay) return []
  if (second && script.panels === 'silent') return []
  return [
    host(at, chance),
    ...(second && script.rooms === 'silent' ? [] : [port(school, at, chance)]),
    ...panelSites(school, at, sites, chance),
    ...(at.device === `${school.id}-r1-p` ? userIpv6(school, at, chance) : [])
  ]
}

export const host = (at: DeviceDay, chance: Chance): Measured => ({
  atMs: at.atMs,
  check: `${at.device}-host`,
  outcome: 'ok',
  fields: folded(minutesOn(at, chance), {
    uptime_s: chance.whole(3_000, 40_000, 'up', at.device, at.day),
    load1: chance.at('load', at.device, at.day),
    mem_total_bytes: 8_321_231_360,
    mem_available_bytes: chance.whole(1_000_000_000, 6_000_000_000, 'mem', at.device, at.day),
    disk_total_bytes: 128_725_623_808,
    disk_free_bytes: 60_725_623_808
  })
})

/** Of the 570 minutes of a school day; one panel in twelve is switched on for single lessons only. */
const minutesOn = ({ device, day }: DeviceDay, chance: Chance): number => {
  if (!device.endsWith('-p')) return 570
  return chance.at('seldom', device) < 1 / 12
    ? chance.whole(45, 200, 'on', device, day)
    : chance.whole(400, 570, 'on', device, day)
}

const port = ({ id, script }: CitySchool, at: DeviceDay, chance: Chance): Measured => {
  const base = { atMs: at.atMs, check: `${at.device}-port`, part: 'eth0', labels: { kind: 'port' } }
  const wired = (speed: number, capable: number): Measured => ({
    ...base,
    ...(speed < 1000 ? { outcome: 'degraded', reason: 'speed_low' } : { outcome: 'ok' }),
    fields: folded(60, { speed_mbps: speed, duplex_full: 1, carrier: 1, capable_mbps: capable })
  })
  if (at.device === `${id}-r2-p`)
    switch (script.rooms) {
      case 'slow':
      case 'wireless_unknown':
        return wired(100, 1000)
      case 'slow_card':
        return wired(100, 100)
      case 'unreadable':
        return { ...base, outcome: 'unavailable', reason: 'speed_unknown', fields: folded(60, { carrier: 1 }) }
      default:
        break
    }
  if (chance.at('wireless', at.device) < 0.15)
    return {
      ...base,
      part: 'wlan0',
      outcome: 'ok',
      labels: { kind: 'wifi' },
      fields: folded(60, {
        rssi_dbm: -chance.whole(48, 64, 'rssi', at.device, at.day),
        associated: 1,
        gateway_reachable: 1
      })
    }
  return wired(1000, 1000)
}

const panelSites = (school: CitySchool, at: DeviceDay, sites: Sites, chance: Chance): Measured[] => {
  const blocked = school.script.platform === 'blocked' && at.device === `${school.id}-r1-p`
  const few = school.script.platform === 'few_days' && !isOneOfFew(at.day)
  const far = farWord(school.script, at.day)
  return siteReadings(at, sites.ofPanels, chance, subject => {
    if (far !== 'answers') return far
    const isPlatform = sites.platform.includes(subject)
    if (isPlatform && few) return 'silent'
    return isPlatform && blocked && subject === sites.platform[0] ? 'fails' : 'answers'
  })
}

const userIpv6 = ({ script }: CitySchool, at: DeviceDay, chance: Chance): Measured[] => {
  const base = { atMs: at.atMs + 30_000, check: `${at.device}-ipv6` }
  const labels = { vantage: 'user', state: script.ipv6 ?? 'ready' }
  const n = chance.whole(36, 60, 'ipv6', at.device, at.day)
  const ok: Measured = {
    ...base,
    outcome: 'ok',
    labels: { ...labels, state: 'ready' },
    fields: folded(n, { rtt_v6_ms: chance.whole(12, 40, 'v6', at.device, at.day), rtt_v4_ms: 14 })
  }
  switch (script.ipv6) {
    case 'tcp_blocked':
    case 'ula_only':
    case 'no_ipv6':
      return [{ ...base, outcome: 'failed', reason: script.ipv6, labels, fields: folded(n) }]
    case 'wan_only':
    case 'no_readings':
      return []
    case 'few_samples':
      return [{ ...ok, fields: folded(12) }]
    case 'few_days':
      return isOneOfFew(at.day) ? [ok] : []
    default:
      // The odd bad hour is normal.
      return chance.at('bad', at.device, at.day) < 0.2
        ? [
            ok,
            {
              ...base,
              atMs: base.atMs + 60_000,
              outcome: 'failed',
              reason: 'tcp_blocked',
              labels: { vantage: 'user', state: 'tcp_blocked' },
              fields: folded(3)
            }
          ]
        : [ok]
  }
}
