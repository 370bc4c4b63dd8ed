import type { Tier } from '../../../../../contract/bandwidth.ts'
import { addDays, dayOf } from '../../../../calendar/day.ts'
import { candidatesOf } from '../../../../leases/candidates.ts'
import { slotOn } from '../../../../leases/slots.ts'
import type { Policy } from '../../../../leases/terms.ts'
import { turnOn } from '../../../../leases/turns.ts'
import type { TestPlan, TierTest } from '../../../../verdicts/uplink/tier-test.ts'
import type { OneUplink } from './reads.ts'

/** What will be tested next, and when at the earliest, if nothing happens before. */
export interface NextTest {
  readonly atMs: number
  readonly plan: TestPlan
}

/** A published miss is looked at every second day, an upload once a week. */
const daysAhead = 7

/** Undefined when nothing is planned for a week. `tiers` highest first; `tests` are the uplink's. */
export const nextTest = (
  policy: Policy,
  { uplink, vantage, dark, leases }: OneUplink,
  tests: readonly TierTest[],
  tiers: readonly Tier[],
  nowMs: number
): NextTest | undefined => {
  const who = { school: uplink.school, uplink: uplink.id, dark }
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const day = addDays(dayOf(nowMs), ahead)
    const slot = slotOn(turnOn(who, leases, policy.windows, day), day, policy.windows)
    if (slot.window.toMs <= nowMs) continue
    const atMs = Math.max(nowMs, slot.atMs)
    const plan = candidatesOf({ uplink, vantage, tiers, tests, nowMs: atMs }).find(one => one.plan !== undefined)?.plan
    if (plan !== undefined) return { atMs, plan }
  }
  return undefined
}
