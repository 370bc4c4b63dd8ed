import type { DeviceRow } from '../../../../ledger/ledger.ts'
import type { AgentRow } from '../../../../store/store.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'
import type { PageContext } from '../../context.ts'
import { livenessOf, type Patience } from '../liveness.ts'
import type { OneUplink } from './reads.ts'

/** Whether anybody is there to test. */
export type Reach = 'heard' | 'silent' | 'no_agent'

export const reachOf = (
  { nowMs }: PageContext,
  agents: readonly AgentRow[],
  device: string,
  patience: Patience
): Reach => {
  const agent = agents.find(one => one.state === 'approved' && one.devices.includes(device))
  if (agent === undefined) return 'no_agent'
  return livenessOf(agent, nowMs, patience) === 'silent' ? 'silent' : 'heard'
}

/** What is missing before there is a result, and who has to do what. */
export const untestedText = (
  { say, formats, isCurrent }: PageContext,
  devices: readonly DeviceRow[],
  { uplink }: OneUplink,
  tests: readonly TierTest[],
  reach: Reach
): string => {
  const latest = tests.at(-1)
  const what = latest === undefined ? say('untested') : say('untested_recent', { at: formats.at(latest.atMs) })
  const device = devices.find(one => one.id === uplink.device)?.name ?? uplink.device
  return isCurrent ? what + say(`untested_${reach}`, { device }) : what
}
