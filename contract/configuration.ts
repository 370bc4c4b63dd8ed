import Type, { type Static } from 'typebox'
import { CheckId, RegistryId, Word } from './registry-id.ts'
import { limits } from './limits.ts'

/** One check as the collector hands it out: a probe, its options and its period on one subject. */
export const CheckSpec = Type.Object(
  {
    check: CheckId,
    probe: Word,
    device: RegistryId,
    every_ms: Type.Integer({ minimum: 100, maximum: 86_400_000 }),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 600_000 })),
    options: Type.Record(Type.String(), Type.Unknown())
  },
  { $id: 'Check' }
)
export type CheckSpec = Static<typeof CheckSpec>

/** What an agent runs by. It keeps the last good one on disk and goes on with it when the collector is away. Unknown keys are ignored. */
export const Configuration = Type.Object(
  {
    agent: RegistryId,
    school: RegistryId,
    upload: Type.Object({
      /** Loose readings wait at most this long; a change of outcome does not wait. */
      period_ms: Type.Integer({ minimum: 50, maximum: 3_600_000 }),
      max_readings: Type.Integer({ minimum: 1, maximum: limits.readingsPerBatch })
    }),
    /** Equal measurements within this time are sent as one folded reading. 0 sends each. */
    fold_ms: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    checks: Type.Array(CheckSpec, { maxItems: limits.checksPerAgent })
  },
  { $id: 'Configuration' }
)
export type Configuration = Static<typeof Configuration>
