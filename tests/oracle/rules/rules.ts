import type { RuleTerms, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import type { Answer, Parameters } from '../answer.ts'
import { access } from './access.ts'
import { declaredFact, deviceRatio, keySites, monthlyReport, reachable } from './declared.ts'
import { ipv6 } from './ipv6.ts'
import { deviceActivity, panelCoverage, platformReach } from './panels.ts'
import { recordingRoom, syncClassroom } from './recorders.ts'
import { roomPort } from './room-port.ts'
import { uplink } from './uplink.ts'

export type OracleRule = (e: SchoolEvidence, parameters: Parameters, terms: RuleTerms) => Answer

/** Every indicator, written once more from the specification, with nothing of collector/verdicts but its types. */
export const oracleRules: Readonly<Record<string, OracleRule>> = {
  'broadband-access': access,
  uplink,
  ipv6,
  'recording-room': recordingRoom,
  'sync-classroom': syncClassroom,
  'panel-coverage': panelCoverage,
  'platform-reach': platformReach,
  'device-activity': deviceActivity,
  'room-port': roomPort,
  'device-ratio': deviceRatio,
  declared: declaredFact,
  reachable,
  'key-sites': keySites,
  'monthly-report': monthlyReport
}
