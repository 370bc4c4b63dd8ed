import type { Gap } from '../../../../contract/batch.ts'
import { datesOf } from '../../../bulletin/stage.ts'
import type { SchoolCalendar } from '../../../calendar/school-calendar.ts'
import type { AreaRow, DeviceRow, Fact, RoomRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { AgentRow, StoredVerdict } from '../../../store/store.ts'
import type { Policy } from '../../../leases/terms.ts'
import type { ObjectionRow } from '../../../store/bulletin-store.ts'
import { targetsFor, type Jurisdiction } from '../../../verdicts/evaluate.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import type { When } from '../format.ts'
import { figuresNote, type Figures, type FiguresNote } from './figures.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { livenessMark, livenessOf, presenceMark, presenceOf, type Patience } from './liveness.ts'
import type { Mark } from './mark.ts'
import { periodFacts, type PeriodFacts } from './overview.ts'
import { latestReadings, type DeviceReadings, type ReadingReads } from './readings.ts'
import { crumbsTo, type Crumb } from './place.ts'
import { schoolTerm, type SchoolTerm } from './school-term.ts'
import { objectionLines, type ObjectionLine } from './submissions.ts'
import { targetNames } from './targets.ts'
import type { UplinkReads } from './uplink/reads.ts'
import { daysRuleText } from './uplink/tier.ts'
import { uplinkBlocks, type UplinkBlock } from './uplink/section.ts'
import { verdictCard, type CardReads, type VerdictCard } from './verdict-card.ts'

/** All of one school; `devices`, `checks` and `agents` are its own. */
export interface SchoolReads extends ReadingReads, UplinkReads {
  readonly school: SchoolRow
  readonly areas: readonly AreaRow[]
  readonly jurisdiction: Jurisdiction
  readonly rooms: readonly RoomRow[]
  readonly agents: readonly AgentRow[]
  readonly figures: Figures
  readonly verdicts: readonly StoredVerdict[]
  readonly history: Omit<CardReads, 'school'>
  readonly facts: readonly Fact[]
  readonly calendar: SchoolCalendar
  readonly objections: readonly ObjectionRow[]
  readonly gaps: readonly (Gap & { readonly agent: string })[]
}

export interface SchoolPage extends Frame {
  readonly crumbs: readonly Crumb[]
  readonly heading: string
  readonly presence: Mark | undefined
  readonly code: string
  readonly kind: string
  readonly contact: string
  readonly agents: string
  readonly seen: When | undefined
  readonly period: PeriodFacts
  readonly note: FiguresNote | undefined
  readonly term: SchoolTerm
  readonly declared: readonly FactLine[]
  readonly objections: readonly ObjectionLine[]
  readonly objectionsHow: string
  readonly cards: readonly VerdictCard[]
  readonly uplinks: readonly UplinkBlock[]
  /** How the days of a tier make a verdict. */
  readonly daysRule: string
  readonly rooms: readonly RoomLine[]
  readonly readings: readonly DeviceReadings[]
  readonly gaps: readonly GapLine[]
  readonly rawReadings: string
  readonly rawStanding: string
}
export interface FactLine {
  readonly name: string
  readonly value: string
  readonly day: string
  readonly source: string
  readonly by: string
}
export interface RoomLine {
  readonly room: string
  readonly roomKind: string
  readonly device: string
  readonly kind: string
  readonly agent: Mark | undefined
  readonly seen: When | undefined
}
export interface GapLine {
  readonly from: string
  readonly to: string
  readonly n: string
  readonly reason: string
  readonly code: string
}

export const schoolPage = (
  context: PageContext,
  site: Site,
  reads: SchoolReads,
  patience: Patience,
  policy: Policy
): SchoolPage => {
  const { say, formats } = context
  const { school } = reads
  const heading = nameOf(context, school)
  const presence = presenceOf(reads.agents, context.nowMs, patience)
  const query = { school: school.id }
  return {
    ...frameOf(context, site, { title: heading, refreshS: 60 }),
    crumbs: [
      { text: say('nav_overview'), href: linkTo(context, '/') },
      ...crumbsTo(context, reads.areas, school.area, 'link')
    ],
    heading,
    presence: presenceMark(context, presence),
    code: school.code,
    kind: kindText(context, school),
    contact: [school.contact, school.phone].filter(text => text !== undefined).join(' '),
    agents: say('agents_online', { n: formats.number(presence.agents), live: formats.number(presence.live) }),
    seen: presence.seenMs === undefined ? undefined : formats.when(presence.seenMs),
    period: periodFacts(context),
    note: figuresNote(context, reads.figures),
    term: schoolTerm(context, reads.calendar),
    cards: cardsOf(context, reads),
    declared: reads.facts.map(fact => ({
      name: context.term('fact', fact.key),
      value: context.term('fact_value', fact.value),
      day: fact.asOf,
      source: fact.source,
      by: fact.by
    })),
    objections: objectionLines(context, reads.objections, [school], targetNames(context, reads.jurisdiction)),
    objectionsHow: objectionsText(context, reads.figures),
    uplinks: uplinkBlocks(context, policy, reads, patience),
    daysRule: daysRuleText(context),
    rooms: roomLines(context, reads, patience),
    readings: latestReadings(context, reads),
    gaps: reads.gaps.map(gap => ({
      from: formats.at(gap.from),
      to: formats.at(gap.to),
      n: formats.number(gap.n),
      reason: context.term('gap', gap.reason),
      code: gap.reason
    })),
    rawReadings: `/v1/readings?${new URLSearchParams(query).toString()}`,
    // The verdicts that stand on the page, not those that have moved since.
    rawStanding: linkTo({ ...context, revision: undefined }, '/v1/standing', {
      ...query,
      ...(reads.figures.revision === 0 ? {} : { revision: String(reads.figures.revision) })
    })
  }
}

const kindText = ({ say, term, formats }: PageContext, school: SchoolRow): string =>
  [
    term('stage', school.stage),
    term('zone', school.zone),
    ...(school.townshipCentral ? [say('township_central')] : []),
    ...(school.larger ? [say('larger')] : []),
    ...(school.pupils === undefined ? [] : [say('pupils', { n: formats.number(school.pupils) })])
  ].join(' · ')

/** What needs work first. */
const urgency = { missed: 0, unknown: 1, met: 2, not_applicable: 3 } as const

/** Until the bulletin is out a school can object; after that the next period is what can still be changed. */
const objectionsText = (context: PageContext, { newest }: Figures): string => {
  const { say, formats, period, nowMs } = context
  const { previewMs, publishMs } = datesOf(period)
  if (newest?.publishedMs !== undefined || nowMs >= publishMs) return say('objections_closed')
  return say('objections_where', {
    from: formats.at(previewMs),
    until: formats.at(publishMs),
    end: formats.at(period.toMs),
    period: period.name
  })
}

const cardsOf = (context: PageContext, { school, jurisdiction, verdicts, history }: SchoolReads): VerdictCard[] => {
  const names = targetNames(context, jurisdiction)
  const known = new Map(verdicts.map(verdict => [verdict.target, verdict]))
  const ruling = targetsFor(jurisdiction, school.area, context.period.name).map(target => target.key)
  return [...new Set([...ruling, ...known.keys()])]
    .map(target => ({ target, verdict: known.get(target) }))
    .toSorted((a, b) => urgency[a.verdict?.verdict ?? 'unknown'] - urgency[b.verdict?.verdict ?? 'unknown'])
    .map(({ target, verdict }) => verdictCard(context, names, target, verdict, { ...history, school: school.id }))
}

const roomLines = (context: PageContext, { rooms, devices, agents }: SchoolReads, patience: Patience): RoomLine[] => {
  const { say, term, formats, nowMs } = context
  const lineFor = (room: RoomRow | undefined, device: DeviceRow | undefined): RoomLine => {
    const agent =
      device === undefined ? undefined : agents.find(one => one.state === 'approved' && one.devices.includes(device.id))
    return {
      room: room?.name ?? say('no_room'),
      roomKind: room === undefined ? '' : term('room', room.kind),
      device: device?.name ?? say('no_device'),
      kind: device === undefined ? '' : term('device', device.kind),
      agent: agent === undefined ? undefined : livenessMark(context, livenessOf(agent, nowMs, patience)),
      seen: agent?.seenMs === undefined ? undefined : formats.when(agent.seenMs)
    }
  }
  const inRoom = Map.groupBy(devices, device => device.room)
  return [
    ...rooms.flatMap(room => {
      const own = inRoom.get(room.id) ?? []
      return own.length === 0 ? [lineFor(room, undefined)] : own.map(device => lineFor(room, device))
    }),
    ...(inRoom.get(undefined) ?? []).map(device => lineFor(undefined, device))
  ]
}
