import type { Meter } from './meter.ts'
import type { Judgement, Sample } from './rule/terms.ts'
import type { TestJob } from './test-job.ts'

/** No byte for this long when the rule says fail: the link is away, not slow, ms. */
const silentMs = 500

/** Nothing of the test itself arrived during the last half second. */
export const silent = (samples: readonly Sample[]): boolean => {
  const last = samples.at(-1)
  if (last === undefined) return true
  const then = samples.findLast(sample => sample.ms <= last.ms - silentMs)
  return then !== undefined && then.testBytes === last.testBytes
}

/** What others used during the plateau, where the interface is counted in. */
export const crossOf = (
  job: TestJob,
  meter: Meter,
  samples: readonly Sample[],
  judgement: Judgement
): number | undefined => {
  if (!meter.counted) {
    // A panel's own traffic: everything its interface carried that was not the test.
    const crossed = job.direction === 'down' ? meter.interfaceIpBytes() : undefined
    const last = samples.at(-1)
    return crossed === undefined || last === undefined || last.ms <= 0
      ? undefined
      : Math.max(0, ((crossed - last.testBytes * meter.ipFactor) * 8) / last.ms / 1_000)
  }
  const last = samples.at(-1)
  const first = samples.findLast(
    sample => last !== undefined && sample.ms <= last.ms - Math.max(judgement.plateauMs, 100)
  )
  if (last === undefined || first === undefined || last.ms <= first.ms) return undefined
  const own = (last.testBytes - first.testBytes) * meter.ipFactor
  return Math.max(0, ((last.ipBytes - first.ipBytes - own) * 8) / (last.ms - first.ms) / 1_000)
}

/** Cumulative kB at the IP layer at even steps up to the end, at most 80. */
export const traceOf = (samples: readonly Sample[]): number[] => {
  const endMs = samples.at(-1)?.ms ?? 0
  const points = Math.min(80, Math.floor(endMs / 50))
  return Array.from({ length: points }, (_, i) => {
    const atMs = (endMs * (i + 1)) / points
    const next = samples.findIndex(sample => sample.ms >= atMs)
    const [a, b] = [samples[next - 1] ?? { ms: 0, ipBytes: 0 }, samples[next] ?? { ms: endMs, ipBytes: 0 }]
    const share = b.ms > a.ms ? (atMs - a.ms) / (b.ms - a.ms) : 1
    return Math.round((a.ipBytes + (b.ipBytes - a.ipBytes) * share) / 1_000)
  })
}
