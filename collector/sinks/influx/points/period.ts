import { dayOf, dayStart } from '../../../calendar/day.ts'
import { datesOf } from '../../../bulletin/stage.ts'
import { periodAt, periodNamed, type Period } from '../../../calendar/period.ts'
import { packOf } from '../../../ledger/load.ts'
import type { Store } from '../../../store/store.ts'
import { goalStateOf } from '../../../verdicts/goal.ts'
import { targetsOf } from '../../../verdicts/pack.ts'
import type { RankLine, Ranking } from '../../../verdicts/ranking.ts'
import type { Share, Verdict, VerdictWord } from '../../../verdicts/verdict.ts'
import type { Places } from '../places.ts'
import { figure, type Point } from '../point.ts'
import { goalStateCodes, verdictCodes } from '../schema.ts'

export type PeriodSource = Pick<Store, 'schools' | 'verdicts' | 'shares' | 'rankings' | 'judgedAt' | 'packs'>

/** Moving figures, as the API gives them when no revision is asked for. */
const current = 0
/** Verdicts carry their evidence, which nothing here looks at. */
const schoolsAtOnce = 200

/**
 * Verdicts, shares and rankings of a period. The figures of the running period are dated with the day up to which they look, so that each day
 * keeps what was known on it; those of a past one with its last day.
 */
export const periodPoints = async (
  store: PeriodSource,
  places: Places,
  name: string,
  nowMs: number
): Promise<Point[]> => {
  const period = periodNamed(name)
  const asOfMs = await store.judgedAt(name, current)
  const rankings = await store.rankings(name, current)
  const milestones = milestonePoints(period, nowMs)
  const ranks = rankings.flatMap(ranking => rankPoints(places, ranking))
  if (asOfMs === undefined) return [...ranks, ...milestones]
  const atMs = figuresDate(period, asOfMs)
  const indicatorOf = new Map(
    targetsOf((await store.packs()).map(packOf)).map(target => [target.key, target.indicator])
  )
  const schools = (await store.schools()).map(({ id }) => id)
  const ofSchools: Point[] = []
  for (let i = 0; i < schools.length; i += schoolsAtOnce) {
    const verdicts = await store.verdicts(name, current, schools.slice(i, i + schoolsAtOnce))
    for (const verdict of verdicts) ofSchools.push(...verdictPoints(places, verdict, atMs))
    ofSchools.push(...standingPoints(places, verdicts, atMs))
  }
  const shares = await store.shares(name, current)
  return [
    ...ofSchools,
    ...shares.map(share => sharePoint(places, share, indicatorOf.get(share.target), atMs)),
    ...ranks,
    ...milestones
  ]
}

/** Start of the day up to which figures look, at most the period's last day. */
const figuresDate = (period: Period, asOfMs: number): number => {
  const day = dayOf(asOfMs)
  return dayStart(day < period.lastDay ? day : period.lastDay)
}

type Judged = Pick<Verdict, 'school' | 'target' | 'indicator' | 'verdict' | 'n' | 'expectedN'>

/** Nothing of a school that the ledger does not have. */
const verdictPoints = (places: Places, verdict: Judged, atMs: number): Point[] => {
  const place = places.school(verdict.school, atMs)
  if (place === undefined) return []
  const is = (...words: VerdictWord[]): number => Number(words.includes(verdict.verdict))
  return [
    figure(
      'school_1d',
      { ...place.tags, target: verdict.target, indicator: verdict.indicator },
      {
        verdict: verdictCodes[verdict.verdict],
        met: is('met'),
        missed: is('missed'),
        known: is('met', 'missed'),
        applies: is('met', 'missed', 'unknown'),
        value: verdict.n,
        goal: verdict.expectedN
      },
      atMs
    )
  ]
}

const standingPoints = (
  places: Places,
  verdicts: readonly Pick<Verdict, 'school' | 'verdict'>[],
  atMs: number
): Point[] =>
  [...Map.groupBy(verdicts, ({ school }) => school)].flatMap(([school, own]) => {
    const place = places.school(school, atMs)
    const count = (word: VerdictWord): number => own.filter(({ verdict }) => verdict === word).length
    return place === undefined
      ? []
      : [
          figure(
            'standing_1d',
            place.tags,
            {
              met_n: count('met'),
              missed_n: count('missed'),
              unknown_n: count('unknown'),
              not_applicable_n: count('not_applicable')
            },
            atMs
          )
        ]
  })

const groupPrefix = 'group:'

const sharePoint = (places: Places, share: Share, indicator: string | undefined, atMs: number): Point =>
  figure(
    'target_1d',
    {
      ...(share.area.startsWith(groupPrefix)
        ? { group: share.area.slice(groupPrefix.length) }
        : { ...places.area(share.area, atMs)?.tags, area: share.area }),
      target: share.target,
      ...(indicator === undefined ? {} : { indicator })
    },
    {
      met_n: share.metN,
      missed_n: share.missedN,
      unknown_n: share.unknownN,
      not_applicable_n: share.notApplicableN,
      total_n: share.totalN,
      ...(share.pct === undefined ? {} : { pct: share.pct }),
      ...(share.hiPct === undefined ? {} : { hi_pct: share.hiPct }),
      goal_pct: share.goalPct,
      goal_state: goalStateCodes[goalStateOf(share)]
    },
    atMs
  )

/** Dated with the first of the month that the period is named after. */
const rankPoints = (places: Places, ranking: Ranking): Point[] => {
  const atMs = dayStart(`${ranking.period}-01`)
  // That day may be to come: as it was when the period began, or a county that moves meanwhile would be ranked twice.
  const { fromMs } = periodNamed(ranking.period)
  return ranking.lines.map(line =>
    figure(
      'rank_1m',
      { ...places.area(line.area, fromMs)?.tags, area: line.area, scope: ranking.scope, target: ranking.target },
      rankFields(line),
      atMs
    )
  )
}

const rankFields = (line: RankLine): Record<string, number> => ({
  score: line.pct,
  hi_score: line.hiPct,
  ...(line.first === 0 ? {} : { rank: line.first }),
  ...(line.last === 0 ? {} : { rank_last: line.last }),
  total_n: line.totalN,
  unknown_n: line.unknownN,
  at_back: Number(line.atBack),
  bottom_periods: line.backPeriods,
  named: Number(line.naming === 'named')
})

/** The days on which this period and the one before are frozen and published, so far as they are over or begun. */
const milestonePoints = (period: Period, nowMs: number): Point[] =>
  [periodAt(period.fromMs - 1), period].flatMap(one => {
    const { freezeMs, publishMs } = datesOf(one)
    const number = Number(one.name.replace('-', ''))
    return [
      { stage: 'freeze', atMs: freezeMs },
      { stage: 'publish', atMs: publishMs }
    ]
      .filter(({ atMs }) => atMs <= nowMs)
      .map(({ stage, atMs }) => figure('milestone', { stage }, { period: number }, atMs))
  })
