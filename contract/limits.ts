/** One table of the caps that both sides keep. Sizes in bytes, times in ms. */
export const limits = {
  /** Compressed body of one batch. */
  bodyBytes: 262_144,
  /** The same after inflation: a larger one is a bomb or a bug. */
  inflatedBytes: 1_048_576,
  readingsPerBatch: 500,
  gapsPerBatch: 64,
  /** More than a spool can ever hold; sums of them stay whole numbers. */
  readingsPerGap: 1_000_000_000,
  markersPerBatch: 64,
  fieldsPerReading: 64,
  labelsPerReading: 32,
  labelLength: 512,
  partLength: 128,
  traceLength: 80,
  checksPerAgent: 256,
  /** A reading dated later than this is quarantined. */
  futureMs: 600_000,
  /** Wall clocks further apart than this are not believed without a boot anchor. */
  skewMs: 120_000
} as const
