import type { Reading } from '../../probe.ts'

/** Warn and critical of the specification, ms. */
const offMs = 2_000
const wrongMs = 30_000

/** A clock is called off only by what is beyond doubt: the offset less its own bound. */
export const judge = (seen: {
  readonly offset_ms: number
  readonly bound_ms: number
}): Pick<Reading, 'outcome' | 'reason'> => {
  const surely = Math.abs(seen.offset_ms) - seen.bound_ms
  if (surely > wrongMs) return { outcome: 'failed', reason: 'clock_wrong' }
  return surely > offMs ? { outcome: 'degraded', reason: 'clock_off' } : { outcome: 'ok' }
}
