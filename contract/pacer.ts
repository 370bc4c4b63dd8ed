/**
 * A token bucket in payload bytes. Both ends of a bandwidth test send through one: the server in downloads, the agent in uploads.
 * Pure: the clock is a parameter, and whoever owns it looks every 2 ms.
 */
export interface Pacer {
  /** Payload bytes that may go now. */
  available(): number
  /** Books bytes that went. */
  take(bytes: number): void
}

/** How often a sender looks at its bucket, ms. */
export const paceMs = 2
/** What a process that was late may catch up, ms of the rate: less would turn every hiccup of a busy machine into a slower link. */
const depthMs = 50
/** But not in one burst, which small queues would drop: 10 ms of the rate at once, then a quarter faster than the rate. */
const burstMs = 10
const catchUp = 1.25
const leastBurst = 16_384

/** Payload bytes a ms of a rate at the IP layer (Mbit/s); `ipFactor` is IP bytes per payload byte. */
export const payloadBytesPerMs = (ipMbps: number, ipFactor: number): number => (ipMbps * 125) / ipFactor

/** `bytesPerMs` may be Infinity: nothing is held back then. `now` is monotonic, ms. */
export const openPacer = (bytesPerMs: number, now: () => number): Pacer => {
  if (!Number.isFinite(bytesPerMs)) return { available: () => Infinity, take: () => undefined }
  const most = {
    mean: Math.max(leastBurst, bytesPerMs * depthMs),
    burst: Math.max(leastBurst, bytesPerMs * burstMs)
  }
  let mean = bytesPerMs * paceMs
  let burst = mean
  let filledAt = now()
  return {
    available: () => {
      const at = now()
      const grown = Math.max(0, at - filledAt) * bytesPerMs
      filledAt = at
      mean = Math.min(most.mean, mean + grown)
      burst = Math.min(most.burst, burst + grown * catchUp)
      return Math.max(0, Math.floor(Math.min(mean, burst)))
    },
    take: bytes => {
      mean -= bytes
      burst -= bytes
    }
  }
}
