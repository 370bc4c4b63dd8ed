import type { Sample } from './terms.ts'

export interface Window {
  /** End of the window, ms. */
  readonly endMs: number
  /** Mean rate at the IP layer, Mbit/s. */
  readonly mbps: number
  /** Payload bytes of the test by the last sample inside the window. */
  readonly testBytes: number
}

/**
 * Cuts cumulative counts into windows of equal length. Counts are taken as linear between two samples, so where the samples fall does not
 * matter; a window is given once, as soon as a sample reaches its end. Zero bytes at time zero need no sample.
 */
export const openWindows = (windowMs: number) => {
  let last: Sample = { ms: 0, ipBytes: 0, testBytes: 0 }
  let cut = { ms: 0, ipBytes: 0 }

  return (sample: Sample): Window[] => {
    const windows: Window[] = []
    for (let endMs = cut.ms + windowMs; endMs <= sample.ms + 1e-6; endMs += windowMs) {
      const span = sample.ms - last.ms
      const share = span > 0 ? Math.min(1, (endMs - last.ms) / span) : 1
      const ipBytes = last.ipBytes + (sample.ipBytes - last.ipBytes) * share
      windows.push({
        endMs,
        mbps: ((ipBytes - cut.ipBytes) * 8) / windowMs / 1_000,
        testBytes: share < 1 ? last.testBytes : sample.testBytes
      })
      cut = { ms: endMs, ipBytes }
    }
    last = sample
    return windows
  }
}
