import { broadbandAccess } from './broadband-access.ts'
import { roomPort } from './room-port.ts'
import { uplinkIndicator } from './uplink/tiers.ts'
import { uplinkTier } from './uplink-tier.ts'
import type { Rule } from './verdict.ts'

/** Indicator of a target → rule. */
export const rules: Readonly<Record<string, Rule>> = {
  'broadband-access': broadbandAccess,
  'room-port': roomPort,
  [uplinkIndicator]: uplinkTier
}
