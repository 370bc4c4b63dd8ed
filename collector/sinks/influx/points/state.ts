import { ipv6States, recordingStates } from '../../../../contract/indicator-readings.ts'
import type { DayRollup } from '../../../verdicts/rollup.ts'

type Said = Pick<DayRollup['last'], 'outcome' | 'reason' | 'labels'>

const statesOf: Readonly<Record<string, readonly string[]>> = { ipv6: ipv6States, recording: recordingStates }

/** The state that a reading of these probes tells, as its place in the contract's list: the reason, or the label beside a flag; undefined for none. */
export const stateOf = (probe: string, { outcome, reason, labels }: Said): number | undefined => {
  const states = Object.hasOwn(statesOf, probe) ? statesOf[probe] : undefined
  if (states === undefined) return undefined
  const said = [reason, labels['state']].find(word => word !== undefined && states.includes(word))
  if (said !== undefined) return states.indexOf(said)
  // The only one that may stay unsaid.
  return outcome === 'ok' && reason === undefined ? states.indexOf('ready') : undefined
}
