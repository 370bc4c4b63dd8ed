import { budgetOf, certifyPerMonth, defaultBudget, monthDays, type Budget } from './budget.ts'

/**
 * What a line will cost a month, payload bytes: as expected from measured runs, and at worst, which is what the budget lets through.
 * Measured on shaped links (docs/benchmarks.md): each is a share of what 10 s at the tier's rate would cost.
 */
const share = {
  /** A capped or flat pass. */
  pass: 0.1,
  /** A pass to which a quiet history lends. */
  reverify: 0.045,
  /** A fail takes two seconds of plateau. */
  fail: 0.22,
  /** Excluding three seconds of burst credit on a link faster than its line. */
  certifyFast: 0.6,
  certifyFlat: 0.14
} as const

/** `flat`: limits itself at the line. `fast`: carries more. `noisy`: fast, and too uneven for history to help. `missed`: published as below. */
export const lineKinds = ['flat', 'fast', 'noisy', 'missed'] as const
export type LineKind = (typeof lineKinds)[number]

export interface Forecast {
  readonly expectedBytes: number
  readonly worstBytes: number
}

export const forecastOf = (tierMbps: number, kind: LineKind, base: Budget = defaultBudget): Forecast => {
  const ten = tierMbps * 1.25e6
  const budget = budgetOf(tierMbps, base)
  const worst = Math.min(monthDays * budget.dayBytes, budget.monthBytes) + certifyPerMonth * budget.certifyBytes
  return { expectedBytes: Math.round(Math.min(ten * testsOf(kind), worst)), worstBytes: Math.round(worst) }
}

/** A month's tests in units of ten seconds at the tier's rate. */
const testsOf = (kind: LineKind): number => {
  switch (kind) {
    case 'flat':
      return share.certifyFlat + (monthDays - 1) * share.reverify
    case 'fast':
      return 3 * share.certifyFast + (monthDays - 3) * share.reverify
    case 'noisy':
      return 3 * share.certifyFast + (monthDays - 3) * share.pass
    case 'missed':
      // Every second day a fail and its repeat; on the others a pass of the next lower tier at most.
      return (monthDays / 2) * 2 * share.fail + (monthDays / 2) * share.pass
  }
}

/** One line for a person who is about to save a configuration. */
export const forecastLine = (tierMbps: number, base: Budget = defaultBudget): string => {
  const [usual, missed] = [forecastOf(tierMbps, 'fast', base), forecastOf(tierMbps, 'missed', base)]
  return `${tierMbps} Mbit/s: expected ${gigabytes(usual.expectedBytes)} a month and uplink (${gigabytes(missed.expectedBytes)} where it misses), at most ${gigabytes(usual.worstBytes)}`
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`
