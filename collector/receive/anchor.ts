import { limits } from '../../contract/limits.ts'
import type { WireReading } from '../../contract/reading.ts'
import type { Sent } from '../../contract/sent.ts'

/**
 * When a reading was measured, by the collector's clock: computed once, at first acceptance, from clocks that cannot lie.
 * Uptime counts evenly through suspend, so `offset of the boot + uptime at the reading` is right however wrong the wall clock is.
 * A boot that was never anchored falls back to the wall clock, if that is sane now; else the time is unknown.
 */
export const timeOf = (
  reading: Pick<WireReading, 'boot' | 'up_ms' | 'wall_ms'>,
  sent: Sent,
  receivedMs: number,
  /** Collector wall minus agent uptime, ms, of boots seen before. */
  offsets: ReadonlyMap<string, number>
): { readonly atMs: number } | { readonly reason: 'time_unknown' | 'future' } => {
  const offset = offsetOf(reading.boot, sent, receivedMs, offsets)
  const skewMs = receivedMs - sent.wall_ms
  if (offset === undefined && Math.abs(skewMs) > limits.skewMs) return { reason: 'time_unknown' }
  const atMs = Math.round(offset === undefined ? reading.wall_ms : offset + reading.up_ms)
  if (atMs > receivedMs + limits.futureMs) return { reason: 'future' }
  return atMs < 0 ? { reason: 'time_unknown' } : { atMs }
}

const offsetOf = (
  boot: string,
  sent: Sent,
  receivedMs: number,
  offsets: ReadonlyMap<string, number>
): number | undefined => {
  const known = offsets.get(boot)
  if (boot !== sent.boot) return known
  return betterOffset(known, receivedMs - sent.up_ms)
}

/** Less than this is noise; more than the other is drift of the agent's clock, or a collector whose own clock was set. Both in ms. */
const noiseMs = 10
const driftMs = 5_000

/**
 * Of two offsets of one boot the one to believe: the lesser, because it has the least network delay in it; but not for ever. A clock that
 * runs slow makes every later offset larger, and so does a collector whose clock was put forward: then the new one is right.
 */
export const betterOffset = (known: number | undefined, now: number): number =>
  known === undefined || now < known - noiseMs || now > known + driftMs ? now : known
