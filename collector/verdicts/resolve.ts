import { isDeepStrictEqual } from 'node:util'
import type { AreaRow } from '../ledger/ledger.ts'
import { lineOf } from './area-line.ts'
import { inForce, targetsOf, type Contradiction, type Override, type Pack, type PackTarget } from './pack.ts'

export interface Jurisdiction {
  readonly areas: readonly AreaRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly Scope[]
}

/** Which pack rules which area and everything below it, in which periods (both included). */
export interface Scope {
  readonly area: string
  readonly pack: string
  readonly fromPeriod?: string | undefined
  readonly toPeriod?: string | undefined
}

/**
 * The targets that rule an area in a period: those of every pack of the area and of all above it, each once, in the packs' order, with what
 * packs of a nearer area override. A pack can only change what rules where it rules itself; field by field the nearest area wins.
 */
export const targetsFor = (jurisdiction: Jurisdiction, area: string, period: string): PackTarget[] => {
  const ruling = rulingPacks(jurisdiction, area, period)
  return ruling.flatMap(({ pack, farthest }) =>
    targetsOf([pack])
      .filter(target => inForce(target, period))
      .flatMap(target => overridden(target, changesOf(ruling, target.key, farthest)))
  )
}

/** `targetsFor` with a memory: schools of one area share their targets. */
export const openTargets = (jurisdiction: Jurisdiction, period: string): ((area: string) => readonly PackTarget[]) => {
  const known = new Map<string, readonly PackTarget[]>()
  return area => {
    const targets = known.get(area) ?? targetsFor(jurisdiction, area, period)
    known.set(area, targets)
    return targets
  }
}

/** Whether both a pack and a target of another rule an area in a period: only then the one can override the other there. */
export const rulesAt = (
  jurisdiction: Jurisdiction,
  area: string,
  period: string,
  pack: string,
  key: string
): boolean => {
  const ruling = rulingPacks(jurisdiction, area, period)
  return (
    ruling.some(one => one.pack.id === pack) &&
    targetsOf(ruling.map(one => one.pack)).some(target => target.key === key && inForce(target, period))
  )
}

interface RulingPack {
  readonly pack: Pack
  /** Steps up from the area to where the pack rules; it may rule at several places of the line. */
  readonly nearest: number
  readonly farthest: number
  /** The nearest of these places. */
  readonly area: string
}

const rulingPacks = ({ areas, packs, scopes }: Jurisdiction, area: string, period: string): RulingPack[] => {
  const steps = new Map(lineOf(areas, area).map((id, step) => [id, step]))
  const places = Map.groupBy(
    scopes.filter(
      scope => steps.has(scope.area) && inForce({ from_period: scope.fromPeriod, to_period: scope.toPeriod }, period)
    ),
    scope => scope.pack
  )
  return packs.flatMap(pack => {
    const own = (places.get(pack.id) ?? [])
      .map(scope => ({ area: scope.area, step: steps.get(scope.area) ?? 0 }))
      .toSorted((a, b) => a.step - b.step)
    const [first, last] = [own[0], own.at(-1)]
    if (first === undefined || last === undefined || !inForce(pack, period)) return []
    return [{ pack, area: first.area, nearest: first.step, farthest: last.step }]
  })
}

interface Change {
  readonly pack: Pack
  readonly area: string
  readonly step: number
  readonly override: Override
}

/** The overrides of a target, nearest first. `farthest`: the highest place at which the target rules. */
const changesOf = (ruling: readonly RulingPack[], key: string, farthest: number): Change[] =>
  ruling
    .filter(({ nearest }) => nearest <= farthest)
    .flatMap(({ pack, area, nearest }) =>
      (pack.overrides ?? [])
        .filter(override => override.target === key)
        .map(override => ({ pack, area, step: nearest, override }))
    )
    .toSorted((a, b) => a.step - b.step || (a.pack.id < b.pack.id ? -1 : 1))

/** The target with its changes; none when it is dropped. */
const overridden = (target: PackTarget, changes: readonly Change[]): PackTarget[] => {
  if (changes.length === 0) return [target]
  const contradiction = contradictionOf(changes)
  if (contradiction !== undefined) return [{ ...target, contradiction }]
  if (changes.some(({ override }) => override.drop === true)) return []
  const farthestFirst = changes.toReversed()
  return [
    farthestFirst.reduce<PackTarget>(
      (changed, { override }) => ({
        ...changed,
        goal_pct: override.goal_pct ?? changed.goal_pct,
        applies_to: override.applies_to ?? changed.applies_to,
        ...(override.subjects === undefined ? {} : { subjects: override.subjects }),
        ...(override.parameters === undefined ? {} : { parameters: { ...changed.parameters, ...override.parameters } })
      }),
      {
        ...target,
        changes: farthestFirst.map(({ pack, area, override }) => ({
          pack: pack.id,
          area,
          document: pack.document,
          paragraph: override.paragraph,
          fields: fieldsOf(override).map(([field]) => field)
        }))
      }
    )
  ]
}

/** Of the nearest area that says anything about a field, two packs that say different things; dropping and changing are such things too. */
const contradictionOf = (changes: readonly Change[]): Contradiction | undefined => {
  const said = changes.flatMap(change =>
    fieldsOf(change.override).map(([field, value]) => ({ ...change, field, value }))
  )
  for (const [field, all] of Map.groupBy(said, one => one.field)) {
    const nearest = all[0]
    if (nearest === undefined) continue
    const here = said.filter(one => one.step === nearest.step && (one.field === field || field === 'drop'))
    const other = here.find(one => one.field !== field || !isDeepStrictEqual(one.value, nearest.value))
    if (other !== undefined)
      return inOrder(
        nearest.area,
        field,
        [nearest.pack.id, nearest.value],
        [other.pack.id, other.field === field ? other.value : { [other.field]: other.value }]
      )
  }
  return undefined
}

type Said = readonly [pack: string, value: unknown]
const inOrder = (area: string, field: string, a: Said, b: Said): Contradiction => {
  const [first, second] = a[0] < b[0] ? [a, b] : [b, a]
  return { area, field, packs: [first[0], second[0]], values: [first[1], second[1]] }
}

/** What an override says, field by field. */
export const fieldsOf = (override: Override): (readonly [field: string, value: unknown])[] => [
  ...(['drop', 'goal_pct', 'applies_to', 'subjects'] as const).flatMap(field =>
    override[field] === undefined ? [] : [[field, override[field]] as const]
  ),
  ...Object.entries(override.parameters ?? {}).map(([name, value]) => [`parameters/${name}`, value] as const)
]
