import { dayMs, dayOf, dayStart } from '../../../collector/calendar/day.ts'
import { periodAt } from '../../../collector/calendar/period.ts'
import type { Answer } from '../influxql/evaluate.ts'
import type { Choices } from '../influxql/grafana.ts'
import type { Visit } from '../influxql/visit.ts'
import type { City, ShareItem, StandingItem } from './city.ts'

/** Figures of a series, by the values of the tags it is grouped by. */
type Figures = ReadonlyMap<string, Readonly<Record<string, number | null>>>

/**
 * What charts must show when a dashboard is opened, worked out from verdicts, shares and readings without any query: a chart that asks for
 * another field than the one it is about would agree with every evaluation of its query, and not with this.
 */
interface Claim {
  readonly dashboard: string
  readonly panel: number
  readonly refId: string
  readonly want: (city: City, choices: Choices) => Figures
}

const running = (city: City): string => periodAt(city.nowMs).name
const standingOf = (city: City): readonly StandingItem[] => city.standing.filter(item => item.period === running(city))
const countyOf = (city: City, school: string): string => city.schools.get(school)?.area ?? ''
const one = (choices: Choices, name: string): string => choices.get(name)?.chosen?.[0] ?? ''
/** Values in an order that depends on none: the server sorts by the tags' names. */
const keyOf = (...tags: readonly string[]): string => tags.toSorted().join(' ')
const targetIn = (choices: Choices) => (item: { readonly target: string }) =>
  choices.get('target')?.options.includes(item.target) ?? false

const counted = (items: readonly StandingItem[]): Record<string, number> => {
  const n = (verdict: string): number => items.filter(item => item.verdict === verdict).length
  return { missed_n: n('missed'), unknown_n: n('unknown'), met_n: n('met'), not_applicable_n: n('not_applicable') }
}

const shareOf = ({ pct, hi_pct, goal_pct, met_n, missed_n, unknown_n, not_applicable_n, total_n }: ShareItem) => ({
  pct,
  hi_pct,
  goal_pct,
  met_n,
  missed_n,
  unknown_n,
  not_applicable_n,
  total_n
})

const sumBy = <Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  sums: Readonly<Record<string, (item: Item) => number>>
): Figures =>
  new Map(
    [...Map.groupBy(items, key)].map(([name, group]) => [
      name,
      Object.fromEntries(
        Object.entries(sums).map(([field, of]) => [field, group.reduce((sum, item) => sum + of(item), 0)])
      )
    ])
  )

/** Figures of a day are dated with its beginning. */
const isRecent = (city: City, atMs: number): boolean => dayStart(dayOf(atMs)) >= city.nowMs - 30 * dayMs

export const claims: readonly Claim[] = [
  {
    dashboard: 'cg-overview',
    panel: 3,
    refId: 'A',
    want: (city, choices) =>
      new Map(
        city.shares
          .filter(item => item.period === running(city) && city.areas.get(item.area)?.level === 'county')
          .filter(targetIn(choices))
          .map(item => [keyOf(item.area, item.target), shareOf(item)])
      )
  },
  {
    dashboard: 'cg-overview',
    panel: 4,
    refId: 'A',
    want: (city, choices) =>
      new Map(
        city.shares
          .filter(item => item.period === running(city) && item.area === one(choices, 'area'))
          .map(item => [item.target, shareOf(item)])
      )
  },
  {
    dashboard: 'cg-overview',
    panel: 8,
    refId: 'A',
    want: city =>
      new Map(
        [...Map.groupBy(standingOf(city), item => item.school)].map(([school, items]) => [
          keyOf(countyOf(city, school), school, city.schools.get(school)?.stage ?? ''),
          counted(items)
        ])
      )
  },
  {
    dashboard: 'cg-school',
    panel: 2,
    refId: 'A',
    want: (city, choices) =>
      new Map(
        standingOf(city)
          .filter(item => item.school === one(choices, 'school'))
          .map(item => [
            item.target,
            {
              verdict: ['met', 'missed', 'unknown', 'not_applicable'].indexOf(item.verdict),
              value: item.n,
              goal: item.expected_n
            }
          ])
      )
  },
  {
    dashboard: 'cg-bandwidth',
    panel: 2,
    refId: 'A',
    want: city => {
      const tests = city.tierTests.filter(test => isRecent(city, test.atMs))
      const top = (test: (typeof tests)[number]): boolean =>
        tests.every(
          other =>
            other.uplink !== test.uplink || dayOf(other.atMs) !== dayOf(test.atMs) || other.tierMbps <= test.tierMbps
        )
      const of = (result: string) => (test: (typeof tests)[number]) => Number(test.result === result && top(test))
      return sumBy(
        tests,
        test => {
          const { device, school } = city.uplinks.get(test.uplink) ?? { device: '', school: '' }
          return keyOf(countyOf(city, school), school, device, `${test.uplink}-tier`, test.direction)
        },
        { pass_n: of('pass'), fail_n: of('fail'), inconclusive_n: of('inconclusive') }
      )
    }
  },
  {
    dashboard: 'cg-rooms',
    panel: 2,
    refId: 'A',
    want: city =>
      sumBy(
        city.readings.filter(({ checkId, atMs }) => {
          const check = city.checks.get(checkId)
          return (
            check?.probe === 'host' &&
            city.devices.get(check.device)?.kind === 'panel' &&
            isRecent(city, atMs) &&
            city.calendarOf(city.devices.get(check.device)?.school ?? '').isInHours(atMs)
          )
        }),
        ({ checkId }) => {
          const school = city.devices.get(city.checks.get(checkId)?.device ?? '')?.school ?? ''
          return keyOf(countyOf(city, school), school)
        },
        { hours_answered_n: ({ fields }) => fields['folded_n'] ?? 1 }
      )
  },
  {
    dashboard: 'cg-ranking',
    panel: 1,
    refId: 'A',
    want: (city, choices) =>
      new Map(
        city.rankings
          .filter(
            ({ period, scope, target }) =>
              period === running(city) && scope === one(choices, 'scope') && target === one(choices, 'target')
          )
          .flatMap(({ lines }) => lines)
          .map(line => [line.area, { score: line.pct, hi_score: line.hi_pct, total_n: line.total_n }])
      )
  },
  ...[
    { panel: 4, field: 'refused_n', value: 1 },
    { panel: 8, field: 'simulated', value: 1 },
    { panel: 1, field: 'behind_n', value: 0 }
  ].map(({ panel, field, value }): Claim => ({
    dashboard: 'cg-pipeline',
    panel,
    refId: 'A',
    want: () => new Map([['', { [field]: value }]])
  }))
]

/** What a chart shows otherwise than is claimed, when its dashboard is opened; a sentence each. */
export const claimFaults = (city: City, visits: readonly Visit[]): string[] =>
  claims.flatMap(({ dashboard, panel, refId, want }) => {
    const first = visits.find(({ board, turn }) => board.uid === dashboard && turn === 0)
    const answered = first?.answers.find(
      answer => answer.chart.startsWith(`${panel} `) && answer.refId === refId && answer.dashboard === dashboard
    )
    if (first === undefined || answered === undefined)
      return [`${dashboard} must have chart ${panel} ${refId}, got none`]
    const shown = lastRows(answered.got)
    const wanted = want(city, first.choices)
    return [
      ...(wanted.size === 0 ? [`${dashboard} / ${answered.chart}: the claim must be about something`] : []),
      ...[...shown.keys()].filter(key => !wanted.has(key)).map(key => `${dashboard} / ${answered.chart} shows ${key}`),
      ...[...wanted].flatMap(([key, figures]) => {
        const row = shown.get(key)
        // Columns that a chart has and the claim does not are none of its business; those that both have must agree.
        const others = Object.entries(figures).filter(([field, value]) => !same(row?.[field], value))
        return others.length === 0 || row === undefined
          ? row === undefined
            ? [`${dashboard} / ${answered.chart} must show ${key}, got nothing`]
            : []
          : [`${dashboard} / ${answered.chart} ${key} must be ${JSON.stringify(figures)}, got ${JSON.stringify(row)}`]
      })
    ]
  })

const same = (shown: number | null | undefined, wanted: number | null): boolean =>
  shown === undefined || (shown === null || wanted === null ? shown === wanted : Math.abs(shown - wanted) < 1e-9)

const lastRows = (answers: readonly Answer[]): Map<string, Readonly<Record<string, number | null>>> =>
  new Map(
    answers.map(({ tags, columns, rows }) => [
      keyOf(...Object.values(tags)),
      Object.fromEntries(
        columns.slice(1).map((column, i) => {
          const cell = rows.at(-1)?.[i + 1]
          return [column, typeof cell === 'number' ? cell : null]
        })
      )
    ])
  )
