import type { Share } from './verdict.ts'

/** How a share stands against the document's goal, whatever the unknowns turn out to be. `no_goal`: it sets none, or applies to no school. */
export type GoalState = 'reached' | 'not_reached' | 'open' | 'no_goal'

export const goalStateOf = ({ pct, hiPct, goalPct }: Pick<Share, 'pct' | 'hiPct' | 'goalPct'>): GoalState => {
  if (pct === undefined || hiPct === undefined || goalPct === 0) return 'no_goal'
  if (pct >= goalPct) return 'reached'
  return hiPct < goalPct ? 'not_reached' : 'open'
}
