import Type, { type Static } from 'typebox'
import { RegistryId, TargetKey } from '../../contract/registry-id.ts'
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
    /** First and last period in which it rules; those of the pack unless said. */
    from_period: Type.Optional(Month),
    to_period: Type.Optional(Month),
    /** The declared fact it is about, for what no probe can see. */
    fact: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}$' })),
    /** Hosts that the document names. */
    subjects: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { minItems: 1 })),
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

const Override = Type.Object(
  {
    /** `pack/id` of the target that is changed. */
    target: TargetKey,
    /** Where the document says so. */
    paragraph: Type.String({ minLength: 1 }),
    drop: Type.Optional(Type.Literal(true)),
    goal_pct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    applies_to: Type.Optional(AppliesTo),
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), Type.Number(), { additionalProperties: false })
    )
  },
  { additionalProperties: false }
)
export type Override = Static<typeof Override>

/** A target pack: one dated document. Its id and text are evidence and never change under one id. */
export const Pack = Type.Object(
  {
    id: RegistryId,
    title: Text,
    document: Type.String({ minLength: 1 }),
    from_period: Month,
    to_period: Type.Optional(Month),
    targets: Type.Array(Target, { minItems: 1 }),
    /** Changes to targets of packs that rule further up (or of the same area): what a city says otherwise than its province. */
    overrides: Type.Optional(Type.Array(Override, { minItems: 1 })),
    ranking: Type.Optional(
      Type.Object(
        {
          /** Target id → weight in the composite; a target that is not named weighs nothing. */
          weights: Type.Optional(
            Type.Record(RegistryId, Type.Number({ exclusiveMinimum: 0 }), { additionalProperties: false })
          ),
          /** How many areas at the back can be named (排名靠后). */
          back: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 }))
        },
        { additionalProperties: false }
      )
    )
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
