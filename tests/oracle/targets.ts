import type { AreaRow, PackScopeRow, SchoolRow } from '../../collector/ledger/ledger.ts'
import type { Override, Pack, Target } from '../../collector/verdicts/pack.ts'

/** What the packs ask of one area in one period. */
export interface Asked {
  readonly key: string
  readonly target: Target
  readonly goalPct: number
  readonly appliesTo: unknown
  readonly subjects: readonly string[]
  readonly parameters: Readonly<Record<string, number>>
  readonly weight: number
  readonly back: number
  readonly contradicted: boolean
}

export interface Rulers {
  readonly areas: readonly AreaRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly PackScopeRow[]
}

/** The area, its parent, … */
export const upwards = (areas: readonly AreaRow[], area: string): string[] => {
  const parent = areas.find(one => one.id === area)?.parent
  return parent === undefined ? [area] : [area, ...upwards(areas, parent)]
}

const holds = (period: string, from: string | undefined, to: string | undefined): boolean =>
  (from ?? '0000-00') <= period && period <= (to ?? '9999-99')

export const askedOf = ({ areas, packs, scopes }: Rulers, area: string, period: string): Asked[] => {
  const line = upwards(areas, area)
  /** How many steps up a pack rules, at every place where it does. */
  const placesOf = (pack: Pack): number[] =>
    line.flatMap((place, step) =>
      scopes.some(s => s.area === place && s.pack === pack.id && holds(period, s.fromPeriod, s.toPeriod)) ? [step] : []
    )
  const ruling = packs.filter(pack => holds(period, pack.from_period, pack.to_period) && placesOf(pack).length > 0)
  return ruling.flatMap(pack =>
    pack.targets.flatMap(target => {
      if (!holds(period, target.from_period, target.to_period)) return []
      const key = `${pack.id}/${target.id}`
      const top = Math.max(...placesOf(pack))
      const said = ruling.flatMap(other =>
        Math.min(...placesOf(other)) > top
          ? []
          : (other.overrides ?? [])
              .filter(override => override.target === key)
              .flatMap(override => statements(override).map(s => ({ ...s, step: Math.min(...placesOf(other)) })))
      )
      return asked(pack, target, said)
    })
  )
}

interface Statement {
  readonly field: string
  readonly value: unknown
  readonly step: number
}

const statements = ({ parameters, ...fields }: Override): Omit<Statement, 'step'>[] =>
  [
    ...Object.entries(fields).filter(([field]) => field !== 'target' && field !== 'paragraph'),
    ...Object.entries(parameters ?? {}).map(([name, value]): [string, unknown] => [`parameters ${name}`, value])
  ].map(([field, value]): Omit<Statement, 'step'> => ({ field, value }))

const asked = (pack: Pack, target: Target, said: readonly Statement[]): Asked[] => {
  const nearest = (field: string): Statement[] => {
    const all = said.filter(one => one.field === field)
    const step = Math.min(...all.map(one => one.step))
    return all.filter(one => one.step === step)
  }
  const fields = [...new Set(said.map(one => one.field))]
  const contradicted = fields.some(field => {
    const here = nearest(field)
    // To drop a target and to change it are two different things that one area cannot ask for.
    const others = field === 'drop' ? said.filter(one => one.step === here[0]?.step && one.field !== 'drop') : []
    return new Set(here.map(one => JSON.stringify(one.value))).size > 1 || others.length > 0
  })
  if (!contradicted && fields.includes('drop')) return []
  const value = (field: string): unknown => (contradicted ? undefined : nearest(field)[0]?.value)
  const parameters: Record<string, number> = { ...target.parameters }
  for (const field of fields)
    if (field.startsWith('parameters ') && !contradicted) parameters[field.slice(11)] = Number(value(field))
  return [
    {
      key: `${pack.id}/${target.id}`,
      target,
      goalPct: Number(value('goal_pct') ?? target.goal_pct),
      appliesTo: value('applies_to') ?? target.applies_to,
      subjects: (value('subjects') as string[] | undefined) ?? target.subjects ?? [],
      parameters,
      weight: Object.entries(pack.ranking?.weights ?? {}).find(([id]) => id === target.id)?.[1] ?? 0,
      back: pack.ranking?.back ?? 1,
      contradicted
    }
  ]
}

/** Whether a condition of a pack holds for a school. A ledger entry that lacks the attribute satisfies no condition. */
export const holdsFor = (condition: unknown, school: SchoolRow): boolean => {
  const c = condition as Readonly<Record<string, unknown>>
  if (Array.isArray(c['all'])) return !c['all'].some(part => !holdsFor(part, school))
  if (Array.isArray(c['any'])) return c['any'].some(part => holdsFor(part, school))
  if (c['not'] !== undefined) return !holdsFor(c['not'], school)
  const values: Readonly<Record<string, unknown>> = {
    stage: school.stage,
    zone: school.zone,
    township_central: school.townshipCentral,
    larger: school.larger,
    pupils: school.pupils
  }
  const value = values[String(c['attribute'])]
  if (value === undefined) return false
  if (c['eq'] !== undefined && c['eq'] !== value) return false
  if (Array.isArray(c['in']) && !c['in'].includes(value)) return false
  if (c['gte'] !== undefined && !(Number(value) >= Number(c['gte']))) return false
  return !(c['lt'] !== undefined && !(Number(value) < Number(c['lt'])))
}
