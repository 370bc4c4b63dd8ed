import type { AreaRow } from '../ledger/ledger.ts'
import { appliesTo } from './applies.ts'
import { linesIn } from './area-line.ts'
import { contradictionFacts, type PackTarget } from './pack.ts'
import type { DayRollup } from './rollup.ts'
import { rules } from './rules.ts'
import { leastSchoolDays, type Finding, type Rule, type SchoolEvidence, type Share, type Verdict } from './verdict.ts'

export { targetsFor, type Jurisdiction } from './resolve.ts'

/**
 * Every verdict of one school: each ruling target once, in the packs' order. With fewer than 5 expected school days the period says nothing,
 * whatever was measured: what the period before said is carried over.
 */
export const judgeSchool = (evidence: SchoolEvidence, targets: readonly PackTarget[]): Verdict[] => {
  const findingOf = openFindings(evidence)
  return targets.map(target => {
    const rule = Object.hasOwn(rules, target.indicator) ? rules[target.indicator] : undefined
    const find = (): Finding => {
      if (!appliesTo(target.applies_to, evidence.school)) return empty('not_applicable', 'not_applicable')
      if (isVacation(evidence)) return carriedOver(evidence, target.key)
      if (target.contradiction !== undefined)
        return { ...empty('unknown', 'pack_contradiction'), facts: contradictionFacts(target.contradiction) }
      return rule === undefined ? empty('unknown', 'no_rule') : findingOf(rule, target)
    }
    return {
      ...find(),
      school: evidence.school.id,
      target: target.key,
      indicator: target.indicator,
      asOfMs: evidence.asOfMs,
      ruleVersion: rule?.version ?? 'none'
    }
  })
}

/** Too few school days to say anything: the period is carried over and not ranked. */
export const isVacation = (evidence: Pick<SchoolEvidence, 'schoolDays'>): boolean =>
  evidence.schoolDays.length < leastSchoolDays

/** A target that did not apply in the period before has nothing to carry: a school must not leave the denominator by a vacation. */
const carriedOver = (evidence: SchoolEvidence, target: string): Finding => {
  const before = evidence.before.find(one => one.target === target && one.verdict !== 'not_applicable')
  return before === undefined
    ? empty('unknown', 'vacation')
    : {
        ...empty(before.verdict, 'vacation'),
        facts: { from_period: before.period, carried_reason: before.reason }
      }
}

/** Packs ask the same of a school in the same words: every question is answered once. */
const openFindings = (evidence: SchoolEvidence): ((rule: Rule, target: PackTarget) => Finding) => {
  const seenBy = openLenses(evidence)
  const known = new Map<string, Finding>()
  return (rule, target) => {
    const key = questionOf(target)
    const finding = known.get(key) ?? rule.judge(seenBy(rule), target.parameters ?? {}, target)
    known.set(key, finding)
    return finding
  }
}

const questionOf = (target: PackTarget): string => {
  const known = questions.get(target)
  if (known !== undefined) return known
  const question = JSON.stringify([target.indicator, target.parameters, target.fact, target.subjects])
  questions.set(target, question)
  return question
}
const questions = new WeakMap<PackTarget, string>()

/** What a rule gets to see: rollups of its own probes only, so that it can rest on nothing that is not read for it. */
const openLenses = (evidence: SchoolEvidence): ((rule: Rule) => SchoolEvidence) => {
  const byProbe = rollupsByProbe(evidence)
  const known = new Map<string, SchoolEvidence>()
  return ({ probes }) => {
    const key = probes.join(' ')
    const [first = [], ...others] = probes.map(probe => byProbe.get(probe) ?? []).filter(list => list.length > 0)
    const lens = known.get(key) ?? { ...evidence, rollups: others.length === 0 ? first : first.concat(...others) }
    known.set(key, lens)
    return lens
  }
}

const rollupsByProbe = ({ checks, rollups }: SchoolEvidence): ReadonlyMap<string, readonly DayRollup[]> => {
  const probes = new Map(checks.map(check => [check.id, check.probe]))
  const found = new Map<string, DayRollup[]>()
  let list: DayRollup[] = []
  let checkId: number | undefined
  for (const rollup of rollups) {
    // Rollups of one check mostly follow each other.
    if (rollup.checkId !== checkId) {
      checkId = rollup.checkId
      const probe = probes.get(checkId) ?? ''
      list = found.get(probe) ?? []
      found.set(probe, list)
    }
    list.push(rollup)
  }
  return found
}

const empty = (verdict: Finding['verdict'], reason: string): Finding => ({
  verdict,
  reason,
  n: 0,
  expectedN: 0,
  facts: {},
  excluded: {},
  evidence: []
})

/**
 * Shares of every area, and of every group as `group:<id>`: a school counts in its own area, in all above, and in its groups. Schools without a
 * verdict row do not exist: silent ones have `unknown`. Goals by target, or by area and target.
 */
export const sharesOf = (
  areas: readonly AreaRow[],
  schools: readonly { readonly id: string; readonly area: string }[],
  verdicts: readonly Pick<Verdict, 'school' | 'target' | 'verdict'>[],
  goals: ReadonlyMap<string, number> | ((area: string, target: string) => number | undefined),
  groups: readonly { readonly id: string; readonly schools: readonly string[] }[] = []
): Share[] => {
  const placesOf = openPlaces(areas, schools, groups)
  const goalOf = typeof goals === 'function' ? goals : (_: string, target: string) => goals.get(target)
  const tallies = new Map<string, Tally>()
  for (const verdict of verdicts)
    for (const area of placesOf(verdict.school)) {
      const key = `${area} ${verdict.target}`
      let tally = tallies.get(key)
      if (tally === undefined) {
        tally = { area, target: verdict.target, met: 0, missed: 0, unknown: 0, not_applicable: 0 }
        tallies.set(key, tally)
      }
      tally[verdict.verdict] += 1
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
      goalPct: goalOf(t.area, t.target) ?? 100
    }
  })
}

interface Tally {
  readonly area: string
  readonly target: string
  met: number
  missed: number
  unknown: number
  not_applicable: number
}

/** School → its area, every area above and its groups; nothing for a school that is not there. */
const openPlaces = (
  areas: readonly AreaRow[],
  schools: readonly { readonly id: string; readonly area: string }[],
  groups: readonly { readonly id: string; readonly schools: readonly string[] }[]
): ((school: string) => readonly string[]) => {
  const lineTo = linesIn(areas)
  const lines = new Map(areas.map(area => [area.id, lineTo(area.id)]))
  const places = new Map(schools.map(school => [school.id, lines.get(school.area) ?? []]))
  for (const group of groups)
    for (const school of new Set(group.schools)) {
      const known = places.get(school)
      if (known !== undefined) places.set(school, [...known, `group:${group.id}`])
    }
  return school => places.get(school) ?? []
}
