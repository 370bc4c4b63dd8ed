import { addDays, dayOf, dayStart } from '../../../collector/calendar/day.ts'
import { periodAt, periodNamed } from '../../../collector/calendar/period.ts'
import type { Held } from '../influxql/evaluate.ts'
import type { City, ShareItem } from './city.ts'
import { tagsOfArea, tagsOfSchool } from './place.ts'

export const verdictCode = { met: 0, missed: 1, unknown: 2, not_applicable: 3 } as const

/** A past period's figures stand on its last day, those of the running one on today. */
const dayMsOf = (city: City, period: string): number =>
  dayStart(period === periodAt(city.nowMs).name ? dayOf(city.nowMs) : periodNamed(period).lastDay)

const point = (measurement: string, tags: Held['tags'], fields: Held['fields'], atMs: number): Held => ({
  measurement,
  tags,
  fields,
  atMs,
  offsetNs: 0
})

/** Every verdict, and each school's counted. */
export const standingPoints = (city: City): Held[] => {
  const counted = Map.groupBy(city.standing, item => `${item.period} ${item.school}`)
  return [
    ...city.standing.map(item =>
      point(
        'school_1d',
        {
          ...tagsOfSchool(city, item.school),
          target: item.target,
          indicator: city.indicators.get(item.target) ?? 'none'
        },
        {
          verdict: verdictCode[item.verdict],
          met: Number(item.verdict === 'met'),
          missed: Number(item.verdict === 'missed'),
          known: Number(item.verdict === 'met' || item.verdict === 'missed'),
          applies: Number(item.verdict !== 'not_applicable'),
          value: item.n,
          goal: item.expected_n
        },
        dayMsOf(city, item.period)
      )
    ),
    ...[...counted.values()].map(items => {
      const [first] = items
      if (first === undefined) throw new Error('a group must not be empty')
      const n = (verdict: string): number => items.filter(item => item.verdict === verdict).length
      return point(
        'standing_1d',
        tagsOfSchool(city, first.school),
        { met_n: n('met'), missed_n: n('missed'), unknown_n: n('unknown'), not_applicable_n: n('not_applicable') },
        dayMsOf(city, first.period)
      )
    })
  ]
}

export const sharePoints = (city: City): Held[] =>
  city.shares.map(({ period, area, target, pct, hi_pct, ...counts }) => {
    const isGroup = area.startsWith('group:')
    return point(
      'target_1d',
      {
        ...tagsOfArea(city, isGroup ? '' : area),
        area: isGroup ? 'none' : area,
        group: isGroup ? area.slice('group:'.length) : 'none',
        target,
        indicator: city.indicators.get(target) ?? 'none'
      },
      {
        met_n: counts.met_n,
        missed_n: counts.missed_n,
        unknown_n: counts.unknown_n,
        not_applicable_n: counts.not_applicable_n,
        total_n: counts.total_n,
        goal_pct: counts.goal_pct,
        ...(pct === null ? {} : { pct }),
        ...(hi_pct === null ? {} : { hi_pct }),
        goal_state: goalState({ pct, hi_pct, goal_pct: counts.goal_pct })
      },
      dayMsOf(city, period)
    )
  })

const goalState = ({ pct, hi_pct, goal_pct }: Pick<ShareItem, 'pct' | 'hi_pct' | 'goal_pct'>): number => {
  if (pct === null || hi_pct === null || goal_pct === 0) return 3
  if (pct >= goal_pct) return 0
  return hi_pct < goal_pct ? 1 : 2
}

export const rankPoints = (city: City): Held[] =>
  city.rankings.flatMap(({ period, scope, target, lines }) =>
    lines.map(line =>
      point(
        'rank_1m',
        { ...tagsOfArea(city, line.area), area: line.area, scope, target },
        {
          score: line.pct,
          hi_score: line.hi_pct,
          ...(line.first === 0 ? {} : { rank: line.first, rank_last: line.last }),
          total_n: line.total_n,
          unknown_n: line.unknown_n,
          at_back: Number(line.at_back),
          bottom_periods: line.back_periods,
          named: Number(line.naming === 'named')
        },
        dayStart(`${period}-01`)
      )
    )
  )

/** The days of freezing and publishing that are over, of the judged periods and the one before each. */
export const milestonePoints = (city: City): Held[] => {
  const days = new Map(
    city.periods
      .flatMap(period => [periodAt(periodNamed(period).fromMs - 1), periodNamed(period)])
      .flatMap(({ name, lastDay }) =>
        [
          { stage: 'freeze', day: addDays(lastDay, 1) },
          { stage: 'publish', day: addDays(lastDay, 6) }
        ].map(({ stage, day }) => [`${stage} ${day}`, { stage, atMs: dayStart(day), period: name }] as const)
      )
  )
  return [...days.values()]
    .filter(({ atMs }) => atMs <= city.nowMs)
    .map(({ stage, atMs, period }) =>
      point('milestone', { ...tagsOfArea(city, ''), stage }, { period: Number(period.replace('-', '')) }, atMs)
    )
}
