import type { AreaRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { Said } from '../../../judgement/figures.ts'
import type { AgentRow } from '../../../store/store.ts'
import { verdictWords, type VerdictWord } from '../../../verdicts/verdict.ts'
import { choiceOf, linkTo, nameOf, pageNumberOf, sameWith, textOf, type PageContext } from '../context.ts'
import type { When } from '../format.ts'
import { presenceMark, presenceOf, type Patience, type Presence } from './liveness.ts'
import { verdictMark, type Mark } from './mark.ts'
import { paged, type Paged } from './paging.ts'
import type { TargetNames } from './targets.ts'

export interface SchoolList extends Omit<Paged<SchoolLine>, 'items'> {
  readonly lines: readonly SchoolLine[]
  readonly columns: readonly string[]
  /** Many targets do not fit side by side: then a row says which are missed and which are not known. */
  readonly isBrief: boolean
  /** Where the search form leads. */
  readonly action: string
  readonly count: string
  readonly q: string
  /** The other parameters of the search, so that the form keeps them. */
  readonly kept: readonly { readonly name: string; readonly value: string }[]
  readonly filter: string | undefined
  readonly clear: string | undefined
}
export interface SchoolLine {
  readonly href: string
  readonly name: string
  readonly code: string
  readonly area: string
  /** One a column; undefined where there is no verdict yet. */
  readonly marks: readonly { readonly column: string; readonly mark: Mark | undefined }[]
  /** The same in brief: a state, how many, and which. */
  readonly brief: readonly {
    readonly column: string
    readonly mark: Mark
    readonly n: number
    readonly which: string
  }[]
  readonly presence: Mark | undefined
  readonly seen: When | undefined
}

export interface SchoolListReads {
  readonly areas: readonly AreaRow[]
  readonly schools: readonly SchoolRow[]
  readonly agents: readonly AgentRow[]
  readonly verdicts: readonly Said[]
}

const pageSize = 50
/** More columns than this would be too narrow to read. */
const mostColumns = 4

/** The schools that match the search, worst first: most misses, then most unknowns, then offline. */
export const schoolList = (
  context: PageContext,
  reads: SchoolListReads,
  targets: readonly string[],
  names: TargetNames,
  patience: Patience,
  path: string
): SchoolList => {
  const search = searchOf(context)
  // A filter by target asks about that one.
  const asked = targets.filter(target => target === search.target)
  const shown = asked.length === 0 ? targets : asked
  const isBrief = shown.length > mostColumns
  const areas = new Map(reads.areas.map(area => [area.id, area]))
  const areaName = (school: SchoolRow): string => {
    const area = areas.get(school.area)
    return area === undefined ? school.area : nameOf(context, area)
  }
  const verdictsOf = Map.groupBy(reads.verdicts, verdict => verdict.school)
  const agentsOf = Map.groupBy(reads.agents, agent => agent.school)
  const entries = reads.schools
    .map(school => ({ school, area: areaName(school), verdicts: verdictsOf.get(school.id) ?? [] }))
    .filter(entry => found(search, entry))
    .map(entry => ({ ...entry, presence: presenceOf(agentsOf.get(entry.school.id) ?? [], context.nowMs, patience) }))
    .map(entry => ({ ...entry, weight: weightOf(entry.verdicts, entry.presence) }))
    .toSorted((a, b) => b.weight - a.weight || (a.school.id < b.school.id ? -1 : 1))
  const page = paged(context, entries, pageNumberOf(context), pageSize, 'schools')
  const columns = shown.map(names.title)
  const lines = page.items.map(({ school, area, verdicts, presence }) => ({
    href: linkTo(context, `/schools/${encodeURIComponent(school.id)}`),
    name: nameOf(context, school),
    code: school.code,
    area,
    marks: (isBrief ? [] : shown).map((target, i) => {
      const verdict = verdicts.find(one => one.target === target)
      return {
        column: columns[i] ?? '',
        mark: verdict === undefined ? undefined : verdictMark(context, verdict.verdict)
      }
    }),
    brief: isBrief ? briefOf(context, verdicts, names) : [],
    presence: presenceMark(context, presence),
    seen: presence.seenMs === undefined ? undefined : context.formats.when(presence.seenMs)
  }))
  return {
    ...page,
    lines,
    columns: isBrief ? briefWords.map(word => context.say(word)) : columns,
    isBrief,
    action: `${path}#schools`,
    ...wordsOf(context, search, page, names)
  }
}

const briefWords = ['missed', 'unknown', 'met'] as const

const briefOf = (context: PageContext, verdicts: readonly Said[], names: TargetNames): SchoolLine['brief'] =>
  briefWords.map(word => {
    const own = verdicts.filter(verdict => verdict.verdict === word)
    return {
      column: context.say(word),
      mark: verdictMark(context, word),
      n: own.length,
      which:
        word === 'met'
          ? ''
          : someOf(
              context,
              own.map(verdict => names.title(verdict.target))
            )
    }
  })

/** The school's page has them all. */
const mostNamed = 3

const someOf = ({ say, formats }: PageContext, titles: readonly string[]): string => {
  const shown = titles.slice(0, mostNamed).join(say('separator'))
  return titles.length > mostNamed ? say('and_more', { list: shown, n: formats.number(titles.length) }) : shown
}

interface Search {
  readonly q: string
  readonly target: string
  readonly verdict: VerdictWord | undefined
  readonly reason: string
}

const searchOf = (context: PageContext): Search => ({
  q: textOf(context, 'q'),
  target: textOf(context, 'target'),
  verdict: choiceOf(context, 'verdict', verdictWords),
  reason: textOf(context, 'reason')
})

const found = (
  search: Search,
  { school, area, verdicts }: { school: SchoolRow; area: string; verdicts: readonly Said[] }
): boolean => {
  const needle = search.q.toLowerCase()
  const texts = [school.name, school.nameEn ?? '', school.code, school.id, area]
  if (needle !== '' && !texts.some(text => text.toLowerCase().includes(needle))) return false
  if (search.target === '' && search.verdict === undefined && search.reason === '') return true
  return verdicts.some(
    verdict =>
      (search.target === '' || verdict.target === search.target) &&
      (search.verdict === undefined || verdict.verdict === search.verdict) &&
      (search.reason === '' || verdict.reason === search.reason)
  )
}

const weightOf = (verdicts: readonly Said[], presence: Presence): number =>
  verdicts.reduce((sum, { verdict }) => sum + (verdict === 'missed' ? 10_000 : verdict === 'unknown' ? 10 : 0), 0) +
  (presence.offline ? 1 : 0)

const wordsOf = (
  context: PageContext,
  search: Search,
  page: Paged<unknown>,
  names: TargetNames
): Pick<SchoolList, 'count' | 'q' | 'kept' | 'filter' | 'clear'> => {
  const { say, term, formats } = context
  const parts = [
    ...(search.target === '' ? [] : [names.title(search.target)]),
    ...(search.verdict === undefined ? [] : [say(search.verdict)]),
    ...(search.reason === '' ? [] : [term('cause', search.reason)])
  ]
  const kept = {
    period: context.isCurrent ? '' : context.period.name,
    revision: context.revision === undefined ? '' : String(context.revision),
    target: search.target,
    verdict: search.verdict ?? '',
    reason: search.reason
  }
  const searching = search.q !== '' || parts.length > 0
  return {
    count:
      page.total === 0
        ? say('found_none')
        : say('found', { n: formats.number(page.total), from: formats.number(page.from), to: formats.number(page.to) }),
    q: search.q,
    kept: Object.entries(kept).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }])),
    filter: parts.length === 0 ? undefined : say('filtered_by', { text: parts.join(' · ') }),
    clear: searching
      ? `${sameWith(context, { q: '', target: '', verdict: '', reason: '', page: '' })}#schools`
      : undefined
  }
}
