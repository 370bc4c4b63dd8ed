import { tiers, type Tier } from '../../../contract/bandwidth.ts'
import type { UplinkRow } from '../../ledger/uplink.ts'

/** Targets with this indicator ask for a tier; it stands in their parameter `tier_mbps`. */
export const uplinkIndicator = 'uplink'

/** The tiers that some targets ask for, highest first. */
export const tiersAsked = (
  targets: readonly { readonly indicator: string; readonly parameters?: Readonly<Record<string, number>> }[]
): Tier[] =>
  highestFirst(targets.filter(one => one.indicator === uplinkIndicator).map(one => one.parameters?.['tier_mbps']))

/** The highest tier that a contract promises and a test can prove: 300 Mbit/s proves 100. Undefined without a contract, or below 10. */
export const contractTier = (uplink: Pick<UplinkRow, 'contractDownMbps'>): Tier | undefined =>
  tiers.findLast(tier => tier <= (uplink.contractDownMbps ?? 0))

/**
 * What must be tested on an uplink so that its school can be judged, highest first: the tiers its targets ask for, and with several uplinks
 * its own contract's too, because their sum may do.
 */
export const tiersToTest = (
  uplink: UplinkRow,
  ofSchool: readonly UplinkRow[],
  asked: readonly Tier[]
): readonly Tier[] => {
  const own = contractTier(uplink)
  return highestFirst(own === undefined || ofSchool.length < 2 || asked.length === 0 ? asked : [...asked, own])
}

const highestFirst = (list: readonly (number | undefined)[]): Tier[] =>
  tiers.filter(tier => list.includes(tier)).toReversed()
