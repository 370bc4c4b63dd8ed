import type { SchoolRow } from '../../../ledger/ledger.ts'
import type { AgentRow } from '../../../store/store.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import type { When } from '../format.ts'
import { badSkewMs } from './attention.ts'
import { livenessMark, type Liveness } from './liveness.ts'
import type { Mark } from './mark.ts'

/** An agent with what was found about it. */
export interface AgentEntry {
  readonly agent: AgentRow
  readonly school: SchoolRow | undefined
  readonly liveness: Liveness
}

export interface AgentLine {
  /** Enough of the id to tell agents apart. */
  readonly short: string
  readonly id: string
  readonly hostname: string
  readonly school: string
  readonly schoolHref: string
  readonly devices: string
  readonly mark: Mark
  readonly version: string
  readonly platform: string
  readonly seen: When | undefined
  readonly seenIp: string
  readonly clock: { readonly text: string; readonly style: 'plain' | 'warn' | 'missed' } | undefined
  readonly lost: string
  readonly rejected: string
  readonly troubled: boolean
}

const noticeableSkewMs = 5000

/** Of the whole fleet, by id. */
export interface AgentLookups {
  readonly devices: ReadonlyMap<string, string>
  readonly lost: ReadonlyMap<string, number>
  readonly rejected: ReadonlyMap<string, number>
}

export const agentLine = (
  context: PageContext,
  { agent, school, liveness }: AgentEntry,
  { devices, lost, rejected }: AgentLookups
): AgentLine => {
  const { formats } = context
  const lostN = lost.get(agent.id) ?? 0
  const rejectedN = rejected.get(agent.id) ?? 0
  return {
    short: agent.id.slice(0, 10),
    id: agent.id,
    hostname: agent.machine.hostname,
    school: school === undefined ? agent.school : nameOf(context, school),
    schoolHref: linkTo(context, `/schools/${encodeURIComponent(agent.school)}`),
    devices: agent.devices.map(id => devices.get(id) ?? id).join(context.say('separator')),
    mark: livenessMark(context, liveness),
    version: agent.machine.version,
    platform: agent.machine.platform,
    seen: agent.seenMs === undefined ? undefined : formats.when(agent.seenMs),
    seenIp: agent.seenIp ?? '',
    clock: agent.skewMs === undefined ? undefined : clockOf(context, agent.skewMs),
    lost: formats.number(lostN),
    rejected: formats.number(rejectedN),
    troubled: lostN + rejectedN > 0
  }
}

/** The skew is collector minus agent: positive when the agent's clock is slow. */
const clockOf = ({ say, formats }: PageContext, skewMs: number): NonNullable<AgentLine['clock']> => {
  const size = Math.abs(skewMs)
  if (size <= noticeableSkewMs) return { text: say('clock_good'), style: 'plain' }
  const text = say(skewMs > 0 ? 'clock_slow' : 'clock_fast', { time: formats.span(size) })
  return { text, style: size > badSkewMs ? 'missed' : 'warn' }
}
