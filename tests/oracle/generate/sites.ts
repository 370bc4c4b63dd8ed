import { dayMs } from '../../../collector/calendar/day.ts'
import type { Parameters } from '../answer.ts'
import { dayAt } from '../looking.ts'
import type { Scene } from './scene.ts'

/** Samples per day around the least that counts, and good ones around the ratio that is asked for: "exactly" must be frequent. */
export const ipv6 = (s: Scene, p: Parameters): void => {
  const { dice } = s
  const pct = p['ratio_pct'] ?? 80
  const least = p['samples'] ?? 20
  for (const vantage of dice.pick([
    ['user'],
    ['user'],
    ['user'],
    ['user', 'user'],
    ['wan'],
    ['user', 'wan'],
    [],
    ['']
  ])) {
    const check = s.check(s.device('panel').id, 'ipv6', 'dual')
    if (s.mood === 'silent') continue
    const exact = dice.chance(0.7)
    const skew = s.mood === 'good' ? dice.between(0, 1) : s.mood === 'bad' ? dice.between(-3, 0) : dice.between(-1, 1)
    const days = dice.some(dice.chance(0.85) ? s.schoolDays : s.days, dice.near(s.need))
    for (const [i, day] of days.entries()) {
      const all = dice.chance(0.9) ? least * dice.pick([1, 1, 1, 2]) : dice.pick([least - 1, least + 1, 1])
      const good = Math.max(0, Math.min(all, Math.round((all * pct) / 100) + (exact ? (i === 0 ? skew : 0) : skew)))
      const folded = dice.chance(0.1) ? 1000 : 1
      const degraded = dice.between(0, Math.min(2, good))
      s.row(day, check, {
        counts: { ok: (good - degraded) * folded, degraded: degraded * folded, failed: (all - good) * folded },
        live: all - good,
        reasons: { ula_only: (all - good) * folded },
        last: { labels: vantage === '' || dice.chance(0.05) ? {} : { vantage } }
      })
    }
  }
}

/** Hosts that are declared or named by a target: pinged or asked for, anywhere in the school. */
export const hosts = (s: Scene, p: Parameters, subjects: readonly string[], untilDays: 'days' | 'need'): void => {
  const { dice } = s
  const from = s.devices[0] ?? s.device('gateway')
  for (const subject of subjects) {
    if (dice.chance(0.07)) continue
    const check = s.check(from.id, dice.pick(['ping', 'portal']), subject)
    if (s.mood === 'silent') continue
    const fails = s.mood === 'bad' || (s.mood === 'mixed' && dice.chance(0.3))
    const wanted = fails || untilDays === 'need' ? s.need : (p['days'] ?? 3)
    for (const day of dice.some(fails ? s.schoolDays : s.days, dice.near(wanted)))
      s.row(
        day,
        check,
        fails
          ? { counts: { failed: 2 }, live: dice.chance(0.95) ? 1 : 0 }
          : { counts: dice.pick([{ ok: 1 }, { degraded: 1 }]), place: 'off_site' }
      )
    const [odd] = dice.some(s.days, 1)
    if (odd !== undefined && dice.chance(0.15))
      s.row(odd, check, { counts: dice.pick([{ ok: 1 }, { failed: 1 }, { unavailable: 1 }]) })
  }
}

/** Ports of panels and of the switch behind them, read around the 7 days that count. */
export const ports = (s: Scene, p: Parameters): void => {
  const { dice } = s
  const want = p['mbps'] ?? 1000
  const days = p['days'] ?? 7
  if (s.rooms.length === 0) for (let i = dice.between(0, 3); i > 0; i--) s.room({})
  const switches = dice.chance(0.4) ? s.device('switch') : undefined
  const fine = s.mood === 'good' || (s.mood === 'mixed' && dice.chance(0.5))
  if (dice.chance(0.4)) s.fact('room-wireless', dice.pick(['none', 'none', 'present']))
  const at = (): number =>
    s.asOfMs - dice.pick([0, 1, 3_600_000, dayMs, (days - 1) * dayMs, days * dayMs, days * dayMs + 1])
  for (const room of s.rooms) {
    if (switches !== undefined && dice.chance(0.7)) {
      const port = `ge-${room.id}`
      s.portMap.push({ switch: switches.id, port, room: room.id })
      const check = s.check(switches.id, dice.pick(['port', 'snmp_port']), 'ports')
      const atMs = at()
      const slow = !fine && dice.chance(0.8)
      if (s.mood !== 'silent' && dice.chance(0.8))
        s.row(dayAt(atMs), check, {
          counts: slow ? { degraded: 1 } : dice.pick([{ ok: 1 }, { ok: 1 }, { failed: 1 }]),
          part: dice.chance(0.95) ? port : 'other',
          atMs,
          last: { fields: { speed_mbps: slow ? want / 10 : want }, labels: { kind: 'port' } }
        })
    }
    const device =
      s.devices.find(one => one.room === room.id) ??
      (dice.chance(0.8) ? s.device('panel', { room: room.id }) : undefined)
    if (device === undefined || s.mood === 'silent') continue
    const check = s.check(device.id, 'port', 'ports')
    for (const part of dice.some(['eth0', 'eth1', 'wlan0'], dice.between(0, 3))) {
      const wifi = part === 'wlan0'
      const slow = !fine && dice.chance(0.9)
      for (let i = dice.between(1, 2); i > 0; i--) {
        const atMs = at()
        const outcome = wifi
          ? fine
            ? dice.pick(['ok', 'degraded'] as const)
            : dice.pick(['failed', 'failed', 'degraded', 'unavailable'] as const)
          : slow
            ? 'degraded'
            : dice.pick(['ok', 'ok', 'unavailable'] as const)
        s.row(dayAt(atMs), check, {
          counts: { [outcome]: 1 },
          part,
          atMs,
          last: {
            reason: outcome === 'degraded' ? (wifi ? dice.pick(['weak_signal', 'no_address']) : 'slow') : undefined,
            fields: wifi
              ? {}
              : {
                  speed_mbps: slow ? dice.pick([want / 10, want - 1, want]) : want,
                  ...(dice.chance(0.85) ? { capable_mbps: dice.pick([want, want, want / 10]) } : {}),
                  ...(dice.chance(0.3) ? { duplex_full: dice.between(0, 1) } : {})
                },
            labels: { kind: wifi ? 'wifi' : 'port' }
          }
        })
      }
    }
  }
}

/** Readings that could not be measured, on any check and day: they must never decide anything. */
export const noise = (s: Scene): void => {
  for (const check of s.dice.some(s.checks, s.dice.between(0, 3)))
    for (const day of s.dice.some(s.days, s.dice.between(1, 4)))
      s.row(day, check, { counts: { unavailable: s.dice.between(1, 9) }, part: 'noise' })
}
