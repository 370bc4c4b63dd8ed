import { tiers, type Direction, type Tier } from '../../contract/bandwidth.ts'
import { dayMs, dayOf, dayStart } from '../calendar/day.ts'
import type { UplinkRow } from '../ledger/uplink.ts'
import { stateOf } from '../verdicts/uplink/history.ts'
import type { DayWord } from '../verdicts/uplink/odds.ts'
import { planOf } from '../verdicts/uplink/plan.ts'
import type { TestPlan, TierTest } from '../verdicts/uplink/tier-test.ts'
import { spread } from './spread.ts'

/** A line that could be tested today, and what its history asks for. */
export interface Candidate {
  readonly direction: Direction
  readonly tierMbps: Tier
  /** Undefined: nothing to run today. */
  readonly plan: TestPlan | undefined
  readonly state: DayWord
  readonly testedToday: boolean
}

export interface CandidateInput {
  readonly uplink: UplinkRow
  readonly vantage: TierTest['vantage']
  /** Tiers to prove, highest first. */
  readonly tiers: readonly Tier[]
  readonly tests: readonly TierTest[]
  readonly nowMs: number
}

/** Download lines, highest first, then on one day of seven the upload line. */
export const candidatesOf = (input: CandidateInput): Candidate[] => {
  const down = input.tiers.map(tierMbps => candidateOf(input, 'down', tierMbps))
  const upMbps = uploadTier(input.uplink, input.tiers)
  return upMbps === undefined || !isUploadDay(input.uplink.id, input.nowMs)
    ? down
    : [...down, uploadOf(candidateOf(input, 'up', upMbps))]
}

const candidateOf = (input: CandidateInput, direction: Direction, tierMbps: Tier): Candidate => {
  const state = stateOf(input.tests, { direction, tierMbps, vantage: input.vantage }, input.nowMs)
  return {
    direction,
    tierMbps,
    plan: planOf(state, tierMbps, dayOf(input.nowMs)),
    state: state.state,
    testedToday: state.todayN > 0
  }
}

/** Downloads decide; an upload only informs. It is never uncapped: certifying every upload line would cost more than it tells. */
const uploadOf = (candidate: Candidate): Candidate => ({
  ...candidate,
  plan:
    candidate.plan === undefined || candidate.testedToday
      ? undefined
      : { ...candidate.plan, kind: 'quick', capMbps: 1.1 * candidate.tierMbps, creditS: 0 }
})

/** What the contract promises upstream; without a contract the highest tier to prove. */
const uploadTier = (uplink: UplinkRow, wanted: readonly Tier[]): Tier | undefined => {
  const upMbps = uplink.contractUpMbps
  return upMbps === undefined ? wanted[0] : tiers.findLast(tier => tier <= upMbps)
}

const isUploadDay = (uplink: string, nowMs: number): boolean => {
  const day = Math.round(dayStart(dayOf(nowMs)) / dayMs)
  return (day + Math.floor(spread('upload', uplink) * 7)) % 7 === 0
}
