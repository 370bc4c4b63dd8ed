import type { AreaRow } from '../ledger/ledger.ts'
import { appliesTo } from './applies.ts'
import { inForce, targetsOf, type Pack, type PackTarget } from './pack.ts'
import { rules } from './rules.ts'
import type { Finding, SchoolEvidence, Share, Verdict } from './verdict.ts'

export interface Jurisdiction {
  readonly areas: readonly AreaRow[]
  readonly packs: readonly Pack[]
  /** Which pack rules which area (and everything below it). */
  readonly scopes: readonly { readonly area: string; readonly pack: string }[]
}

/** The targets that rule an area in a period, from its own scope and all above it. */
export const targetsFor = (jurisdiction: Jurisdiction, area: string, period: string): PackTarget[] => {
  const line = new Set(lineOf(jurisdiction.areas, area))
  const ruling = new Set(jurisdiction.scopes.filter(scope => line.has(scope.area)).map(scope => scope.pack))
  return targetsOf(jurisdiction.packs.filter(pack => ruling.has(pack.id) && inForce(pack, period)))
}

/** Every verdict of one school: each ruling target once, in the packs' order. */
export const judgeSchool = (evidence: SchoolEvidence, targets: readonly PackTarget[]): Verdict[] =>
  targets.map(target => {
    const rule = Object.hasOwn(rules, target.indicator) ? rules[target.indicator] : undefined
    const finding = !appliesTo(target.applies_to, evidence.school)
      ? empty('not_applicable', 'not_applicable')
      : (rule?.judge(evidence, target.parameters ?? {}, target) ?? empty('unknown', 'no_rule'))
    return {
      ...finding,
      school: evidence.school.id,
      target: target.key,
      indicator: target.indicator,
      asOfMs: evidence.asOfMs,
      ruleVersion: rule?.version ?? 'none'
    }
  })

const empty = (verdict: Finding['verdict'], reason: string): Finding => ({
  verdict,
  reason,
  n: 0,
  expectedN: 0,
  facts: {},
  excluded: {},
  evidence: []
})

/** Shares of every area: a school counts in its own area and in all above. Schools without a verdict row do not exist: silent ones have `unknown`. */
export const sharesOf = (
  areas: readonly AreaRow[],
  schools: readonly { readonly id: string; readonly area: string }[],
  verdicts: readonly Verdict[],
  goals: ReadonlyMap<string, number>
): Share[] => {
  const areaOf = new Map(schools.map(school => [school.id, school.area]))
  const lines = new Map(areas.map(area => [area.id, lineOf(areas, area.id)]))
  const tallies = new Map<
    string,
    { area: string; target: string; met: number; missed: number; unknown: number; not_applicable: number }
  >()
  for (const verdict of verdicts)
    for (const area of lines.get(areaOf.get(verdict.school) ?? '') ?? []) {
      const key = `${area} ${verdict.target}`
      const tally = tallies.get(key) ?? {
        area,
        target: verdict.target,
        met: 0,
        missed: 0,
        unknown: 0,
        not_applicable: 0
      }
      tally[verdict.verdict] += 1
      tallies.set(key, tally)
    }
  return [...tallies.values()].map(t => {
    const total = t.met + t.missed + t.unknown
    const pct = (n: number) => (total === 0 ? undefined : (100 * n) / total)
    return {
      area: t.area,
      target: t.target,
      metN: t.met,
      missedN: t.missed,
      unknownN: t.unknown,
      notApplicableN: t.not_applicable,
      totalN: total,
      pct: pct(t.met),
      hiPct: pct(t.met + t.unknown),
      goalPct: goals.get(t.target) ?? 100
    }
  })
}

/** An area and everything above it. */
export const lineOf = (areas: readonly AreaRow[], area: string): string[] => {
  const parents = new Map(areas.map(a => [a.id, a.parent]))
  const line: string[] = []
  for (let id: string | undefined = area; id !== undefined && !line.includes(id); id = parents.get(id)) line.push(id)
  return line
}
