import type { Sample } from '../agent/probes/bandwidth/rule/terms.ts'

/** Reproducible numbers in [0, 1): mulberry32. */
export const openRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Standard normal numbers (Box and Muller). */
export const openNormal = (random: () => number): (() => number) => {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Rates of consecutive steps of `stepMs` to the samples a test would have taken. */
export const samplesOf = function* (rates: Iterable<number>, stepMs: number): Generator<Sample> {
  let ms = 0
  let bytes = 0
  yield { ms, ipBytes: 0, testBytes: 0 }
  for (const mbps of rates) {
    ms += stepMs
    bytes += (mbps * stepMs * 1_000) / 8
    yield { ms, ipBytes: bytes, testBytes: bytes / (1_500 / 1_448) }
  }
}

export interface Noise {
  /** Mean rate, Mbit/s. */
  readonly mbps: number
  /** Coefficient of variation of a step, and correlation of neighbouring ones. */
  readonly cv: number
  readonly rho: number
}

/** A start of two steps, then stationary AR(1) about the mean; never below zero. */
export const noisyRates = function* ({ mbps, cv, rho }: Noise, steps: number, normal: () => number): Generator<number> {
  let deviation = normal()
  for (let step = 0; step < steps; step += 1) {
    const ramp = step < 2 ? (step + 1) / 3 : 1
    yield Math.max(0, mbps * ramp * (1 + cv * deviation))
    deviation = rho * deviation + Math.sqrt(1 - rho * rho) * normal()
  }
}

export interface Bucket {
  /** Rate of the link and of what lies before its token bucket, Mbit/s. */
  readonly mbps: number
  readonly peakMbps: number
  /** Credit, seconds at the link's own rate. */
  readonly creditS: number
}

/** A sender that takes what it can get, `capMbps` at most, through a full token bucket. */
export const bucketRates = function* (bucket: Bucket, capMbps: number, stepMs: number, ms: number): Generator<number> {
  const step = stepMs / 1_000
  let credit = bucket.creditS * bucket.mbps
  for (let at = 0; at < ms; at += stepMs) {
    const ramp = at < 200 ? 0.5 : 1
    const rate = ramp * Math.min(capMbps, bucket.peakMbps, bucket.mbps + credit / step)
    credit = Math.max(0, credit - Math.max(0, rate - bucket.mbps) * step)
    yield rate
  }
}

/**
 * A BBR sender behind a bottleneck: one round trip in eight it drains what it probed for, and every ten seconds it sends next to nothing for
 * 200 ms (draft-ietf-ccwg-bbr: ProbeBW and ProbeRTT). `probeMs` is when that falls in the test.
 */
export const bbrRates = function* (mbps: number, rttMs: number, probeMs: number, ms: number): Generator<number> {
  for (let at = 0; at < ms; at += rttMs) {
    const phase = Math.floor(at / rttMs) % 8
    const probing = at >= probeMs && at < probeMs + 200
    yield probing ? 0.03 * mbps : at < 3 * rttMs ? 0.4 * mbps : phase === 1 ? 0.9 * mbps : mbps
  }
}

/** A sender that lost and climbs back: from `low` of the rate to all of it in `climbMs`, as the concave part of a cubic (RFC 9438). */
export const climbingRates = function* (mbps: number, low: number, climbMs: number, ms: number): Generator<number> {
  for (let at = 0; at < ms; at += 100) yield mbps * (1 - (1 - low) * Math.max(0, 1 - at / climbMs) ** 3)
}
