import type { SchoolEvidence, VerdictWord } from '../../collector/verdicts/verdict.ts'
import type { Answer } from './answer.ts'
import { oracleRules } from './rules/rules.ts'
import { askedOf, holdsFor, upwards, type Asked } from './targets.ts'
import { less, standingOf, type Contender, type Fraction, type Standing } from './ranks.ts'
import type { Month, World } from './world.ts'

export interface Judged {
  readonly school: string
  readonly target: string
  readonly answer: Answer
  /** For what is carried over: the verdict of this school stays with it. */
  readonly vacation: boolean
}

export interface Tally {
  readonly met: number
  readonly missed: number
  readonly unknown: number
  readonly notApplicable: number
}

/** A month as the specification has it. Keys are `area target` and `scope target`. */
export interface OracleMonth {
  readonly verdicts: readonly Judged[]
  readonly shares: ReadonlyMap<string, Tally>
  readonly standings: ReadonlyMap<string, { readonly standing: Standing; readonly contenders: readonly Contender[] }>
}

export const judgeWorld = (world: World): OracleMonth[] => {
  const months: OracleMonth[] = []
  const history = new Map<string, Standing[]>()
  for (const month of world.months) {
    const verdicts = month.schools.flatMap(e => judgeSchool(world, e, months.at(-1)?.verdicts ?? []))
    const shares = sharesOf(world, month, verdicts)
    const standings = standingsOf(world, month, verdicts, shares, history)
    for (const [key, { standing }] of standings) history.set(key, [...(history.get(key) ?? []), standing])
    months.push({ verdicts, shares, standings })
  }
  return months
}

const judgeSchool = (world: World, e: SchoolEvidence, before: readonly Judged[]): Judged[] =>
  askedOf(world.rulers, e.school.area, e.period.name).map(asked => ({
    school: e.school.id,
    target: asked.key,
    vacation: e.schoolDays.length < 5,
    answer: answerOf(
      asked,
      e,
      before.find(one => one.school === e.school.id && one.target === asked.key)
    )
  }))

const answerOf = (asked: Asked, e: SchoolEvidence, before: Judged | undefined): Answer => {
  if (!holdsFor(asked.appliesTo, e.school)) return { verdict: 'not_applicable', reasons: ['not_applicable'] }
  if (e.schoolDays.length < 5) {
    const was = before?.answer.verdict ?? 'unknown'
    return { verdict: was === 'not_applicable' ? 'unknown' : was, reasons: ['vacation'] }
  }
  if (asked.contradicted) return { verdict: 'unknown', reasons: ['pack_contradiction'] }
  const rule = oracleRules[asked.target.indicator]
  if (rule === undefined) return { verdict: 'unknown', reasons: ['no_rule'] }
  return rule(e, asked.parameters, { fact: asked.target.fact, subjects: asked.subjects })
}

const insideOf = (world: World, month: Month, place: string): string[] => {
  const group = world.groups.find(one => `group:${one.id}` === place)
  return month.schools
    .filter(({ school }) =>
      group === undefined ? upwards(world.rulers.areas, school.area).includes(place) : group.schools.includes(school.id)
    )
    .map(({ school }) => school.id)
}

const sharesOf = (world: World, month: Month, verdicts: readonly Judged[]): Map<string, Tally> => {
  const shares = new Map<string, Tally>()
  for (const place of [...world.rulers.areas.map(area => area.id), ...world.groups.map(group => `group:${group.id}`)]) {
    const inside = insideOf(world, month, place)
    for (const target of new Set(verdicts.map(one => one.target))) {
      const own = verdicts.filter(one => one.target === target && inside.includes(one.school))
      const times = (word: VerdictWord): number => own.filter(one => one.answer.verdict === word).length
      if (own.length > 0)
        shares.set(`${place} ${target}`, {
          met: times('met'),
          missed: times('missed'),
          unknown: times('unknown'),
          notApplicable: times('not_applicable')
        })
    }
  }
  return shares
}

const standingsOf = (
  world: World,
  month: Month,
  verdicts: readonly Judged[],
  shares: ReadonlyMap<string, Tally>,
  history: ReadonlyMap<string, readonly Standing[]>
): OracleMonth['standings'] => {
  const standings = new Map<string, { standing: Standing; contenders: Contender[] }>()
  for (const scope of world.rulers.areas) {
    const children = world.rulers.areas
      .filter(area => area.parent === scope.id)
      .filter(area => [...shares.keys()].some(key => key.startsWith(`${area.id} `)))
    if (children.length < 2) continue
    const asked = children.flatMap(child => askedOf(world.rulers, child.id, month.period.name))
    const vacationsIn = (area: string, target: string): number => {
      const inside = insideOf(world, month, area)
      return verdicts.filter(
        one =>
          one.target === target &&
          one.vacation &&
          one.answer.verdict !== 'not_applicable' &&
          inside.includes(one.school)
      ).length
    }
    const add = (target: string, back: number, contenders: Contender[]): void => {
      const key = `${scope.id} ${target}`
      if (contenders.length > 0)
        standings.set(key, {
          contenders,
          standing: standingOf(month.period.name, contenders, back, history.get(key) ?? [])
        })
    }
    const countOf = (area: string, target: string): Tally & { total: number } => {
      const t = shares.get(`${area} ${target}`) ?? { met: 0, missed: 0, unknown: 0, notApplicable: 0 }
      return { ...t, total: t.met + t.missed + t.unknown }
    }
    const targets = [...new Set(asked.map(one => one.key))]
    for (const target of targets)
      add(
        target,
        asked.find(one => one.key === target)?.back ?? 1,
        children.flatMap(child => {
          const { met, unknown, total } = countOf(child.id, target)
          if (total === 0) return []
          const part = (n: number): Fraction => ({ n: BigInt(n), d: BigInt(total) })
          return [
            {
              area: child.id,
              lo: part(met),
              hi: part(met + unknown),
              vacation: 2 * vacationsIn(child.id, target) > total
            }
          ]
        })
      )
    const weighted = targets.filter(target => asked.some(one => one.key === target && one.weight > 0))
    const weightOf = (target: string): bigint =>
      BigInt(Math.round(1000 * (asked.find(one => one.key === target)?.weight ?? 0)))
    add(
      'composite',
      Math.min(...asked.filter(one => one.weight > 0).map(one => one.back)),
      children.flatMap(child => {
        const own = weighted.filter(target => countOf(child.id, target).total > 0)
        if (own.length === 0) return []
        const weights = own.reduce((sum, target) => sum + weightOf(target), 0n)
        const mean = (count: (t: Tally) => number): Fraction =>
          rounded(
            own.reduce<Fraction>(
              (sum, target) => {
                const t = countOf(child.id, target)
                return plus(sum, { n: weightOf(target) * BigInt(count(t)), d: weights * BigInt(t.total) })
              },
              { n: 0n, d: 1n }
            )
          )
        const all = own.reduce((n, target) => n + countOf(child.id, target).total, 0)
        const vacations = own.reduce((n, target) => n + vacationsIn(child.id, target), 0)
        return [
          {
            area: child.id,
            lo: mean(t => t.met),
            hi: mean(t => t.met + t.unknown),
            vacation: 2 * vacations > all
          }
        ]
      })
    )
  }
  return standings
}

const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d })

/** To 1e-9 percent, halves up. */
const rounded = ({ n, d }: Fraction): Fraction => {
  const unit = 100_000_000_000n
  let steps = (n * unit) / d
  if (!less({ n: 2n * (n * unit - steps * d), d }, { n: 1n, d: 1n })) steps += 1n
  return { n: steps, d: unit }
}
