import { limits } from '../../contract/limits.ts'
import type { Sent } from '../../contract/sent.ts'

/**
 * Requests that are no batches have no sequence number, so a copied one would be obeyed again. A request is fresh when either clock of its
 * anchor says that it was sent within two minutes, and each signature is taken once in that time. Both times ms since 1970, by the collector.
 */
export const sentRecently = (sent: Sent, offsets: ReadonlyMap<string, number>, nowMs: number): boolean => {
  const offset = offsets.get(sent.boot)
  const isNear = (ms: number): boolean => Math.abs(nowMs - ms) <= limits.skewMs
  return isNear(sent.wall_ms) || (offset !== undefined && isNear(offset + sent.up_ms))
}

/** Whether a signature comes for the first time. What it remembers is bounded by the time in which a copy would be fresh. */
export const openOnce = (): ((signature: string, nowMs: number) => boolean) => {
  const seen = new Map<string, number>()
  return (signature, nowMs) => {
    for (const [old, atMs] of seen) {
      if (Math.abs(nowMs - atMs) <= 2 * limits.skewMs) break
      seen.delete(old)
    }
    if (seen.has(signature)) return false
    seen.set(signature, nowMs)
    return true
  }
}
