import type { GroupRow, SchoolRow } from '../ledger/ledger.ts'
import type { StoreReads } from '../store/store.ts'
import { compositeOf, scoreOf, type AreaShare } from '../verdicts/composite.ts'
import { linesIn } from '../verdicts/area-line.ts'
import { sharesOf } from '../verdicts/evaluate.ts'
import type { PackTarget } from '../verdicts/pack.ts'
import { compositeTarget, rankAreas, type Ranking, type Score } from '../verdicts/ranking.ts'
import { openTargets, type Jurisdiction } from '../verdicts/resolve.ts'
import type { Share, Verdict } from '../verdicts/verdict.ts'

/** What figures of a period are made of, beside its verdicts. */
export interface FigureInputs {
  readonly period: { readonly name: string }
  readonly jurisdiction: Jurisdiction
  readonly groups: readonly GroupRow[]
  readonly schools: readonly Pick<SchoolRow, 'id' | 'area'>[]
}

/** All that figures want to know of a verdict. */
export type Said = Pick<Verdict, 'school' | 'target' | 'verdict' | 'reason'>

/** Shares of every area and group (`group:<id>`), and the rankings of the children of every area that has several. */
export interface Figures {
  /** By area and target. */
  readonly shares: readonly Share[]
  /** By scope and target. */
  readonly rankings: readonly Ranking[]
}

/**
 * A period's figures from its verdicts and the rankings of earlier periods (in any order): pure, and the same whatever the order of the input.
 * Verdicts of schools that the inputs do not name count nowhere.
 */
export const figuresOf = (inputs: FigureInputs, verdicts: readonly Said[], before: readonly Ranking[]): Figures => {
  const { areas } = inputs.jurisdiction
  const targetsOf = openTargets(inputs.jurisdiction, inputs.period.name)
  const shares = sharesOf(areas, inputs.schools, verdicts, goalsOf(inputs, targetsOf), inputs.groups)
  const vacations = vacationsOf(inputs, verdicts)
  const shareOf = new Map(
    shares.map((share): [string, AreaShare] => {
      const key = keyOf(share.area, share.target)
      return [key, { ...share, vacationN: vacations.get(key) ?? 0 }]
    })
  )
  const inhabited = new Set(shares.map(share => share.area))
  const childrenOf = Map.groupBy(
    areas.filter(area => area.parent !== undefined && inhabited.has(area.id)),
    area => area.parent
  )
  const rankings = areas.flatMap(scope => {
    const children = (childrenOf.get(scope.id) ?? []).map(child => child.id).sort()
    if (children.length < 2) return []
    const targets = distinct(children.flatMap(child => targetsOf(child)))
    const known = before.filter(ranking => ranking.scope === scope.id)
    const rank = (target: string, back: number, scores: readonly (Score | undefined)[]): Ranking[] => {
      const compared = scores.filter(score => score !== undefined)
      return compared.length === 0
        ? []
        : [rankAreas({ period: inputs.period.name, scope: scope.id, target, shares: compared, back, before: known })]
    }
    const own = targets.flatMap(target =>
      rank(
        target.key,
        target.back,
        children.map(child => {
          const share = shareOf.get(keyOf(child, target.key))
          return share === undefined ? undefined : scoreOf(share)
        })
      )
    )
    const weighted = targets.filter(target => target.rankWeight > 0)
    const composites = children.map(child =>
      compositeOf(
        child,
        weighted.flatMap(({ key, rankWeight }) => {
          const share = shareOf.get(keyOf(child, key))
          return share === undefined ? [] : [{ weight: rankWeight, share }]
        })
      )
    )
    // Packs that disagree about how many can be named: the fewest.
    const back = Math.min(...weighted.map(target => target.back))
    return [...own, ...rank(compositeTarget, back, composites)]
  })
  return {
    shares: shares.toSorted((a, b) => byText(a.area, b.area) || byText(a.target, b.target)),
    rankings: rankings.toSorted((a, b) => byText(a.scope, b.scope) || byText(a.target, b.target))
  }
}

/**
 * Rankings of the periods before, as they were said last: of the newest frozen revision, else the current ones. A year is enough: naming looks
 * at the last ranked period, and counts are carried from each to the next.
 */
export const rankingsBefore = async (
  store: Pick<StoreReads, 'bulletins' | 'rankings'>,
  period: string
): Promise<readonly Ranking[]> => {
  const bulletins = await store.bulletins()
  const found: Ranking[] = []
  let name = period
  for (let back = 0; back < 12; back += 1) {
    name = monthBefore(name)
    found.push(...(await store.rankings(name, newestRevision(bulletins, name))))
  }
  return found
}

/** The newest frozen revision of a period; 0, the current figures, when there is none. */
export const newestRevision = (
  bulletins: readonly { readonly period: string; readonly revision: number }[],
  period: string
): number => bulletins.reduce((newest, one) => (one.period === period ? Math.max(newest, one.revision) : newest), 0)

/** YYYY-MM of the period before. */
export const monthBefore = (name: string): string =>
  new Date(Date.UTC(Number(name.slice(0, 4)), Number(name.slice(5, 7)) - 2, 1)).toISOString().slice(0, 7)

const keyOf = (area: string, target: string): string => `${area} ${target}`
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const distinct = (targets: readonly PackTarget[]): PackTarget[] => [
  ...new Map(targets.map(target => [target.key, target])).values()
]

/** The goal that holds in an area: a nearer pack may have changed it. Where the target does not rule itself, what rules further down. */
const goalsOf = (
  { schools }: FigureInputs,
  targetsOf: (area: string) => readonly PackTarget[]
): ((area: string, target: string) => number | undefined) => {
  const below = new Map<string, number>()
  for (const area of [...new Set(schools.map(school => school.area))].sort())
    for (const { key, goal_pct } of targetsOf(area)) if (!below.has(key)) below.set(key, goal_pct)
  return (area, target) => targetsOf(area).find(one => one.key === target)?.goal_pct ?? below.get(target)
}

/** Area and target → schools that were carried over for a vacation. */
const vacationsOf = ({ jurisdiction, schools }: FigureInputs, verdicts: readonly Said[]): Map<string, number> => {
  const lineTo = linesIn(jurisdiction.areas)
  const lines = new Map(jurisdiction.areas.map(area => [area.id, lineTo(area.id)]))
  const areaOf = new Map(schools.map(school => [school.id, school.area]))
  const counts = new Map<string, number>()
  for (const { school, target, verdict, reason } of verdicts)
    if (reason === 'vacation' && verdict !== 'not_applicable')
      for (const area of lines.get(areaOf.get(school) ?? '') ?? []) {
        const key = keyOf(area, target)
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
  return counts
}
