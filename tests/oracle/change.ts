import { figuresOf, type Figures } from '../../collector/judgement/figures.ts'
import type { Ranking } from '../../collector/verdicts/ranking.ts'
import type { SchoolEvidence, Verdict } from '../../collector/verdicts/verdict.ts'
import type { World } from './world.ts'

/** The same world with other evidence. */
export const withEvidence = (world: World, change: (e: SchoolEvidence, month: number) => SchoolEvidence): World => ({
  ...world,
  months: world.months.map((month, i) => ({ ...month, schools: month.schools.map(e => change(e, i)) }))
})

/** Days on which nothing was heard of a school: no rollup, no test. What others saw of the sites stays. */
export const withGap = (e: SchoolEvidence, isLost: (day: string) => boolean, dayOf: (atMs: number) => string) => ({
  ...e,
  rollups: e.rollups.filter(row => !isLost(row.day)),
  tierTests: e.tierTests.filter(test => !isLost(dayOf(test.atMs)))
})

/** Shares and rankings of all months from verdicts that somebody made up. */
export const figuresFrom = (
  world: World,
  verdicts: readonly (readonly Pick<Verdict, 'school' | 'target' | 'verdict' | 'reason'>[])[]
): Figures[] => {
  const before: Ranking[] = []
  return world.months.map((month, i) => {
    const figures = figuresOf(
      {
        period: month.period,
        jurisdiction: world.rulers,
        groups: world.groups,
        schools: month.schools.map(e => e.school)
      },
      verdicts[i] ?? [],
      before
    )
    before.push(...figures.rankings)
    return figures
  })
}

/** `month scope target area` of every area that is named. */
export const namedIn = (months: readonly Figures[]): Set<string> =>
  new Set(
    months.flatMap((month, i) =>
      month.rankings.flatMap(({ scope, target, lines }) =>
        lines.filter(line => line.naming === 'named').map(line => `${i} ${scope} ${target} ${line.area}`)
      )
    )
  )
