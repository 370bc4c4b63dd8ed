import { figuresOf, type Figures } from '../../collector/judgement/figures.ts'
import { judgeSchool, targetsFor } from '../../collector/verdicts/evaluate.ts'
import type { Ranking } from '../../collector/verdicts/ranking.ts'
import type { Verdict, VerdictBefore } from '../../collector/verdicts/verdict.ts'
import { judgeWorld, type OracleMonth } from './judge.ts'
import type { Contender } from './ranks.ts'
import type { Month, World } from './world.ts'

export interface ProductMonth extends Figures {
  readonly verdicts: readonly Verdict[]
}

/** The product's own code from end to end, month after month. */
export const runProduct = (world: World): ProductMonth[] => {
  const months: ProductMonth[] = []
  const rankings: Ranking[] = []
  for (const month of world.months) {
    const last = months.at(-1)
    const verdicts = month.schools.flatMap(e =>
      judgeSchool(
        { ...e, before: beforeOf(last?.verdicts ?? [], e.school.id, world.months[months.length - 1]) },
        targetsFor(world.rulers, e.school.area, month.period.name)
      )
    )
    const figures = figuresOf(
      {
        period: month.period,
        jurisdiction: world.rulers,
        groups: world.groups,
        schools: month.schools.map(e => e.school)
      },
      verdicts,
      rankings
    )
    rankings.push(...figures.rankings)
    months.push({ ...figures, verdicts })
  }
  return months
}

const beforeOf = (verdicts: readonly Verdict[], school: string, month: Month | undefined): VerdictBefore[] =>
  verdicts
    .filter(one => one.school === school)
    .map(({ target, verdict, reason }) => ({ target, verdict, reason, period: month?.period.name ?? '' }))

/** What was compared, and where the two disagree. */
export interface Comparison {
  readonly verdicts: number
  readonly shares: number
  readonly lines: number
  readonly differences: readonly string[]
  readonly product: readonly ProductMonth[]
}

export const compare = (world: World): Comparison => {
  const product = runProduct(world)
  const oracle = judgeWorld(world)
  const differences: string[] = []
  const n = { verdicts: 0, shares: 0, lines: 0 }
  for (const [i, right] of oracle.entries()) {
    const mine = product[i]
    if (mine === undefined) continue
    const say = (text: string): void => {
      differences.push(`month ${i}: ${text}`)
    }
    n.verdicts += compareVerdicts(right, mine, say)
    n.shares += compareShares(right, mine, say)
    n.lines += compareRankings(right, mine, say)
  }
  return { ...n, differences, product }
}

const compareVerdicts = (right: OracleMonth, mine: ProductMonth, say: (text: string) => void): number => {
  const known = new Map(mine.verdicts.map(verdict => [`${verdict.school} ${verdict.target}`, verdict]))
  if (known.size !== right.verdicts.length) say(`${known.size} verdicts for ${right.verdicts.length}`)
  for (const { school, target, answer } of right.verdicts) {
    const verdict = known.get(`${school} ${target}`)
    const sameReason = answer.reasons.length === 0 || answer.reasons.includes(verdict?.reason ?? '')
    if (verdict?.verdict !== answer.verdict || !sameReason)
      say(
        `${school} ${target} (${verdict?.indicator ?? '–'}): ${verdict?.verdict ?? 'nothing'} ${verdict?.reason ?? ''} for ${answer.verdict} ${answer.reasons.join('|')}`
      )
  }
  return right.verdicts.length
}

const compareShares = (right: OracleMonth, mine: ProductMonth, say: (text: string) => void): number => {
  const known = new Map(mine.shares.map(share => [`${share.area} ${share.target}`, share]))
  if (known.size !== right.shares.size) say(`${known.size} shares for ${right.shares.size}`)
  for (const [key, { met, missed, unknown, notApplicable }] of right.shares) {
    const share = known.get(key)
    const total = met + missed + unknown
    const want = [
      met,
      missed,
      unknown,
      notApplicable,
      total,
      total === 0 ? undefined : (100 * met) / total,
      total === 0 ? undefined : (100 * (met + unknown)) / total
    ]
    const got = [
      share?.metN,
      share?.missedN,
      share?.unknownN,
      share?.notApplicableN,
      share?.totalN,
      share?.pct,
      share?.hiPct
    ]
    if (JSON.stringify(want) !== JSON.stringify(got)) say(`share ${key}: ${String(got)} for ${String(want)}`)
  }
  return right.shares.size
}

const compareRankings = (right: OracleMonth, mine: ProductMonth, say: (text: string) => void): number => {
  const known = new Map(mine.rankings.map(ranking => [`${ranking.scope} ${ranking.target}`, ranking]))
  if (known.size !== right.standings.size) say(`${known.size} rankings for ${right.standings.size}`)
  let lines = 0
  for (const [key, { standing, contenders }] of right.standings) {
    const ranking = known.get(key)
    const pctOf = (area: string, side: 'lo' | 'hi'): number => {
      const { n, d } = contenders.find(one => one.area === area)?.[side] ?? { n: 0n, d: 1n }
      return key.endsWith(' composite') ? Number(n) / 1e9 : (100 * Number(n)) / Number(d)
    }
    const vacation = (area: string): boolean => contenders.some((one: Contender) => one.area === area && one.vacation)
    const want = [
      standing.ranked,
      standing.reason ?? '',
      ...standing.places.map(p => [
        p.area,
        p.first,
        p.last,
        p.tied,
        p.atBack,
        p.naming,
        p.backPeriods,
        pctOf(p.area, 'lo'),
        pctOf(p.area, 'hi'),
        vacation(p.area) ? 'vacation' : ''
      ])
    ]
    const got = [
      ranking?.ranked,
      ranking?.reason ?? '',
      ...(ranking?.lines ?? []).map(l => [
        l.area,
        l.first,
        l.last,
        l.tied,
        l.atBack,
        l.naming,
        l.backPeriods,
        l.pct,
        l.hiPct,
        l.leftOut ?? ''
      ])
    ]
    lines += standing.places.length
    if (JSON.stringify(want) !== JSON.stringify(got))
      say(`ranking ${key}: ${JSON.stringify(got)} for ${JSON.stringify(want)}`)
  }
  return lines
}
