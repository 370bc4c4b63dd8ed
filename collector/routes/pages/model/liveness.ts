import { livenessOf, type Liveness, type Patience } from '../../../liveness.ts'
import type { AgentRow } from '../../../store/store.ts'
import type { PageContext } from '../context.ts'
import { offlineMark, type Mark } from './mark.ts'

export { livenessOf, patienceFor, type Liveness, type Patience } from '../../../liveness.ts'

export const livenessMark = (context: PageContext, liveness: Liveness): Mark => {
  const word = context.say(liveness)
  switch (liveness) {
    case 'live':
      return { style: 'met', shape: '✓', word }
    case 'at_risk':
      return { style: 'warn', shape: '!', word }
    case 'silent':
      return { style: 'offline', shape: '◌', word }
    case 'waiting':
    case 'pending':
      return { style: 'unknown', shape: '?', word }
    case 'revoked':
      return { style: 'na', shape: '–', word }
  }
}

/** What the agents of one school say about it together. */
export interface Presence {
  /** Agents that count: neither revoked nor waiting for approval. */
  readonly agents: number
  readonly live: number
  readonly offline: boolean
  readonly seenMs: number | undefined
}

export const presenceOf = (agents: readonly AgentRow[], nowMs: number, patience: Patience): Presence => {
  const approved = agents.filter(agent => agent.state === 'approved')
  const states = approved.map(agent => livenessOf(agent, nowMs, patience))
  const seen = approved.flatMap(agent => agent.seenMs ?? [])
  return {
    agents: approved.length,
    live: states.filter(state => state === 'live' || state === 'at_risk').length,
    offline: states.length > 0 && states.every(state => state === 'silent'),
    seenMs: seen.length === 0 ? undefined : Math.max(...seen)
  }
}

/** The mark of a school beside its last sign of life; undefined while it is heard from. */
export const presenceMark = (context: PageContext, presence: Presence): Mark | undefined => {
  if (presence.agents === 0) return { style: 'na', shape: '–', word: context.say('no_agent') }
  return presence.offline ? offlineMark(context) : undefined
}
