import { SentenceError } from './parse.ts'

/** The clock anchor of a request: what the agent's clocks said when it was sent. Travels in `Campus-Gauge-Sent`. */
export interface Sent {
  readonly boot: string
  /** Time since boot including suspend, ms. */
  readonly up_ms: number
  /** The agent's wall clock, ms since 1970. */
  readonly wall_ms: number
}

/** A clock before 1970 is as wrong as 1970 is, and must not cost the readings that the header travels with. */
export const formatSent = (sent: Sent): string =>
  `boot="${sent.boot}", up_ms=${Math.max(0, Math.round(sent.up_ms))}, wall_ms=${Math.max(0, Math.round(sent.wall_ms))}`

export const parseSent = (text: string): Sent => {
  const match = /^boot="([0-9a-f-]{16,36})", up_ms=(\d{1,15}), wall_ms=(\d{1,15})$/.exec(text)
  const [, boot, up, wall] = match ?? []
  if (boot === undefined || up === undefined || wall === undefined)
    throw new SentenceError(
      `header campus-gauge-sent must be boot="…", up_ms=…, wall_ms=…, got ${JSON.stringify(text.slice(0, 80))}`
    )
  return { boot, up_ms: Number(up), wall_ms: Number(wall) }
}
