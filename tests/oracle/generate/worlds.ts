import fc from 'fast-check'
import { dayMs } from '../../../collector/calendar/day.ts'
import { daysOf, periodNamed, weekdaysOf, type Period } from '../../../collector/calendar/period.ts'
import type { SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { askedOf, type Asked } from '../targets.ts'
import type { Month, World } from '../world.ts'
import { diceOf, type Dice } from './dice.ts'
import { declared, ratio, reachable, report } from './facts.ts'
import { areasOf, groupsOf, pupilsOf, type Pupil } from './ledger.ts'
import { access, uplink } from './lines.ts'
import { packsOf } from './packs.ts'
import { panels, platform, recorders } from './rooms.ts'
import { sceneOf, type Scene } from './scene.ts'
import { hosts, ipv6, noise, ports } from './sites.ts'

/** Worlds of fast-check, of 1 to so many schools and 1 to 4 months; a world that fails is made smaller. */
export const worldsOf = (most: number): fc.Arbitrary<World> =>
  fc
    .record({
      seed: fc.integer({ min: 0, max: 0x7fffffff }),
      schools: fc.integer({ min: 1, max: most }),
      months: fc.integer({ min: 1, max: 4 })
    })
    .map(({ seed, schools, months }) => worldOf(seed, Math.ceil(schools / (1 + months / 2)), months))

/** The months of all worlds, written down once. */
const calendar = ['2026-10', '2026-11', '2026-12', '2027-01'].map(name => {
  const period = periodNamed(name)
  return { period, days: daysOf(period), weekdays: weekdaysOf(period) }
})
const daysIn = (period: Period): string[] => calendar.find(one => one.period === period)?.days ?? []
const weekdaysIn = (period: Period): string[] => calendar.find(one => one.period === period)?.weekdays ?? []

export const worldOf = (seed: number, schools: number, months: number): World => {
  const dice = diceOf(seed)
  const periods = calendar.slice(0, months).map(({ period }) => period)
  const names = periods.map(period => period.name)
  const areas = areasOf(dice)
  const { packs, scopes } = packsOf(dice, areas, names)
  const clear = dice.chance(0.3)
  const pupils = pupilsOf(dice, areas, schools, periods.flatMap(daysIn), clear)
  const rulers = { areas, packs, scopes }
  return {
    rulers,
    groups: groupsOf(
      dice,
      pupils.map(pupil => pupil.row)
    ),
    months: periods.map((period, i) =>
      monthOf(dice.fork(), { rulers, pupils, period, clear, isLast: i === months - 1 })
    )
  }
}

interface Frame {
  readonly rulers: World['rulers']
  readonly pupils: readonly Pupil[]
  readonly period: Period
  /** Nothing but what areas lack keeps them apart. */
  readonly clear: boolean
  readonly isLast: boolean
}

const monthOf = (dice: Dice, { rulers, pupils, period, clear, isLast }: Frame): Month => {
  // Earlier months are over.
  const asOfMs =
    isLast && !clear && dice.chance(0.4)
      ? Math.min(period.toMs, period.fromMs + dice.between(0, 30) * dayMs + dice.between(0, dayMs))
      : period.toMs
  const usual = clear && dice.chance(0.8) ? weekdaysIn(period) : schoolDaysOf(dice, period)
  const unusual = schoolDaysOf(dice, period)
  const answered = new Map<string, Set<string>>()
  const known = new Map<string, readonly Asked[]>()
  const scenes = pupils.map(({ row, moved, mood }) => {
    const area = moved !== undefined && moved.day <= period.lastDay ? moved.area : row.area
    const asked = known.get(area) ?? askedOf(rulers, area, period.name)
    known.set(area, asked)
    const scene = sceneOf(dice.fork(), { ...row, area }, mood, {
      period,
      asOfMs,
      schoolDays: clear || dice.chance(0.85) ? usual : unusual
    })
    play(scene, asked)
    for (const [subject, days] of scene.answered)
      answered.set(subject, new Set([...(answered.get(subject) ?? []), ...days]))
    return scene
  })
  const shared: SchoolEvidence['answered'] = Object.fromEntries([...answered].map(([s, days]) => [s, [...days].sort()]))
  return { period, schools: scenes.map(scene => ({ ...scene.evidence(), answered: shared })) }
}

/** From a whole month to none; the counts beside the borders of "five school days" and of what is needed are frequent. */
const schoolDaysOf = (dice: Dice, period: Period): string[] => {
  const weekdays = weekdaysIn(period)
  const n = dice.pick([99, 99, 99, 99, 99, 17, 16, 15, 9, 6, 5, 5, 4, 4, 3, 0])
  const days = dice.chance(0.3) ? daysIn(period) : weekdays
  return dice.some(days, Math.min(n, 23))
}

/** Makes up what the school's targets look at. */
const play = (s: Scene, asked: readonly Asked[]): void => {
  const done = new Set<string>()
  for (const { target, parameters, subjects } of s.dice.shuffle(asked)) {
    const what = `${target.indicator} ${target.fact ?? ''} ${subjects.join(' ')}`
    if (done.has(what) || s.dice.chance(0.05)) continue
    done.add(what)
    switch (target.indicator) {
      case 'broadband-access':
        access(s)
        break
      case 'uplink':
        if (s.uplinks.length === 0) uplink(s, parameters['tier_mbps'] ?? 100)
        break
      case 'ipv6':
        ipv6(s, parameters)
        break
      case 'recording-room':
        recorders(s, parameters, 'recording')
        break
      case 'sync-classroom':
        recorders(s, parameters, 'sync')
        break
      case 'panel-coverage':
      case 'device-activity':
        if (!done.has('panels')) panels(s, parameters)
        done.add('panels')
        break
      case 'platform-reach':
        platform(s, parameters, subjects)
        break
      case 'room-port':
        ports(s, parameters)
        break
      case 'device-ratio':
        ratio(s)
        break
      case 'declared':
        declared(s, target.fact ?? '')
        break
      case 'reachable':
        reachable(s, parameters, target.fact ?? '')
        break
      case 'key-sites':
        hosts(s, parameters, subjects, 'need')
        break
      case 'monthly-report':
        report(s)
        break
    }
  }
  noise(s)
}
