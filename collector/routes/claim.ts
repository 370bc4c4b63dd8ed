import { setTimeout as sleep } from 'node:timers/promises'

/** A long job is asked for again and again until it is done; ms that what came of it waits for whoever began it. */
const keptMs = 600_000

/**
 * Begins a job once for all who ask by the same key, and waits for it a while: undefined when it takes longer. Who was told so and asks again
 * gets what came of it, also when it ended in between: the same request must never begin a second revision.
 */
export const openClaims = <Result>(now: () => number, patienceMs: number) => {
  const claims = new Map<string, { readonly work: Promise<Result>; doneMs: number | undefined }>()
  return async (key: string, begin: () => Promise<Result>): Promise<Result | undefined> => {
    const known = claims.get(key)
    const holds = known !== undefined && (known.doneMs === undefined || Math.abs(now() - known.doneMs) < keptMs)
    const claim = holds ? known : { work: begin(), doneMs: undefined }
    if (!holds) {
      claims.set(key, claim)
      const done = (): void => {
        claim.doneMs = now()
      }
      claim.work.then(done, done)
    }
    const late = {}
    const forget = (): void => {
      if (claims.get(key) === claim) claims.delete(key)
    }
    try {
      const result = await Promise.race([claim.work, sleep(patienceMs, late, { ref: false })])
      if (result === late) return undefined
      forget()
      return await claim.work
    } catch (error) {
      forget()
      throw error
    }
  }
}
