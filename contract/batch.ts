import Type, { type Static } from 'typebox'
import { Word } from './registry-id.ts'
import { UpMs, BootId, WallMs, WireReading } from './reading.ts'
import { limits } from './limits.ts'

/** Readings that were measured and are gone for good: every loss is counted and travels as a fact. Times are the device's wall clock, ms. */
export const Gap = Type.Object(
  { from: WallMs, to: WallMs, n: Type.Integer({ minimum: 0, maximum: limits.readingsPerGap }), reason: Word },
  { additionalProperties: false, $id: 'Gap' }
)
export type Gap = Static<typeof Gap>

/** Reasons of a gap that the agent itself writes. */
export const gapReasons = ['spool_full', 'spool_corrupt', 'rolled_back', 'collector_restored', 'too_large'] as const
export type GapReason = (typeof gapReasons)[number]

/** An event of the agent: `started`, `stopping {reason}`. */
export const Marker = Type.Object(
  {
    kind: Word,
    boot: BootId,
    up_ms: UpMs,
    wall_ms: WallMs,
    reason: Type.Optional(Word),
    text: Type.Optional(Type.String({ maxLength: limits.labelLength }))
  },
  { additionalProperties: false, $id: 'Marker' }
)
export type Marker = Static<typeof Marker>

/** What an agent uploads. Its bytes are frozen once made: the clock anchor travels in the signed headers. */
export const Batch = Type.Object(
  {
    readings: Type.Array(WireReading, { maxItems: limits.readingsPerBatch }),
    gaps: Type.Array(Gap, { maxItems: limits.gapsPerBatch }),
    markers: Type.Array(Marker, { maxItems: limits.markersPerBatch })
  },
  { additionalProperties: false, $id: 'Batch' }
)
export type Batch = Static<typeof Batch>

/** The same with readings unread: one bad reading must not cost the others, so the collector checks them one by one. */
export const BatchEnvelope = Type.Object(
  {
    readings: Type.Array(Type.Unknown(), { maxItems: limits.readingsPerBatch }),
    gaps: Type.Array(Gap, { maxItems: limits.gapsPerBatch }),
    markers: Type.Array(Marker, { maxItems: limits.markersPerBatch })
  },
  { additionalProperties: false }
)
export type BatchEnvelope = Static<typeof BatchEnvelope>
