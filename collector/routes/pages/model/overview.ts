import { addDays, dayOf } from '../../../calendar/day.ts'
import { periodAt } from '../../../calendar/period.ts'
import type { AreaRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { AgentRow, RejectedRow, StoredVerdict } from '../../../store/store.ts'
import type { Pack } from '../../../verdicts/pack.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { nameOf, sameWith, type PageContext } from '../context.ts'
import type { When } from '../format.ts'
import { attentionList, type Attention } from './attention.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import type { Patience } from './liveness.ts'
import { schoolList, type SchoolList } from './school-list.ts'
import { rootsOf, rulingTargets, targetNames, targetTables, type TargetTable } from './targets.ts'

/** Each list of the store once. */
export interface OverviewReads {
  readonly areas: readonly AreaRow[]
  readonly schools: readonly SchoolRow[]
  readonly agents: readonly AgentRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly { readonly area: string; readonly pack: string }[]
  readonly verdicts: readonly StoredVerdict[]
  readonly shares: readonly Share[]
  readonly rejected: readonly RejectedRow[]
}

export interface OverviewPage extends Frame {
  readonly place: string
  readonly heading: string
  readonly period: PeriodFacts
  readonly registered: string
  readonly reporting: string
  readonly asOf: When | undefined
  /** What is not there yet, and what to do about it. */
  readonly steps: readonly { readonly what: string; readonly next: string; readonly href?: string }[]
  readonly tables: readonly TargetTable[]
  readonly attention: readonly Attention[]
  readonly schools: SchoolList | undefined
}

export interface PeriodFacts {
  readonly name: string
  readonly dates: string
  readonly previous: string
  /** Undefined in the current period: the next one has not begun. */
  readonly next: string | undefined
}

export const overviewPage = (
  context: PageContext,
  site: Site,
  reads: OverviewReads,
  patience: Patience
): OverviewPage => {
  const { say, formats, period } = context
  const jurisdiction = { areas: reads.areas, packs: reads.packs, scopes: reads.scopes }
  const names = targetNames(context, jurisdiction)
  const tables = targetTables(context, jurisdiction, reads.shares)
  const ruling = rulingTargets(context, jurisdiction).map(target => target.key)
  const targets = [...new Set([...ruling, ...reads.verdicts.map(verdict => verdict.target)])]
  const heading = say('overview_title', { period: formats.month(period.name) })
  const roots = rootsOf(reads.areas)
  return {
    ...frameOf(context, site, { title: heading, place: 'overview', refreshS: stillArriving(context, reads) ? 10 : 60 }),
    place: roots.map(root => nameOf(context, root)).join(say('separator')),
    heading,
    period: periodFacts(context),
    registered: say('schools_n', { n: formats.number(reads.schools.length) }),
    reporting: reportingText(context, reads),
    asOf: asOf(context, reads.verdicts),
    steps: steps(context, reads, targets),
    tables,
    attention: attentionList(context, reads, names, patience),
    schools: reads.schools.length === 0 ? undefined : schoolList(context, reads, targets, names, patience)
  }
}

export const periodFacts = (context: PageContext): PeriodFacts => {
  const { formats, period } = context
  const current = periodAt(context.nowMs).name
  const next = periodAt(period.toMs).name
  const link = (name: string) => sameWith(context, { period: name === current ? '' : name, page: '' })
  return {
    name: formats.month(period.name),
    dates: `${formats.day(period.firstDay)} – ${formats.day(period.lastDay)}`,
    previous: link(periodAt(period.fromMs - 1).name),
    next: period.name >= current ? undefined : link(next)
  }
}

/** Something is on its way: no verdict of the current period yet, or an agent that has only just been enrolled. */
const stillArriving = (context: PageContext, { verdicts, agents }: OverviewReads): boolean =>
  context.isCurrent && (verdicts.length === 0 || agents.some(agent => context.nowMs - agent.enrolledMs < 600_000))

/** Heard from since the period began: the store knows only the last contact, so for a past period this is an upper bound. */
const reportingText = ({ say, formats, period }: PageContext, { agents, schools }: OverviewReads): string => {
  const known = new Set(schools.map(school => school.id))
  const heard = new Set(
    agents
      .filter(
        agent => known.has(agent.school) && (agent.seenMs ?? 0) >= period.fromMs && agent.enrolledMs < period.toMs
      )
      .map(agent => agent.school)
  )
  const share =
    schools.length === 0 ? '' : say('schools_share', { pct: formats.percent((100 * heard.size) / schools.length) })
  return `${say('schools_n', { n: formats.number(heard.size) })}${share}`
}

const asOf = ({ formats, period }: PageContext, verdicts: readonly StoredVerdict[]): When | undefined => {
  if (verdicts.length === 0) return undefined
  const latest = verdicts.reduce((ms, verdict) => Math.max(ms, verdict.asOfMs), 0)
  // A closed period ends at 24:00 of its last day; that moment already reads as the next day.
  const when = formats.when(latest)
  return latest < period.toMs ? when : { ...when, at: `${formats.day(addDays(dayOf(period.toMs), -1))} 24:00` }
}

const steps = (
  { say, isCurrent }: PageContext,
  reads: OverviewReads,
  targets: readonly string[]
): OverviewPage['steps'] => {
  if (reads.schools.length === 0) return [{ what: say('no_ledger'), next: say('no_ledger_next') }]
  const noAgent =
    reads.agents.length === 0 ? [{ what: say('no_agents'), next: say('no_agents_next'), href: '/agents#enrol' }] : []
  if (targets.length === 0) return [{ what: say('no_pack'), next: say('no_pack_next') }, ...noAgent]
  if (reads.verdicts.length > 0) return noAgent
  return isCurrent
    ? [{ what: say('figures_coming'), next: say('figures_coming_next') }, ...noAgent]
    : [{ what: say('no_figures'), next: say('no_figures_next') }]
}
