import { stageOf } from '../../../bulletin/stage.ts'
import type { AreaRow, PackScopeRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { BulletinRow } from '../../../store/bulletin-store.ts'
import type { Said } from '../../../judgement/figures.ts'
import type { StoredVerdict } from '../../../store/store.ts'
import { areasWithin, lineOf } from '../../../verdicts/area-line.ts'
import { explain } from '../../../verdicts/explain.ts'
import type { Pack } from '../../../verdicts/pack.ts'
import { linkTo, nameOf, pageNumberOf, sameWith, textOf, type PageContext } from '../context.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { periodFacts, type PeriodFacts } from './overview.ts'
import { paged, type Paged } from './paging.ts'
import { keptOf, type Option } from './ranking.ts'
import type { Download } from './revisions.ts'
import { targetNames } from './targets.ts'

/** 催报: whom to call, at what number, about what. */
export interface RemindersPage extends Frame, Omit<Paged<ReminderLine>, 'items'> {
  readonly heading: string
  readonly lead: string
  readonly period: PeriodFacts
  readonly kept: readonly { readonly name: string; readonly value: string }[]
  readonly areas: readonly Option[]
  readonly causes: readonly CauseLine[]
  readonly q: string
  readonly count: string
  readonly filter: string | undefined
  readonly clear: string | undefined
  readonly lines: readonly ReminderLine[]
  readonly files: readonly Download[]
}
export interface CauseLine {
  readonly cause: string
  readonly schools: string
  readonly href: string
  readonly current: boolean
}
export interface ReminderLine {
  readonly school: string
  readonly href: string
  readonly code: string
  readonly area: string
  readonly contact: string
  readonly phone: string
  readonly items: readonly { readonly target: string; readonly next: string }[]
}

export interface ReminderReads {
  readonly areas: readonly AreaRow[]
  readonly schools: readonly SchoolRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly PackScopeRow[]
  readonly verdicts: readonly Said[]
  readonly bulletins: readonly BulletinRow[]
}

const pageSize = 50

/** Whom a page of the list is about: chosen by what verdicts say, before the few that are shown are read in full. */
export interface Chosen {
  readonly search: { readonly area: string; readonly reason: string; readonly q: string }
  readonly causes: readonly CauseLine[]
  readonly page: Paged<SchoolRow>
}

export const chooseReminders = (context: PageContext, reads: ReminderReads): Chosen => {
  const search = { area: textOf(context, 'area'), reason: textOf(context, 'reason'), q: textOf(context, 'q') }
  const inArea = openWithin(reads.areas, search.area)
  const missing = Map.groupBy(reads.verdicts.filter(isMissing), verdict => verdict.school)
  const entries = reads.schools
    .filter(school => inArea(school.area))
    .map(school => ({ school, verdicts: missing.get(school.id) ?? [] }))
    .filter(entry => entry.verdicts.length > 0)
  const needle = search.q.toLowerCase()
  const chosen = entries
    .filter(({ school, verdicts }) => {
      const texts = [school.name, school.nameEn ?? '', school.code, school.id, school.contact ?? '']
      return (
        (search.reason === '' || verdicts.some(verdict => verdict.reason === search.reason)) &&
        (needle === '' || texts.some(text => text.toLowerCase().includes(needle)))
      )
    })
    .toSorted((a, b) => b.verdicts.length - a.verdicts.length || (a.school.id < b.school.id ? -1 : 1))
    .map(({ school }) => school)
  return {
    search,
    causes: causeLines(context, entries, search.reason),
    page: paged(context, chosen, pageNumberOf(context), pageSize, 'list')
  }
}

/** `verdicts`: of the schools that were chosen for the page. */
export const remindersPage = (
  context: PageContext,
  site: Site,
  reads: ReminderReads,
  { search, causes, page }: Chosen,
  verdicts: readonly StoredVerdict[]
): RemindersPage => {
  const { say, term, formats, period } = context
  const heading = say('reminders_title', { period: formats.month(period.name) })
  return {
    ...frameOf(context, site, { title: heading, place: 'reminders', refreshS: 300 }),
    ...page,
    heading,
    lead: leadOf(context, reads.bulletins),
    period: periodFacts(context),
    kept: [...keptOf(context), ...(search.reason === '' ? [] : [{ name: 'reason', value: search.reason }])],
    areas: areaOptions(context, reads.areas, search.area),
    causes,
    q: search.q,
    count:
      page.total === 0
        ? say('reminders_none')
        : say('found', { n: formats.number(page.total), from: formats.number(page.from), to: formats.number(page.to) }),
    filter: search.reason === '' ? undefined : say('filtered_by', { text: term('cause', search.reason) }),
    clear:
      search.reason + search.q + search.area === ''
        ? undefined
        : sameWith(context, { reason: '', q: '', area: '', page: '' }),
    lines: linesOf(context, reads, search.reason, page.items, verdicts),
    files: (['csv', 'xlsx'] as const).map(kind => {
      const query = new URLSearchParams({ period: period.name, ...(search.area === '' ? {} : { area: search.area }) })
      return { text: kind.toUpperCase(), href: `/v1/reminders.${kind}?${query.toString()}` }
    })
  }
}

/** What calling anybody can still change. */
const leadOf = ({ say, period, nowMs }: PageContext, bulletins: readonly BulletinRow[]): string => {
  if (stageOf(period, nowMs, bulletins) === 'published') return say('reminders_published')
  return say(nowMs >= period.toMs ? 'reminders_ended' : 'reminders_lead')
}

const areaOptions = (context: PageContext, areas: readonly AreaRow[], chosen: string): Option[] => [
  { value: '', text: context.say('all_areas'), selected: chosen === '' },
  ...areas.map(area => ({
    value: area.id,
    text: `${'\u3000'.repeat(Math.max(0, lineOf(areas, area.id).length - 1))}${nameOf(context, area)}`,
    selected: area.id === chosen
  }))
]

const linesOf = (
  context: PageContext,
  reads: ReminderReads,
  reason: string,
  schools: readonly SchoolRow[],
  verdicts: readonly StoredVerdict[]
): ReminderLine[] => {
  const names = targetNames(context, reads)
  const places = new Map(reads.areas.map(area => [area.id, nameOf(context, area)]))
  const own = Map.groupBy(verdicts.filter(isMissing), verdict => verdict.school)
  return schools.map(school => ({
    school: nameOf(context, school),
    href: linkTo(context, `/schools/${encodeURIComponent(school.id)}`),
    code: school.code,
    area: places.get(school.area) ?? school.area,
    contact: school.contact ?? '',
    phone: school.phone ?? '',
    items: (own.get(school.id) ?? [])
      .filter(verdict => reason === '' || verdict.reason === reason)
      .map(verdict => ({ target: names.title(verdict.target), next: explain(verdict, context.language) }))
  }))
}

/** In a vacation nobody can do anything about what is not known. */
const isMissing = ({ verdict, reason }: Said): boolean => verdict === 'unknown' && reason !== 'vacation'

const openWithin = (areas: readonly AreaRow[], area: string): ((id: string) => boolean) => {
  if (area === '') return () => true
  const inside = areasWithin(areas, area)
  return id => inside.has(id)
}

const causeLines = (
  context: PageContext,
  entries: readonly { readonly verdicts: readonly Said[] }[],
  asked: string
): CauseLine[] => {
  const { term, formats } = context
  const counts = new Map<string, number>()
  for (const { verdicts } of entries)
    for (const reason of new Set(verdicts.map(verdict => verdict.reason)))
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([reason, n]) => ({
      cause: term('cause', reason),
      schools: formats.number(n),
      href: sameWith(context, { reason: reason === asked ? '' : reason, page: '' }),
      current: reason === asked
    }))
}
