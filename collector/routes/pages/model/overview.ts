import { addDays, dayOf } from '../../../calendar/day.ts'
import { periodAt } from '../../../calendar/period.ts'
import type { AreaRow, GroupRow, PackScopeRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { Said } from '../../../judgement/figures.ts'
import type { AgentRow, RejectedRow } from '../../../store/store.ts'
import type { Pack } from '../../../verdicts/pack.ts'
import { compositeTarget, type Ranking } from '../../../verdicts/ranking.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { linkTo, nameOf, sameWith, type PageContext } from '../context.ts'
import type { When } from '../format.ts'
import { attentionList, type Attention } from './attention.ts'
import { figuresNote, type Figures, type FiguresNote } from './figures.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { heatTable, namingText, placeText, type HeatTable } from './heat.ts'
import type { Patience } from './liveness.ts'
import {
  areaPath,
  branchingArea,
  childrenOf,
  crumbsTo,
  placePath,
  schoolsIn,
  startOf,
  type Crumb,
  type Place
} from './place.ts'
import { schoolList, type SchoolList } from './school-list.ts'
import {
  rulingTargets,
  targetNames,
  targetTables,
  type History,
  type TargetNames,
  type TargetTable
} from './targets.ts'

/** Each list of the store once. */
export interface OverviewReads {
  readonly areas: readonly AreaRow[]
  readonly groups: readonly GroupRow[]
  readonly schools: readonly SchoolRow[]
  readonly agents: readonly AgentRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly PackScopeRow[]
  readonly figures: Figures
  readonly verdicts: readonly Said[]
  /** Up to when the newest verdict looked. */
  readonly asOfMs: number | undefined
  readonly shares: readonly Share[]
  readonly rankings: readonly Ranking[]
  readonly history: History
  readonly rejected: readonly RejectedRow[]
}

export interface OverviewPage extends Frame {
  readonly crumbs: readonly Crumb[]
  readonly heading: string
  readonly period: PeriodFacts
  readonly note: FiguresNote | undefined
  readonly registered: string
  /** Undefined for an earlier period: the store knows only the last contact. */
  readonly reporting: string | undefined
  readonly asOf: When | undefined
  /** The place of the area among its neighbours. */
  readonly standing: { readonly text: string; readonly note: string; readonly href: string } | undefined
  /** What is not there yet, and what to do about it. */
  readonly steps: readonly { readonly what: string; readonly next: string; readonly href?: string }[]
  readonly tables: readonly TargetTable[]
  readonly heat: HeatTable | undefined
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
  all: OverviewReads,
  patience: Patience,
  place: Place = { kind: 'all' }
): OverviewPage => {
  const { say, formats, period } = context
  const reads = within(place, all)
  const jurisdiction = { areas: reads.areas, packs: reads.packs, scopes: reads.scopes }
  const names = targetNames(context, jurisdiction)
  const tables = targetTables(context, jurisdiction, place, reads.shares, reads.history)
  const ruling = rulingTargets(context, jurisdiction).map(target => target.key)
  const judged = new Set(reads.verdicts.map(verdict => verdict.target))
  const targets = [...new Set([...ruling.filter(key => place.kind === 'all' || judged.has(key)), ...judged])]
  const heading =
    place.kind === 'all'
      ? say('overview_title', { period: formats.month(period.name) })
      : say('place_title', {
          place: nameOf(context, place.kind === 'area' ? place.area : place.group),
          period: formats.month(period.name)
        })
  return {
    ...frameOf(context, site, {
      title: heading,
      place: place.kind === 'all' ? 'overview' : 'areas',
      refreshS: stillArriving(context, reads) ? 10 : 60
    }),
    crumbs: crumbsOf(context, reads.areas, place),
    heading,
    period: periodFacts(context),
    note: figuresNote(context, reads.figures, reads.history.carried.has(period.name)),
    registered: say('schools_n', { n: formats.number(reads.schools.length) }),
    reporting: context.isCurrent ? reportingText(context, reads) : undefined,
    asOf: asOf(context, reads.asOfMs),
    standing: standingOf(context, reads, names, place),
    steps: steps(context, reads, targets),
    tables,
    heat: heatOf(context, reads, names, targets, place),
    attention: attentionList(context, reads, names, patience, place),
    schools:
      reads.schools.length === 0 ? undefined : schoolList(context, reads, targets, names, patience, placePath(place))
  }
}

/** Only the schools of the place, with what belongs to them. */
const within = (place: Place, all: OverviewReads): OverviewReads => {
  if (place.kind === 'all') return all
  const schools = schoolsIn(place, all.areas, all.schools)
  const known = new Set(schools.map(school => school.id))
  return {
    ...all,
    schools,
    agents: all.agents.filter(agent => known.has(agent.school)),
    verdicts: all.verdicts.filter(verdict => known.has(verdict.school))
  }
}

const crumbsOf = (context: PageContext, areas: readonly AreaRow[], place: Place): Crumb[] => {
  const { say } = context
  const home = { text: say('nav_overview'), href: linkTo(context, '/') }
  switch (place.kind) {
    case 'all': {
      const start = areas.filter(area => area.parent === undefined)
      return start.map(area => ({ text: nameOf(context, area), href: linkTo(context, areaPath(area.id)) }))
    }
    case 'area':
      return [home, ...crumbsTo(context, areas, place.area.id, 'text')]
    case 'group':
      return [
        home,
        { text: say('groups'), href: `${linkTo(context, '/areas')}#groups` },
        { text: nameOf(context, place.group), href: undefined }
      ]
  }
}

/** The ranking that sums up an area's children: the composite, or the first there is. */
export const leadingRanking = (rankings: readonly Ranking[], scope: string | undefined): Ranking | undefined => {
  const own = rankings.filter(ranking => ranking.scope === scope)
  return own.find(ranking => ranking.target === compositeTarget) ?? own[0]
}

const heatOf = (
  context: PageContext,
  reads: OverviewReads,
  names: TargetNames,
  targets: readonly string[],
  place: Place
): HeatTable | undefined => {
  const scope = branchingArea(reads.areas, startOf(place, reads.areas))
  if (scope === undefined) return undefined
  const rows = childrenOf(reads.areas, scope.id).map(area => ({
    key: area.id,
    name: nameOf(context, area),
    path: areaPath(area.id)
  }))
  return heatTable(context, rows, reads.shares, names, targets, {
    caption: context.say('heat_caption', { area: nameOf(context, scope) }),
    ranking: leadingRanking(reads.rankings, scope.id)
  })
}

const standingOf = (
  context: PageContext,
  { areas, rankings, figures }: OverviewReads,
  names: TargetNames,
  place: Place
): OverviewPage['standing'] => {
  const parent = place.kind === 'area' ? place.area.parent : undefined
  if (place.kind !== 'area' || parent === undefined) return undefined
  const ranking = leadingRanking(rankings, parent)
  const line = ranking?.lines.find(one => one.area === place.area.id)
  if (ranking === undefined || line === undefined) return undefined
  const named = [namingText(context, line), ...namedFor(context, names, rankings, place.area.id, ranking.target)]
    .filter(text => text !== '')
    .join(context.say('stop_between'))
  return {
    text: context.say(ranking.target === compositeTarget ? 'place_of_composite' : 'place_of', {
      place: placeText(context, ranking, line),
      n: childrenOf(areas, parent).length
    }),
    note: named === '' ? '' : `${named}${figures.newest === undefined ? context.say('may_change') : ''}`,
    href: linkTo(context, '/ranking', { scope: parent, target: ranking.target })
  }
}

/** 通报 by single targets: a county must find on its own page what it is named for, not only where it stands overall. */
const namedFor = (
  context: PageContext,
  names: TargetNames,
  rankings: readonly Ranking[],
  area: string,
  shown: string
): string[] => {
  const targets = rankings
    .filter(ranking => ranking.target !== shown)
    .filter(ranking => ranking.lines.some(line => line.area === area && line.naming === 'named'))
    .map(ranking => (ranking.target === compositeTarget ? context.say('composite') : names.title(ranking.target)))
  return targets.length === 0 ? [] : [context.say('named_for', { targets: targets.join(context.say('separator')) })]
}

/** The period with its neighbours; their links stay on the page unless `link` says where they lead. */
export const periodFacts = (context: PageContext, link = periodLinks(context)): PeriodFacts => {
  const { formats, period } = context
  const current = periodAt(context.nowMs).name
  const next = periodAt(period.toMs).name
  return {
    name: formats.month(period.name),
    dates: `${formats.day(period.firstDay)} – ${formats.day(period.lastDay)}`,
    previous: link(periodAt(period.fromMs - 1).name),
    next: period.name >= current ? undefined : link(next)
  }
}

const periodLinks =
  (context: PageContext) =>
  (name: string): string =>
    sameWith(context, { period: name === periodAt(context.nowMs).name ? '' : name, page: '', revision: '' })

/** Something is on its way: no verdict of the current period yet, or an agent that has only just been enrolled. */
const stillArriving = (context: PageContext, { verdicts, agents }: OverviewReads): boolean =>
  context.isCurrent && (verdicts.length === 0 || agents.some(agent => context.nowMs - agent.enrolledMs < 600_000))

/** Heard from since the running period began. */
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

const asOf = ({ formats, period }: PageContext, latest: number | undefined): When | undefined => {
  if (latest === undefined) return undefined
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
