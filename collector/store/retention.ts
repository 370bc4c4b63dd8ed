import { dayMs } from '../calendar/day.ts'

/** Agents keep what they could not send for 45 days; a day closes some days later, ms. What comes after that is kept, counted and never folded. */
export const closesAfterMs = 50 * dayMs

/** A day that was made dirty before it closed may still be folded so much later, ms. */
export const closingMs = dayMs

/** Raw readings are kept so long, ms: what verdicts rest on (rollups, tier tests, facts) is kept for ever. */
export const rawMs = 60 * dayMs
