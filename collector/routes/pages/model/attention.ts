import type { Said } from '../../../judgement/figures.ts'
import type { AgentRow, RejectedRow } from '../../../store/store.ts'
import { linkTo, type PageContext } from '../context.ts'
import { livenessOf, type Patience } from './liveness.ts'
import { placePath, type Place } from './place.ts'
import type { TargetNames } from './targets.ts'

/** One thing to do: how many, what, and where to look. */
export interface Attention {
  readonly n: string
  readonly text: string
  readonly href: string | undefined
}

export interface AttentionReads {
  readonly verdicts: readonly Said[]
  readonly agents: readonly AgentRow[]
  readonly rejected: readonly RejectedRow[]
}

/** Clocks further off than this need a person. */
export const badSkewMs = 120_000
/** How many rejected readings, and gaps, are read at most: enough to see that something is wrong. */
export const newestRecords = 500
const mostCauses = 8

/** 需要处理: misses and unknowns by cause, the commonest first, then what is wrong with the agents. */
export const attentionList = (
  context: PageContext,
  reads: AttentionReads,
  names: TargetNames,
  patience: Patience,
  place: Place
): Attention[] => [
  ...causes(context, reads.verdicts, names, placePath(place), 'missed'),
  ...causes(context, reads.verdicts, names, placePath(place), 'unknown'),
  // The list of agents is one for all: a county's page does not count what it cannot lead to.
  ...(context.isCurrent && place.kind === 'all' ? agentTroubles(context, reads, patience) : [])
]

const causes = (
  context: PageContext,
  verdicts: readonly Said[],
  names: TargetNames,
  path: string,
  word: 'missed' | 'unknown'
): Attention[] => {
  const { say, term, formats } = context
  const groups = Map.groupBy(
    verdicts.filter(verdict => verdict.verdict === word),
    verdict => `${verdict.target}\n${verdict.reason}`
  )
  const largest = [...groups.values()].toSorted((a, b) => b.length - a.length)
  const shown = largest.slice(0, mostCauses).flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const text = say('attention_cause', {
      target: names.title(first.target),
      state: say(word),
      cause: term('cause', first.reason)
    })
    const href = `${linkTo(context, path, { target: first.target, verdict: word, reason: first.reason })}#schools`
    return [{ n: formats.number(group.length), text, href }]
  })
  const rest = largest.slice(mostCauses).reduce((n, group) => n + group.length, 0)
  return rest === 0 ? shown : [...shown, { n: formats.number(rest), text: say('attention_more'), href: '#schools' }]
}

const agentTroubles = (context: PageContext, { agents, rejected }: AttentionReads, patience: Patience): Attention[] => {
  const { say, formats, nowMs } = context
  const line = (n: number, text: string, href: string | undefined, more = ''): Attention[] =>
    n === 0 ? [] : [{ n: `${more}${formats.number(n)}`, text, href }]
  const approved = agents.filter(agent => agent.state === 'approved')
  const silent = approved.filter(agent => livenessOf(agent, nowMs, patience) === 'silent').length
  const skewed = approved.filter(isSkewed).length
  const pending = agents.filter(agent => agent.state === 'pending').length
  const refused = rejected.filter(row => nowMs - row.receivedMs < 86_400_000).length
  return [
    ...line(
      silent,
      say('attention_silent', { minutes: patience.silentMs / 60_000 }),
      linkTo(context, '/agents', { show: 'silent' })
    ),
    ...line(skewed, say('attention_skew'), linkTo(context, '/agents', { show: 'skew' })),
    ...line(pending, say('attention_pending'), linkTo(context, '/agents', { show: 'pending' })),
    ...line(refused, say('attention_rejected'), linkTo(context, '/agents'), refused === newestRecords ? '≥ ' : '')
  ]
}

export const isSkewed = (agent: AgentRow): boolean => Math.abs(agent.skewMs ?? 0) > badSkewMs
