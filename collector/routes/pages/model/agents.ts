import type { Gap } from '../../../../contract/batch.ts'
import type { DeviceRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { SinkStanding } from '../../../sinks/standing.ts'
import type { AgentRow, RejectedRow } from '../../../store/store.ts'
import { choiceOf, linkTo, pageNumberOf, sameWith, textOf, type PageContext } from '../context.ts'
import { agentLine, type AgentEntry, type AgentLine } from './agent-line.ts'
import { isSkewed } from './attention.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { livenessOf, type Liveness, type Patience } from './liveness.ts'
import { paged, type Paged } from './paging.ts'
import { sinkLine, type SinkLine } from './sinks.ts'

export interface AgentReads {
  readonly agents: readonly AgentRow[]
  readonly schools: readonly SchoolRow[]
  readonly devices: readonly DeviceRow[]
  readonly gaps: readonly (Gap & { readonly agent: string })[]
  readonly rejected: readonly RejectedRow[]
  readonly sinks: readonly SinkStanding[]
}

export interface AgentsPage extends Frame, Omit<Paged<AgentLine>, 'items'> {
  readonly heading: string
  readonly lines: readonly AgentLine[]
  readonly count: string
  readonly q: string
  readonly kept: readonly { readonly name: string; readonly value: string }[]
  readonly shows: readonly {
    readonly text: string
    readonly href: string
    readonly current: boolean
    readonly n: string
  }[]
  readonly clear: string | undefined
  readonly lossesNote: string
  readonly command: string
  /** Where copies go; none where no sink ever ran. */
  readonly sinks: readonly SinkLine[]
}
const pageSize = 100
const showable = ['silent', 'skew', 'pending'] as const
type Show = (typeof showable)[number]
const showWords = { silent: 'show_silent', skew: 'show_skew', pending: 'show_pending' } as const

/** Revoked ones last; what needs a person first. */
const order: Readonly<Record<Liveness, number>> = { silent: 0, pending: 1, at_risk: 2, waiting: 3, live: 4, revoked: 5 }

export const agentsPage = (
  context: PageContext,
  site: Site,
  reads: AgentReads,
  patience: Patience,
  lossesN: number
): AgentsPage => {
  const { say, formats, nowMs } = context
  const q = textOf(context, 'q')
  const show = choiceOf(context, 'show', showable)
  const schools = new Map(reads.schools.map(school => [school.id, school]))
  const entries = reads.agents
    .map(agent => ({ agent, school: schools.get(agent.school), liveness: livenessOf(agent, nowMs, patience) }))
    .filter(entry => found(q, entry))
  const chosen = entries
    .filter(entry => show === undefined || belongs(show, entry))
    .toSorted((a, b) => order[a.liveness] - order[b.liveness] || (a.agent.id < b.agent.id ? -1 : 1))
  const page = paged(context, chosen, pageNumberOf(context), pageSize, 'agents')
  const devices = new Map(reads.devices.map(device => [device.id, device.name]))
  const lost = sums(reads.gaps, gap => gap.n)
  const rejected = sums(reads.rejected, () => 1)
  return {
    ...frameOf(context, site, { title: say('agents_title'), place: 'agents', refreshS: 60 }),
    ...page,
    heading: say('agents_title'),
    lines: page.items.map(entry => agentLine(context, entry, { devices, lost, rejected })),
    count:
      page.total === 0
        ? say(reads.agents.length === 0 ? 'no_agents' : 'agents_found_none')
        : say('agents_found', {
            n: formats.number(page.total),
            from: formats.number(page.from),
            to: formats.number(page.to)
          }),
    q,
    kept: show === undefined ? [] : [{ name: 'show', value: show }],
    shows: [
      {
        text: say('show_all'),
        href: sameWith(context, { show: '', page: '' }),
        current: show === undefined,
        n: formats.number(entries.length)
      },
      ...showable.map(one => ({
        text: say(showWords[one]),
        href: sameWith(context, { show: one, page: '' }),
        current: show === one,
        n: formats.number(entries.filter(entry => belongs(one, entry)).length)
      }))
    ],
    clear: q === '' && show === undefined ? undefined : linkTo(context, '/agents'),
    lossesNote: say('losses_note', { n: lossesN }),
    command: `npx campus-gauge enroll --url ${say('collector_address')} --token-file ${say('token_file')}`,
    sinks: reads.sinks.map(standing => sinkLine(context, standing))
  }
}

const belongs = (show: Show, { agent, liveness }: AgentEntry): boolean => {
  switch (show) {
    case 'silent':
      return liveness === 'silent'
    case 'pending':
      return liveness === 'pending'
    case 'skew':
      return agent.state === 'approved' && isSkewed(agent)
  }
}

const found = (q: string, { agent, school }: AgentEntry): boolean => {
  const texts = [
    agent.id,
    agent.machine.hostname,
    agent.seenIp ?? '',
    agent.school,
    school?.name ?? '',
    school?.nameEn ?? '',
    school?.code ?? ''
  ]
  return q === '' || texts.some(text => text.toLowerCase().includes(q.toLowerCase()))
}

const sums = <Row extends { readonly agent: string }>(
  rows: readonly Row[],
  weight: (row: Row) => number
): Map<string, number> => {
  const totals = new Map<string, number>()
  for (const row of rows) totals.set(row.agent, (totals.get(row.agent) ?? 0) + weight(row))
  return totals
}
