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
  let freeAtMs = 0
  return {
    // A clock that was set back must not hold pages for longer than they owe.
    waitMs: () => {
      const waitMs = freeAtMs - now()
      return waitMs <= 0 ? 0 : Math.ceil(waitMs)
    },
    spend: points => {
      freeAtMs = Math.max(freeAtMs, now()) + (points * 1000) / pointsPerS
    }
  }
}
