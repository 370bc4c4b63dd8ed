import type { AreaRow, PackScopeRow } from '../../../collector/ledger/ledger.ts'
import type { AppliesTo } from '../../../collector/verdicts/applies.ts'
import type { Override, Pack, Target } from '../../../collector/verdicts/pack.ts'
import type { Dice } from './dice.ts'

type Shape = Pick<Target, 'indicator' | 'fact' | 'subjects' | 'parameters'>

/** Hosts that targets name; every school knows them. */
export const sites = ['www.smartedu.cn', 'basic.smartedu.cn', 'edu.example'] as const

/** What a target may ask; figures beside their defaults, so that a rule that forgets its parameters is found. */
const shapes: readonly ((dice: Dice) => Shape)[] = [
  d => ({ indicator: 'broadband-access', ...given(d, { days: d.between(1, 4), subjects: d.between(1, 3) }) }),
  d => ({ indicator: 'uplink', parameters: { tier_mbps: d.pick([10, 100, 100, 500, 1000, 1000]) } }),
  d => ({ indicator: 'ipv6', ...given(d, { ratio_pct: d.pick([80, 75, 50, 100]), samples: d.pick([20, 20, 10]) }) }),
  d => ({
    indicator: 'recording-room',
    ...given(d, { height_px: d.pick([720, 1080]), width_px: d.pick([1280, 1920]) })
  }),
  d => ({ indicator: 'sync-classroom', ...given(d, { live_days: d.between(1, 3) }) }),
  d => ({
    indicator: 'panel-coverage',
    ...given(d, { days: d.between(1, 5), share_pct: d.pick([100, 80, 50]), classrooms_only: d.between(0, 1) })
  }),
  d => ({
    indicator: 'platform-reach',
    subjects: d.some(sites, d.between(1, 2)),
    ...given(d, { days: d.between(1, 5) })
  }),
  d => ({ indicator: 'device-activity', ...given(d, { least_pct: d.pick([0, 25, 50]) }) }),
  d => ({ indicator: 'room-port', ...given(d, { days: d.pick([7, 3]), mbps: d.pick([1000, 100]) }) }),
  d => ({ indicator: 'device-ratio', ...given(d, { teachers_per_computer: 1, pupils_per_computer: d.pick([5, 8]) }) }),
  d => ({ indicator: 'declared', fact: d.pick(['labs', 'drills', 'security-monitoring']) }),
  d => ({
    indicator: 'reachable',
    fact: d.pick(['campus-broadcast', 'security-video']),
    ...given(d, { days: d.between(1, 4) })
  }),
  d => ({ indicator: 'key-sites', subjects: d.some(sites, d.between(1, 2)) }),
  () => ({ indicator: 'monthly-report' })
]

const given = (dice: Dice, parameters: Record<string, number>): Pick<Target, 'parameters'> =>
  dice.chance(0.5) ? {} : { parameters: Object.fromEntries(dice.some(Object.entries(parameters), dice.between(1, 3))) }

const conditions: readonly [AppliesTo, ...AppliesTo[]] = [
  { all: [] },
  { all: [] },
  { all: [] },
  { all: [] },
  { attribute: 'zone', eq: 'rural' },
  { attribute: 'zone', in: ['urban', 'town'] },
  { not: { attribute: 'stage', eq: 'teaching-point' } },
  {
    all: [
      { attribute: 'stage', in: ['middle', 'nine-year'] },
      { attribute: 'larger', eq: true }
    ]
  },
  {
    any: [
      { attribute: 'township_central', eq: true },
      { not: { attribute: 'stage', in: ['primary', 'teaching-point'] } }
    ]
  },
  { attribute: 'pupils', gte: 100, lt: 2000 },
  { not: { attribute: 'pupils', lt: 500 } },
  { any: [] }
]

export const packsOf = (
  dice: Dice,
  areas: readonly AreaRow[],
  months: readonly string[]
): { packs: Pack[]; scopes: PackScopeRow[] } => {
  const names = ['nation', 'province', 'city'].slice(0, dice.between(1, 3))
  const packs = names.map((name): Pack => {
    const chosen = dice.some(shapes, dice.between(2, 7))
    const targets = chosen.map((shape, i): Target => ({
      id: `t-${i}`,
      title: { zh: '指标', en: 'target' },
      paragraph: '1',
      level: 'school',
      applies_to: dice.pick(conditions),
      goal_pct: dice.pick([0, 50, 70, 100]),
      ...shape(dice),
      ...(dice.chance(0.1) ? { from_period: dice.pick(['2026-01', '2026-11', '2027-02']) } : {}),
      ...(dice.chance(0.1) ? { to_period: dice.pick(['2026-10', '2026-12', '2030-01']) } : {})
    }))
    const weights = Object.fromEntries(
      dice
        .some(targets, dice.between(0, targets.length))
        .map(target => [target.id, dice.pick([1, 1, 2, 0.5, 0.1, 0.3, 7])])
    )
    return {
      id: name,
      title: { zh: name, en: name },
      document: name,
      from_period: dice.pick(['2020-01', '2020-01', '2026-01', months[0] ?? '2026-01']),
      ...(dice.chance(0.1) ? { to_period: dice.pick(['2026-12', '2030-12']) } : {}),
      targets,
      ...(dice.chance(0.8) ? { ranking: { weights, ...(dice.chance(0.5) ? { back: dice.between(1, 3) } : {}) } } : {})
    }
  })
  const stacked = packs.map((pack, i): Pack => {
    const overrides = packs.slice(0, i + 1).flatMap(other => overridesOf(dice, other))
    return overrides.length > 0 && dice.chance(0.6) ? { ...pack, overrides } : pack
  })
  return { packs: stacked, scopes: scopesOf(dice, stacked, areas, months) }
}

const overridesOf = (dice: Dice, pack: Pack): Override[] =>
  dice.some(pack.targets, dice.between(0, 2)).map((target): Override => {
    const override = { target: `${pack.id}/${target.id}`, paragraph: '2' }
    if (dice.chance(0.15)) return { ...override, drop: true }
    return {
      ...override,
      ...(dice.chance(0.5) ? { goal_pct: dice.pick([60, 90]) } : {}),
      ...(dice.chance(0.3) ? { applies_to: dice.pick(conditions) } : {}),
      ...(target.indicator === 'broadband-access' && dice.chance(0.5)
        ? { parameters: { days: dice.pick([2, 5]) } }
        : {}),
      ...(target.indicator === 'uplink' && dice.chance(0.5)
        ? { parameters: { tier_mbps: dice.pick([10, 1000]) } }
        : {}),
      ...(target.subjects !== undefined && dice.chance(0.3) ? { subjects: [dice.pick(sites)] } : {})
    }
  })

const scopesOf = (
  dice: Dice,
  packs: readonly Pack[],
  areas: readonly AreaRow[],
  months: readonly string[]
): PackScopeRow[] => {
  const scopes = packs.flatMap((pack, i): PackScopeRow[] => {
    // The first packs rule from the top, so that most schools are asked something.
    const places = i === 0 || dice.chance(0.6) ? areas.slice(0, 1) : dice.some(areas, dice.between(1, 2))
    return places.map(place => ({
      area: place.id,
      pack: pack.id,
      fromPeriod: dice.chance(0.85) ? '2020-01' : (months[1] ?? '2027-01'),
      toPeriod: dice.chance(0.9) ? undefined : months[0]
    }))
  })
  return dice.chance(0.1)
    ? [...scopes, { area: areas[0]?.id ?? '', pack: 'gone', fromPeriod: '2020-01', toPeriod: undefined }]
    : scopes
}
