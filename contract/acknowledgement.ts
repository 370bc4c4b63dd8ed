import Type, { type Static } from 'typebox'
import { limits } from './limits.ts'
import { CheckId } from './registry-id.ts'

/** Why a reading was kept aside instead of stored: it is durable at the collector all the same, and shown. */
export const rejectReasons = ['schema', 'unknown_check', 'foreign_device', 'time_unknown', 'future'] as const
export type RejectReason = (typeof rejectReasons)[number]

export const Rejected = Type.Object({
  /** Index in the batch's readings. */
  i: Type.Integer({ minimum: 0 }),
  reason: Type.String(),
  /** JSON pointer into the reading. */
  pointer: Type.String()
})
export type Rejected = Static<typeof Rejected>

/** The signed answer to a batch: 202 (stored now) or 200 (stored before). All readings are on disk or quarantined. Unknown keys are ignored. */
export const Acknowledgement = Type.Object(
  {
    high_water: Type.Integer({ minimum: 0 }),
    server_time: Type.String({ format: 'date-time' }),
    /** When the next batch is welcome, ms from now. */
    next_ms: Type.Integer({ minimum: 0 }),
    max_readings: Type.Integer({ minimum: 1 }),
    rejected: Type.Array(Rejected),
    /** ETag of the configuration in force: fetch it when it differs from yours. */
    config: Type.Optional(Type.String()),
    /** Checks that somebody wants run now, beside their period. */
    due: Type.Optional(Type.Array(CheckId, { maxItems: limits.checksPerAgent }))
  },
  { $id: 'Acknowledgement' }
)
export type Acknowledgement = Static<typeof Acknowledgement>
