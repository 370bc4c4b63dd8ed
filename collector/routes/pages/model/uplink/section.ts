import type { Tier } from '../../../../../contract/bandwidth.ts'
import { addDays, dayOf, dayStart } from '../../../../calendar/day.ts'
import type { DeviceRow, SchoolRow } from '../../../../ledger/ledger.ts'
import type { Policy } from '../../../../leases/terms.ts'
import type { AgentRow } from '../../../../store/store.ts'
import { appliesTo } from '../../../../verdicts/applies.ts'
import { targetsFor, type Jurisdiction } from '../../../../verdicts/evaluate.ts'
import { stateOf } from '../../../../verdicts/uplink/history.ts'
import { planOf } from '../../../../verdicts/uplink/plan.ts'
import { contractTier, tiersAsked, tiersToTest } from '../../../../verdicts/uplink/tiers.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'
import type { PageContext } from '../../context.ts'
import type { Patience } from '../liveness.ts'
import { attemptTable, type AttemptTable } from './attempt-table.ts'
import { attemptsOf } from './attempts.ts'
import { chartDays, chartOf, type AttemptChart } from './chart.ts'
import { factsOf, type Fact } from './facts.ts'
import { headOf, type UplinkHead } from './head.ts'
import { obstacleText } from './obstacle.ts'
import type { OneUplink, UplinkReads } from './reads.ts'
import { tierBlock, type TierBlock } from './tier.ts'
import { reachOf, untestedText } from './untested.ts'

/** All about one uplink of a school. */
export interface UplinkBlock extends UplinkHead {
  /** Said when no target and no contract asks for a tier. */
  readonly noTier: string | undefined
  readonly tiers: readonly TierBlock[]
  /** Instead of charts and table: what is missing, and the next step. */
  readonly untested: string | undefined
  readonly charts: readonly AttemptChart[]
  readonly facts: readonly Fact[]
  readonly table: AttemptTable | undefined
}

/** What the part about uplinks is made of. */
export interface UplinkSchoolReads extends UplinkReads {
  readonly school: SchoolRow
  readonly jurisdiction: Jurisdiction
  readonly devices: readonly DeviceRow[]
  readonly agents: readonly AgentRow[]
}

export const uplinkBlocks = (
  context: PageContext,
  policy: Policy,
  reads: UplinkSchoolReads,
  patience: Patience
): UplinkBlock[] => {
  const asked = tiersAsked(
    targetsFor(reads.jurisdiction, reads.school.area, context.period.name).filter(target =>
      appliesTo(target.applies_to, reads.school)
    )
  )
  return reads.uplinks.map((own, i) =>
    uplinkBlock(context, policy, reads, own, i, tiersOf(own, reads, asked), patience)
  )
}

/** What is tested on an uplink, highest first: what targets ask for, else what its contract promises. */
const tiersOf = ({ uplink }: OneUplink, { uplinks }: UplinkReads, asked: readonly Tier[]): readonly Tier[] => {
  const ofSchool = uplinks.map(one => one.uplink)
  if (asked.length > 0) return tiersToTest(uplink, ofSchool, asked)
  const contract = contractTier(uplink)
  return contract === undefined ? [] : [contract]
}

const uplinkBlock = (
  context: PageContext,
  policy: Policy,
  reads: UplinkSchoolReads,
  own: OneUplink,
  index: number,
  asked: readonly Tier[],
  patience: Patience
): UplinkBlock => {
  const lastDay = context.isCurrent ? dayOf(context.nowMs) : context.period.lastDay
  const tests = reads.tierTests.filter(test => test.uplink === own.uplink.id)
  const attempts = attemptsOf(tests, dayStart(addDays(lastDay, 1 - chartDays)), dayStart(addDays(lastDay, 1)))
  const reach = reachOf(context, reads.agents, own.uplink.device, patience)
  const blocks = asked.map(tier => ({
    mbps: tier,
    passRatio: ratioOf(tests, tier, policy),
    obstacle: obstacleOf(context, policy, own, tests, tier)
  }))
  return {
    ...headOf(context, reads, own, index),
    noTier: blocks.length === 0 ? context.say('no_tier') : undefined,
    // A panel decides no day: its strip would be question marks for ever.
    tiers: own.vantage === 'panel' ? [] : blocks.map(tier => tierBlock(context, own, tests, tier)),
    untested:
      attempts.length > 0 || blocks.length === 0 ? undefined : untestedText(context, reads.devices, own, tests, reach),
    charts: (['down', 'up'] as const).flatMap(direction => chartOf(context, attempts, { direction, lastDay }) ?? []),
    facts: factsOf(context, policy, reads, { own, tiers: blocks, reach }),
    table: attemptTable(context, attempts)
  }
}

/** About the test that the history asks for: without a certificate an uncapped one, which wants a larger port. */
const obstacleOf = (
  context: PageContext,
  policy: Policy,
  own: OneUplink,
  tests: readonly TierTest[],
  tierMbps: Tier
): string | undefined => {
  const state = stateOf(tests, { direction: 'down', tierMbps, vantage: own.vantage }, context.nowMs)
  const plan = planOf(state, tierMbps, state.day)
  return obstacleText(context, policy, own, tierMbps, plan?.capMbps ?? 1.1 * tierMbps)
}

/** The line is where it was when the tier was last tested. */
const ratioOf = (tests: readonly TierTest[], tierMbps: number, policy: Policy): number =>
  tests.findLast(test => test.tierMbps === tierMbps)?.passRatio ?? policy.passRatio
