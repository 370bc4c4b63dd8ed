import Type, { type Static } from 'typebox'
import { RegistryId } from '../../contract/registry-id.ts'
import { AppliesTo } from './applies.ts'

const Text = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  { additionalProperties: false }
)
const Month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' })

/** A policy requirement as data: what the document says, where it says it, and which rule judges it. */
const Target = Type.Object(
  {
    id: RegistryId,
    title: Text,
    /** Where in the document, so that an official can check the number against the paper. */
    paragraph: Type.String({ minLength: 1 }),
    /** Names the rule (collector/verdicts/rules.ts). */
    indicator: RegistryId,
    level: Type.Enum(['school', 'room', 'device']),
    applies_to: AppliesTo,
    /** Share of schools that should meet it, percent. */
    goal_pct: Type.Number({ minimum: 0, maximum: 100 }),
    /** Figures of the rule, units last in the name. */
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), Type.Number(), { additionalProperties: false })
    )
  },
  { additionalProperties: false }
)
export type Target = Static<typeof Target>

/** A target pack: one dated document. Its id and text are evidence and never change under one id. */
export const Pack = Type.Object(
  {
    id: RegistryId,
    title: Text,
    document: Type.String({ minLength: 1 }),
    from_period: Month,
    to_period: Type.Optional(Month),
    targets: Type.Array(Target, { minItems: 1 })
  },
  { additionalProperties: false }
)
export type Pack = Static<typeof Pack>

/** A target with the pack it stands in. */
export interface PackTarget extends Target {
  /** `pack/id`. */
  readonly key: string
  readonly pack: string
  readonly packTitle: Pack['title']
  readonly document: string
}

export const targetsOf = (packs: readonly Pack[]): PackTarget[] =>
  packs.flatMap(pack =>
    pack.targets.map(target => ({
      ...target,
      key: `${pack.id}/${target.id}`,
      pack: pack.id,
      packTitle: pack.title,
      document: pack.document
    }))
  )

export const inForce = (pack: Pack, period: string): boolean =>
  pack.from_period <= period && (pack.to_period === undefined || period <= pack.to_period)
