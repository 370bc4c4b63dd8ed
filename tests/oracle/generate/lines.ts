import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { daysLater, nextDay, startOf } from '../looking.ts'
import type { Scene } from './scene.ts'

/** Portal checks of the gateway: answers, failures without and with an echo, and answers of the own site that count for nothing. */
export const access = (s: Scene): void => {
  const { dice } = s
  const gateway = s.device('gateway', { uploadPath: dice.chance(0.7) ? 'other' : 'campus' })
  const off = Array.from({ length: dice.between(0, 4) }, (_, i) =>
    s.check(gateway.id, 'portal', `off-${dice.chance(0.1) ? 0 : i}`, 'off_site')
  )
  const own = s.check(gateway.id, 'portal', 'own', 'self')
  if (dice.chance(0.25))
    s.fact('access', dice.pick(['none', 'none', 'fibre']), dice.pick(['2025-09-01', s.period.lastDay]))
  if (dice.chance(0.1))
    s.fact('access', dice.pick(['none', 'fibre']), dice.pick(['2026-01-02', nextDay(s.period.lastDay)]))
  if (s.mood === 'silent') return
  if (s.mood !== 'bad')
    for (const day of dice.some(s.days, dice.near(3)))
      for (const check of dice.some(off, dice.near(2)))
        s.row(day, check, { counts: dice.pick([{ ok: 3 }, { degraded: 1 }, { ok: 1, failed: 4 }]), place: 'off_site' })
  if (s.mood !== 'good')
    for (const day of dice.some(dice.chance(0.8) ? s.schoolDays : s.days, dice.near(s.need) + 1))
      for (const check of dice.chance(0.8) ? off : dice.some(off, dice.near(2))) {
        const reason = dice.chance(0.98) ? dice.pick(['tcp_timeout', 'dns_servfail']) : 'http_status'
        s.row(day, check, { counts: { failed: 4 }, live: dice.chance(0.98) ? 4 : 0, reasons: { [reason]: 4 } })
      }
  for (const day of dice.some(s.days, dice.between(0, 2))) s.row(day, own, { counts: { ok: 2 }, place: 'self' })
}

/** Nights of tests: a certificate, daily passes and fails of every strength, what is undecided, counters and ports; several lines that add up. */
export const uplink = (s: Scene, tier: number): void => {
  const { dice } = s
  const n = dice.pick([0, 1, 1, 1, 1, 2, 3])
  const promises = dice.pick([[5, 10, 50, 100, 100, 300, 500, 1000], [500], [500, 500, 300], [100, 300]])
  const honest = n > 1 && dice.chance(0.7)
  for (let i = 0; i < n; i++) {
    const device = s.device(dice.chance(0.9) ? 'gateway' : 'panel')
    const [promised = 100] = dice.some(honest && dice.chance(0.8) ? [Math.ceil(tier / 2)] : promises, 1)
    const row = {
      id: `${device.id}-u`,
      school: device.school,
      device: device.id,
      interfaceName: undefined,
      contractDownMbps: dice.chance(0.9) ? promised : undefined,
      contractUpMbps: undefined,
      isp: undefined,
      sharedGroup: dice.chance(0.2) ? 'shared' : undefined,
      server: undefined
    }
    s.uplinks.push(row)
    if (s.mood === 'silent' || dice.chance(0.1)) continue
    const own = [10, 100, 500, 1000].findLast(one => one <= promised) ?? 10
    const vantage = device.kind === 'gateway' ? 'gateway' : 'panel'
    const fails = s.mood === 'bad' && !(honest && i > 0)
    // A line that keeps a smaller promise is below the tier as well.
    for (const about of honest ? (own < tier ? [own, tier] : [own]) : [dice.chance(0.8) ? tier : own])
      for (const [j, test] of nightsOf(s, about, fails || (honest && about > own)).entries())
        s.tierTests.push({ ...test, uplink: row.id, vantage, lease: `${row.id}-${about}-${j}` })
  }
}

type Kinds = readonly TierTest['kind'][]
type Night = Omit<TierTest, 'uplink' | 'vantage' | 'lease'>

const nightsOf = (s: Scene, tier: number, alwaysFails: boolean): Night[] => {
  const { dice } = s
  const days: string[] = []
  for (let day = daysLater(s.period.firstDay, -20); day <= daysLater(s.period.lastDay, 2); day = nextDay(day))
    days.push(day)
  const failing = new Set(dice.some(s.days, s.mood === 'good' ? dice.between(0, 2) : dice.near(4)))
  const tested = new Set(dice.some(days, dice.chance(0.8) ? days.length - dice.between(0, 14) : dice.between(0, 40)))
  const kinds = dice.pick<readonly [Kinds, ...Kinds[]]>([
    ['quick', 'quick', 'quick', 'certify', 'passive'],
    ['quick', 'quick', 'quick', 'certify', 'passive'],
    ['quick', 'certify'],
    ['quick'],
    alwaysFails ? ['port'] : ['certify']
  ])
  const undecided = dice.pick([0.05, 0.05, 0.05, 0.05, 0.4, 1])
  const whys = dice.pick([['undecided', 'credit', 'host'], ['credit'], ['host']])
  const portLimited = dice.chance(0.1)
  return days
    .filter(day => tested.has(day))
    .map((day, i): Night => {
      const kind = i % 9 === 0 && kinds.length > 1 ? 'certify' : (dice.some(kinds, 1)[0] ?? 'quick')
      const active = kind === 'quick' || kind === 'certify'
      const fails = kind === 'port' || (active && (alwaysFails || failing.has(day)))
      const result = active && dice.chance(undecided) ? 'inconclusive' : fails ? 'fail' : 'pass'
      const strength = dice.pick([12, 12, 12, 5.3, 1])
      return {
        atMs: startOf(day) + 3_600_000 + i + tier,
        direction: 'down',
        kind,
        slot: active ? 'night' : 'none',
        result,
        reason: result === 'inconclusive' ? (dice.some<string>(whys, 1)[0] ?? '') : result,
        tierMbps: dice.chance(0.95) ? tier : dice.pick([10, 100, 500, 1000]),
        passRatio: 0.95,
        ipMbps: undefined,
        ipLoMbps: undefined,
        ipHiMbps: undefined,
        goodputMbps: undefined,
        evidencePass: result === 'pass' ? strength : 0,
        evidenceFail: result === 'fail' ? strength : 0,
        cv: undefined,
        capMbps: undefined,
        creditAskedS: kind === 'certify' ? 3 : 0,
        flat: dice.chance(0.8),
        spent: false,
        portLimited,
        reanchors: 0,
        bytes: 1,
        durationMs: 1,
        server: '',
        egress: ''
      }
    })
}
