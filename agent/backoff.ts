import type { Retry } from './config.ts'

/**
 * How long to wait after a failed upload. The first delay after the connection was lost is spread widely, because a whole city loses it
 * at the same moment; then full jitter over a doubling bound. Pure: the caller brings the random number in [0, 1).
 */
export interface Backoff {
  /** Failed attempts since the last success. */
  readonly failures: number
}

export const noFailures: Backoff = { failures: 0 }

export const delayAfter = (
  backoff: Backoff,
  retry: Retry,
  random: number,
  retryAfterMs: number | undefined
): { delayMs: number; backoff: Backoff } => {
  const bound =
    backoff.failures === 0 ? retry.firstMs : Math.min(retry.capMs, retry.baseMs * 2 ** (backoff.failures - 1))
  const delayMs = random * bound
  return { delayMs: Math.max(delayMs, retryAfterMs ?? 0), backoff: { failures: backoff.failures + 1 } }
}

/** Retry-After in seconds or as an HTTP date; undefined when absent or unreadable. Never more than an hour. */
export const retryAfterMs = (header: string | undefined, wallMs: number): number | undefined => {
  if (header === undefined) return undefined
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallMs
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 3_600_000) : undefined
}
