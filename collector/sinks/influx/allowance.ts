/**
 * Bounds how fast what is old is filled in. A page is taken when nothing is owed, and owes its points: none is saved up, so a pause is
 * never followed by a burst.
 */
export interface Allowance {
  /** ms until the next page may go; 0 for now. */
  waitMs(): number
  spend(points: number): void
}

export const openAllowance = (pointsPerS: number, now: () => number): Allowance => {
  let [owedMs, sinceMs] = [0, -Infinity]
  return {
    waitMs: () => {
      const passedMs = now() - sinceMs
      // A clock that was set back must not hold pages for longer than they owe: what is owed counts from now on again.
      if (passedMs < 0) sinceMs = now()
      return Math.max(0, Math.ceil(owedMs - Math.max(0, passedMs)))
    },
    spend: points => {
      const passedMs = Math.max(0, now() - sinceMs)
      owedMs = Math.max(0, owedMs - passedMs) + (points * 1000) / pointsPerS
      sinceMs = now()
    }
  }
}
