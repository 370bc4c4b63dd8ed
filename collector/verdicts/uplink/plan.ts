import { addDays } from '../../calendar/day.ts'
import type { TierState } from './history.ts'
import { odds } from './odds.ts'
import type { TestPlan } from './tier-test.ts'

/** A quick test never sends faster than this share of the tier. */
const quickCap = 1.1
const failMs = { usual: 2000, confirming: 1000 }
/** A link that stays undecided is not asked twice a day, and after so many days only every second day: its budget must last the month. */
const undecidedDays = 3
/** A panel never decides: it looks once a week. */
const panelDays = 7

/**
 * What to run for a line today, or nothing: a pass is enough for a day, anything else is repeated once, a published miss is looked at every
 * second day. Without a certificate the test must certify; a flat link stays uncapped, because it limits itself and shows new credit at once.
 * `state` must be of that day.
 */
export const planOf = (state: TierState, tierMbps: number, day: string): TestPlan | undefined => {
  const { lo, certificate } = state
  if (state.todayPassed || state.todayN >= 2) return undefined
  const quick: TestPlan = {
    kind: 'quick',
    direction: state.direction,
    tierMbps,
    capMbps: quickCap * tierMbps,
    creditS: 0,
    lendNats: 0,
    failMs: failMs.usual
  }
  if (state.panelOnly) {
    const seen = state.lastPanelDay !== undefined && state.lastPanelDay > addDays(day, -panelDays)
    return seen ? undefined : quick
  }
  const recent = state.lastDay !== undefined && state.lastDay > addDays(day, -2)
  if (recent && (lo <= -odds.publish || state.undecidedDays >= undecidedDays)) return undefined
  if (state.todayN > 0 && state.undecidedDays > 0) return undefined
  const uncapped = { capMbps: Infinity, creditS: odds.creditS }
  if (certificate === undefined) return { ...quick, ...uncapped, kind: 'certify' }
  const daily = certificate.kind === 'flat' ? { ...quick, ...uncapped } : quick
  if (lo > 0) return { ...daily, lendNats: isQuiet(state) ? Math.min(lo, odds.lendMax) : 0 }
  return lo < -odds.publish ? { ...daily, failMs: failMs.confirming } : daily
}

const isQuiet = (state: TierState): boolean => state.cv !== undefined && state.cv <= odds.quietCv
