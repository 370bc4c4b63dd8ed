import { broadbandAccess } from './broadband-access.ts'
import { roomPort } from './room-port.ts'
import type { Rule } from './verdict.ts'

/** Indicator of a target → rule. */
export const rules: Readonly<Record<string, Rule>> = {
  'broadband-access': broadbandAccess,
  'room-port': roomPort
}
