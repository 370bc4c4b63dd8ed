import type { AgentRow } from './store/store.ts'

/** Whether an agent is heard from. `waiting`: enrolled, but not one upload yet, and it is early. */
export type Liveness = 'live' | 'at_risk' | 'silent' | 'waiting' | 'pending' | 'revoked'

/** How long silence is normal, from how often agents upload. */
export interface Patience {
  readonly atRiskMs: number
  readonly silentMs: number
}
export const patienceFor = (uploadMs: number): Patience => ({
  atRiskMs: Math.max(120_000, 2 * uploadMs),
  silentMs: Math.max(600_000, 5 * uploadMs)
})

export const livenessOf = (
  agent: Pick<AgentRow, 'state' | 'seenMs' | 'enrolledMs'>,
  nowMs: number,
  patience: Patience
): Liveness => {
  if (agent.state !== 'approved') return agent.state
  if (agent.seenMs === undefined) return nowMs - agent.enrolledMs > patience.silentMs ? 'silent' : 'waiting'
  const silenceMs = nowMs - agent.seenMs
  if (silenceMs > patience.silentMs) return 'silent'
  return silenceMs > patience.atRiskMs ? 'at_risk' : 'live'
}
