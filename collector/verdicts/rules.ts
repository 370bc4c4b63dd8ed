import { broadbandAccess } from './broadband-access.ts'
import { declaredFact } from './declared.ts'
import { deviceActivity } from './device-activity.ts'
import { deviceRatio } from './device-ratio.ts'
import { ipv6 } from './ipv6.ts'
import { keySites } from './key-sites.ts'
import { monthlyReport } from './monthly-report.ts'
import { panelCoverage } from './panel-coverage.ts'
import { platformReach } from './platform-reach.ts'
import { reachable } from './reachable.ts'
import { recordingRoom } from './recording-room.ts'
import { roomPort } from './room-port.ts'
import { syncClassroom } from './sync-classroom.ts'
import { uplinkIndicator } from './uplink/tiers.ts'
import { uplinkTier } from './uplink-tier.ts'
import type { Rule } from './verdict.ts'

/** Indicator of a target → rule. */
export const rules: Readonly<Record<string, Rule>> = {
  'broadband-access': broadbandAccess,
  declared: declaredFact,
  'device-activity': deviceActivity,
  'device-ratio': deviceRatio,
  ipv6,
  'key-sites': keySites,
  'monthly-report': monthlyReport,
  'panel-coverage': panelCoverage,
  'platform-reach': platformReach,
  reachable,
  'recording-room': recordingRoom,
  'room-port': roomPort,
  'sync-classroom': syncClassroom,
  [uplinkIndicator]: uplinkTier
}
