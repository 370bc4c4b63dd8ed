import type { AreaRow, PackScopeRow } from '../../../ledger/ledger.ts'
import { areasWithin, lineOf } from '../../../verdicts/area-line.ts'
import { targetsFor } from '../../../verdicts/evaluate.ts'
import { targetsOf, type Pack } from '../../../verdicts/pack.ts'
import { compositeTarget, type Ranking } from '../../../verdicts/ranking.ts'
import { nameOf, textOf, type PageContext } from '../context.ts'
import { figuresNote, type Figures, type FiguresNote } from './figures.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { crumbsTo, type Crumb } from './place.ts'
import { periodFacts, type PeriodFacts } from './overview.ts'
import { rankTable, type RankTable } from './rank-table.ts'
import { targetNames, type TargetNames } from './targets.ts'

export interface RankingReads {
  readonly areas: readonly AreaRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly PackScopeRow[]
  readonly figures: Figures
  readonly rankings: readonly Ranking[]
}

export interface RankingPage extends Frame {
  readonly crumbs: readonly Crumb[]
  readonly heading: string
  readonly period: PeriodFacts
  readonly note: FiguresNote | undefined
  readonly kept: readonly { readonly name: string; readonly value: string }[]
  readonly scopes: readonly Option[]
  readonly targets: readonly Option[]
  readonly title: string
  readonly source: string
  readonly table: RankTable | undefined
  /** 通报: areas behind in two ranked periods running. */
  readonly named: readonly string[]
  readonly how: readonly string[]
}
export interface Option {
  readonly value: string
  readonly text: string
  readonly selected: boolean
}

export const rankingPage = (context: PageContext, site: Site, reads: RankingReads): RankingPage => {
  const { say, formats, period } = context
  const names = targetNames(context, reads)
  const { scope, target, ranking } = chosen(context, reads)
  const area = reads.areas.find(one => one.id === scope)
  const place = area === undefined ? scope : nameOf(context, area)
  const heading = say('ranking_title', { period: formats.month(period.name) })
  const title = rankTitle(context, names, target)
  const table =
    ranking === undefined
      ? undefined
      : rankTable(context, reads.areas, ranking, say('ranking_caption', { area: place, target: title }))
  const own = reads.rankings.filter(one => one.scope === scope)
  return {
    ...frameOf(context, site, { title: heading, place: 'ranking', refreshS: 60 }),
    crumbs: area === undefined ? [] : crumbsTo(context, reads.areas, area.id, 'link'),
    heading,
    period: periodFacts(context),
    // Whoever reads a name here must know that nothing is settled before the freeze.
    note: figuresNote(context, reads.figures) ?? { text: say('status_preview'), links: [] },
    kept: keptOf(context),
    scopes: scopesOf(reads).map(id => {
      const found = reads.areas.find(one => one.id === id)
      return { value: id, text: found === undefined ? id : nameOf(context, found), selected: id === scope }
    }),
    targets: own.map(one => ({
      value: one.target,
      text: rankTitle(context, names, one.target),
      selected: one.target === target
    })),
    title,
    source: target === compositeTarget ? compositeSource(context, reads, scope, names) : names.source(target),
    table,
    named: (ranking?.lines ?? [])
      .filter(line => line.naming === 'named')
      .map(line => {
        const found = reads.areas.find(one => one.id === line.area)
        return say('named_line', {
          area: found === undefined ? line.area : nameOf(context, found),
          n: line.backPeriods
        })
      }),
    how: [
      say('ranking_how'),
      say('ranking_how_back'),
      ...(target === compositeTarget ? [say('ranking_how_composite')] : [])
    ]
  }
}

/** Which targets the composite of a scope is made of, by the packs that rule there. */
const compositeSource = (
  context: PageContext,
  { areas, packs, scopes }: RankingReads,
  scope: string,
  names: TargetNames
): string => {
  const jurisdiction = { areas, packs, scopes }
  const ruling = [...areasWithin(areas, scope)].flatMap(area => targetsFor(jurisdiction, area, context.period.name))
  const weighted = targetsOf(packs).filter(
    ({ key, rankWeight }) => rankWeight > 0 && ruling.some(one => one.key === key)
  )
  const list = weighted.map(target => names.title(target.key)).join(context.say('separator'))
  return list === '' ? '' : context.say('composite_source', { targets: list })
}

/** What a form must send along so that the reader stays in the same period and revision. */
export const keptOf = (context: PageContext): { name: string; value: string }[] => [
  ...(context.isCurrent ? [] : [{ name: 'period', value: context.period.name }]),
  ...(context.revision === undefined ? [] : [{ name: 'revision', value: String(context.revision) }])
]

export const rankTitle = ({ say }: PageContext, names: TargetNames, target: string): string =>
  target === compositeTarget ? say('composite') : names.title(target)

/** Areas whose children are ranked, the highest first. */
const scopesOf = ({ areas, rankings }: RankingReads): string[] =>
  [...new Set(rankings.map(ranking => ranking.scope))]
    .map(id => ({ id, depth: lineOf(areas, id).length }))
    .toSorted((a, b) => a.depth - b.depth || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)

/** What was asked for; else the highest area and its composite, or the first target there is. */
const chosen = (
  context: PageContext,
  reads: RankingReads
): { scope: string; target: string; ranking: Ranking | undefined } => {
  const scope = textOf(context, 'scope') || (scopesOf(reads)[0] ?? '')
  const own = reads.rankings.filter(ranking => ranking.scope === scope)
  const asked = textOf(context, 'target')
  const ranking =
    asked === '' ? (own.find(one => one.target === compositeTarget) ?? own[0]) : own.find(one => one.target === asked)
  return { scope, target: ranking?.target ?? asked, ranking }
}
