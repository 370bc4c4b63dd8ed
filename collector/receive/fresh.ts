import { limits } from '../../contract/limits.ts'
import type { Sent } from '../../contract/sent.ts'

/**
 * Requests that are no batches have no sequence number, so a copied one would be obeyed again. A request is fresh when either clock of its
 * anchor says that it was sent within two minutes, and each signature is taken once in that time. A restart forgets which were taken, so
 * neither clock may say that it was sent before `sinceMs`. All times ms since 1970, by the collector.
 */
export const sentRecently = (
  sent: Sent,
  offsets: ReadonlyMap<string, number>,
  nowMs: number,
  sinceMs = -Infinity
): boolean => {
  const offset = offsets.get(sent.boot)
  const instants = [sent.wall_ms, ...(offset === undefined ? [] : [offset + sent.up_ms])]
  const near = instants.filter(ms => Math.abs(nowMs - ms) <= limits.skewMs)
  return near.length > 0 && near.every(ms => ms >= sinceMs)
}

/** One name for all spellings of a signature header: the last digit of its base64 has bits that mean nothing, so a copy could differ in them. */
export const signatureName = (header: string): string =>
  Buffer.from(header.slice(header.indexOf(':') + 1), 'base64').toString('hex')

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
