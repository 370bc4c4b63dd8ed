import Type, { type Static } from 'typebox'
import { CheckId, RegistryId, Word } from './registry-id.ts'
import { limits } from './limits.ts'

/**
 * What a run of a probe says about one part.
 * `failed` is a fact about the school; `unavailable` means that we could not measure, and never counts against anybody.
 */
export const outcomes = ['ok', 'degraded', 'failed', 'unavailable'] as const
export const Outcome = Type.Enum(outcomes)
export type Outcome = Static<typeof Outcome>

export const BootId = Type.String({ pattern: '^[0-9a-f-]{16,36}$' })
/** Time since boot including suspend, ms. */
export const UpMs = Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 })
/** The device's own wall clock, ms since 1970; may be wrong by years. */
export const WallMs = Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 })

/** Without additionalProperties a name that is no Word would fit no pattern, and so pass. */
export const Fields = Type.Record(Word, Type.Number(), {
  maxProperties: limits.fieldsPerReading,
  additionalProperties: false
})
export const Labels = Type.Record(Word, Type.String({ maxLength: limits.labelLength }), {
  maxProperties: limits.labelsPerReading,
  additionalProperties: false
})

/** A reading on the wire. `reason` is required unless the outcome is ok (see `readingFault`). */
export const WireReading = Type.Object(
  {
    check: CheckId,
    device: Type.Optional(RegistryId),
    part: Type.Optional(Type.String({ minLength: 1, maxLength: limits.partLength })),
    boot: BootId,
    up_ms: UpMs,
    wall_ms: WallMs,
    took_ms: Type.Number({ minimum: 0 }),
    outcome: Outcome,
    reason: Type.Optional(Word),
    fields: Fields,
    labels: Type.Optional(Labels),
    trace: Type.Optional(Type.Array(Type.Integer(), { maxItems: limits.traceLength }))
  },
  { additionalProperties: false, $id: 'Reading' }
)
export type WireReading = Static<typeof WireReading>

/** The rule a JSON Schema cannot say in one line: only `ok` may come without a reason. */
export const readingFault = (reading: Pick<WireReading, 'outcome' | 'reason'>): string | undefined =>
  reading.outcome !== 'ok' && reading.reason === undefined ? '/reason is required unless the outcome is ok' : undefined
