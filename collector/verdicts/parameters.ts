import { nearest, shown } from '../../contract/fault.ts'
import { SentenceError } from '../../contract/parse.ts'
import { stages, zones } from '../ledger/ledger.ts'
import { conditionsIn, type AppliesTo } from './applies.ts'
import type { Override, Pack, Target } from './pack.ts'
import { rules } from './rules.ts'
import { faultOfFigure, wantedFigure } from './units.ts'
import type { Rule } from './verdict.ts'

/** A pack and where it came from: a file, or `pack <id>`. */
export interface PlacedPack {
  readonly pack: Pack
  readonly place: string
}

/** What a schema cannot say of one pack: rules exist, figures are in their units, terms are those of the rule. Throws a SentenceError. */
export const checkPack = (pack: Pack, place: string): Pack => {
  refuseRepeats(pack.targets, `${place} /targets`, 'id', target => target.id)
  checkPeriods(pack, `${place} `)
  for (const [i, target] of pack.targets.entries()) checkTarget(target, `${place} /targets/${i}`)
  refuseRepeats(pack.overrides ?? [], `${place} /overrides`, 'target', override => override.target)
  for (const [i, override] of (pack.overrides ?? []).entries())
    checkOverride(pack, override, `${place} /overrides/${i}`)
  const ids = pack.targets.map(target => target.id)
  for (const id of Object.keys(pack.ranking?.weights ?? {}))
    if (!ids.includes(id))
      throw new SentenceError(
        `${place} /ranking/weights/${id} must be the id of a target of this pack${meant(id, ids)}`
      )
  return pack
}

/** What packs say of each other: one id each, and what they override exists and takes it. Each has passed `checkPack`. Throws a SentenceError. */
export const checkPacks = (packs: readonly PlacedPack[]): void => {
  const places = new Map<string, string>()
  const targets = new Map<string, Target>()
  for (const { pack, place } of packs) {
    const other = places.get(pack.id)
    if (other !== undefined)
      throw new SentenceError(`${place} /id must be unique, got "${pack.id}" which is in ${other} too`)
    places.set(pack.id, place)
    for (const target of pack.targets) targets.set(`${pack.id}/${target.id}`, target)
  }
  for (const { pack, place } of packs)
    for (const [i, override] of (pack.overrides ?? []).entries()) {
      const at = `${place} /overrides/${i}`
      const target = targets.get(override.target)
      if (target === undefined)
        throw new SentenceError(
          `${at}/target must be a target of a loaded pack, got "${override.target}"${meant(override.target, [...targets.keys()])}`
        )
      const rule = ruleOf(target.indicator)
      if (rule === undefined) continue
      checkFigures(target.indicator, rule, override.parameters ?? {}, `${at}/parameters`)
      if (override.subjects !== undefined && rule.needs?.includes('subjects') !== true)
        throw new SentenceError(`${at}/subjects says nothing to indicator "${target.indicator}": leave it out`)
    }
}

const ruleOf = (indicator: string): Rule | undefined => (Object.hasOwn(rules, indicator) ? rules[indicator] : undefined)

const checkTarget = (target: Target, place: string): void => {
  const rule = ruleOf(target.indicator)
  if (rule === undefined)
    throw new SentenceError(
      `${place}/indicator must name a known rule, got "${target.indicator}"${meant(target.indicator, Object.keys(rules))}`
    )
  checkPeriods(target, place)
  checkGoal(target.goal_pct, place)
  checkApplies(target.applies_to, `${place}/applies_to`)
  checkFigures(target.indicator, rule, target.parameters ?? {}, `${place}/parameters`)
  for (const [name, parameter] of Object.entries(rule.parameters))
    if (parameter.required === true && !Object.hasOwn(target.parameters ?? {}, name))
      throw new SentenceError(`${place}/parameters/${name} must be ${wantedFigure(name, parameter)}, got nothing`)
  for (const term of ['fact', 'subjects'] as const) {
    const needed = rule.needs?.includes(term) === true
    if (needed && target[term] === undefined)
      throw new SentenceError(`${place}/${term} is missing: indicator "${target.indicator}" needs it`)
    if (!needed && target[term] !== undefined)
      throw new SentenceError(`${place}/${term} says nothing to indicator "${target.indicator}": leave it out`)
  }
  checkHosts(target.subjects ?? [], place)
}

const checkOverride = (pack: Pack, override: Override, place: string): void => {
  const { target, paragraph, drop, ...rest } = override
  if (target.startsWith(`${pack.id}/`))
    throw new SentenceError(`${place}/target must be of another pack, got "${target}": change the target itself`)
  const changes = Object.keys(rest)
  if (drop === true && changes.length > 0)
    throw new SentenceError(`${place}/drop leaves nothing to change, got ${changes.join(', ')} too`)
  if (drop !== true && changes.length === 0)
    throw new SentenceError(`${place} must change something, got only paragraph ${shown(paragraph)}`)
  if (rest.goal_pct !== undefined) checkGoal(rest.goal_pct, place)
  if (rest.applies_to !== undefined) checkApplies(rest.applies_to, `${place}/applies_to`)
  checkHosts(rest.subjects ?? [], place)
}

const checkPeriods = (
  { from_period, to_period }: { readonly from_period?: string; readonly to_period?: string },
  place: string
): void => {
  if (from_period !== undefined && to_period !== undefined && to_period < from_period)
    throw new SentenceError(`${place}/to_period must not be before from_period ${from_period}, got "${to_period}"`)
}

/** 1 is refused too: no document wants one school in a hundred, and many write 1 for all. */
const checkGoal = (goal: number, place: string): void => {
  if (goal > 0 && goal <= 1)
    throw new SentenceError(
      `${place}/goal_pct must be 0 or a number above 1 up to 100 (percent), got ${goal}, which looks like a ratio, expected percent`
    )
}

const checkFigures = (
  indicator: string,
  rule: Rule,
  figures: Readonly<Record<string, number>>,
  place: string
): void => {
  for (const [name, value] of Object.entries(figures)) {
    const parameter = Object.hasOwn(rule.parameters, name) ? rule.parameters[name] : undefined
    if (parameter === undefined)
      throw new SentenceError(
        `${place}/${name} is not a figure of indicator "${indicator}"${meant(name, Object.keys(rule.parameters))}`
      )
    const fault = faultOfFigure(name, parameter, value)
    if (fault !== undefined) throw new SentenceError(`${place}/${name} ${fault}`)
  }
}

/** Values that no school can have would quietly let every school off. */
const values: Readonly<Record<string, readonly (string | boolean)[]>> = {
  stage: stages,
  zone: zones,
  township_central: [true, false],
  larger: [true, false]
}

const checkApplies = (rule: AppliesTo, place: string): void => {
  for (const [at, { attribute, eq, in: list, gte, lt }] of conditionsIn(rule, place)) {
    if (eq === undefined && list === undefined && gte === undefined && lt === undefined)
      throw new SentenceError(`${at} must compare "${attribute}" by eq, in, gte or lt, got none of them`)
    const allowed = values[attribute]
    for (const value of [...(eq === undefined ? [] : [eq]), ...(list ?? [])]) {
      const fits = allowed === undefined ? typeof value === 'number' : allowed.some(one => one === value)
      if (!fits)
        throw new SentenceError(
          `${at} must compare "${attribute}" with ${allowed === undefined ? 'a number' : `one of ${allowed.map(shown).join(', ')}`}, got ${shown(value)}`
        )
    }
    if (allowed !== undefined && (gte !== undefined || lt !== undefined))
      throw new SentenceError(`${at} must compare "${attribute}" by eq or in, got ${gte === undefined ? 'lt' : 'gte'}`)
  }
}

const host = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Checks are matched by the host alone, so a URL would never be measured. */
const checkHosts = (subjects: readonly string[], place: string): void => {
  for (const [i, subject] of subjects.entries())
    if (!host.test(subject))
      throw new SentenceError(
        `${place}/subjects/${i} must be a host name in lower case, without scheme, port or path, got ${shown(subject)}`
      )
}

const refuseRepeats = <Row>(rows: readonly Row[], place: string, field: string, keyOf: (row: Row) => string): void => {
  const seen = new Set<string>()
  for (const [i, row] of rows.entries()) {
    const key = keyOf(row)
    if (seen.has(key)) throw new SentenceError(`${place}/${i}/${field} must be unique, got "${key}" again`)
    seen.add(key)
  }
}

const meant = (word: string, words: readonly string[]): string => {
  const near = nearest(word, words)
  return near === undefined ? '' : `: did you mean "${near}"?`
}
