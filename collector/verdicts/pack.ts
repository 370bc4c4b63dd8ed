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
    /** Share of schools that should meet it, percent; 0 where the document sets no figure. */
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
    /** It does not rule here at all; nothing else may then be said. */
    drop: Type.Optional(Type.Literal(true)),
    goal_pct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    applies_to: Type.Optional(AppliesTo),
    /** The city's own hosts instead of those of the target. */
    subjects: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { minItems: 1 })),
    /** Each figure by itself: those that are not named stay. */
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), Type.Number(), { additionalProperties: false })
    )
  },
  { additionalProperties: false }
)
export type Override = Static<typeof Override>

/** A target pack: one dated document. Its text is evidence: what it means never changes under one id and version. */
export const Pack = Type.Object(
  {
    id: RegistryId,
    /** 1 unless said; a changed meaning needs a higher one. */
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
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
          /** Target id → weight in the composite, to a millionth; a target that is not named weighs nothing. */
          weights: Type.Optional(
            Type.Record(RegistryId, Type.Number({ exclusiveMinimum: 0, minimum: 1e-6, maximum: 1e6 }), {
              additionalProperties: false
            })
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

/** A target with the pack it stands in, as it rules in one area and period. */
export interface PackTarget extends Target {
  /** `pack/id`. */
  readonly key: string
  readonly pack: string
  readonly packVersion: number
  readonly packTitle: Pack['title']
  readonly document: string
  /** Its weight in the composite ranking; 0: it takes no part. */
  readonly rankWeight: number
  /** How many areas at the back can be named for it (排名靠后). */
  readonly back: number
  /** What other packs say otherwise here, the farthest area first. */
  readonly changes: readonly TargetChange[]
  /** Two packs of one area say different things: the target then stands as its own pack has it, and judges nobody. */
  readonly contradiction: Contradiction | undefined
}

/** An override that took effect on a target. */
export interface TargetChange {
  readonly pack: string
  /** Where the overriding pack rules. */
  readonly area: string
  readonly document: string
  readonly paragraph: string
  /** `goal_pct`, `applies_to`, `subjects`, `parameters/<name>`. */
  readonly fields: readonly string[]
}

export interface Contradiction {
  readonly area: string
  readonly field: string
  /** In id order, with what each says. */
  readonly packs: readonly [string, string]
  readonly values: readonly [unknown, unknown]
}

/** What a verdict says of it. */
export const contradictionFacts = ({ area, field, packs: [a, b] }: Contradiction): Record<string, string> => ({
  area,
  field,
  pack_a: a,
  pack_b: b
})

export const versionOf = (pack: Pack): number => pack.version ?? 1

/** A pack's targets as it has them: nothing overridden yet. */
export const targetsOf = (packs: readonly Pack[]): PackTarget[] =>
  packs.flatMap(pack =>
    pack.targets.map(target => ({
      ...target,
      key: `${pack.id}/${target.id}`,
      pack: pack.id,
      packVersion: versionOf(pack),
      packTitle: pack.title,
      document: pack.document,
      rankWeight: new Map(Object.entries(pack.ranking?.weights ?? {})).get(target.id) ?? 0,
      back: pack.ranking?.back ?? 1,
      changes: [],
      contradiction: undefined
    }))
  )

/** First and last period of a pack, target or scope; open where nothing is said. */
interface Validity {
  readonly from_period?: string | undefined
  readonly to_period?: string | undefined
}

export const inForce = ({ from_period = '', to_period }: Validity, period: string): boolean =>
  from_period <= period && (to_period === undefined || period <= to_period)
