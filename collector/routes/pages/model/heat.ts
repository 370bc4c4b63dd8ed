import type { Ranking, RankLine } from '../../../verdicts/ranking.ts'
import { compositeTarget } from '../../../verdicts/ranking.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { linkTo, type PageContext } from '../context.ts'
import type { TargetNames } from './targets.ts'

/** Areas against targets: one figure a cell, its shade, and how much of it is unknown. */
export interface HeatTable {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly HeatRow[]
  /** The heading of the places, '' when nothing is ranked here. */
  readonly places: string
  readonly placesHref: string | undefined
}
export interface HeatRow {
  readonly name: string
  readonly href: string
  readonly cells: readonly HeatCell[]
  readonly place: string
  readonly placeNote: string
}
export interface HeatCell {
  readonly column: string
  /** Undefined where the target applies to no school, or nothing is judged yet. */
  readonly share:
    | {
        readonly text: string
        readonly high: string
        readonly title: string
        readonly href: string
        /** 0 (few) … 5 (all); `u`: looks low, but only because of what is unknown. */
        readonly shade: string
        readonly metWidth: string
        readonly unknownWidth: string
      }
    | undefined
}

/** A row of the table: an area or a group. */
export interface HeatPlace {
  /** Of the shares. */
  readonly key: string
  readonly name: string
  readonly path: string
}

export interface HeatOptions {
  readonly caption: string
  /** Of the area whose children the rows are; undefined when they are not compared. */
  readonly ranking: Ranking | undefined
}

export const heatTable = (
  context: PageContext,
  places: readonly HeatPlace[],
  shares: readonly Share[],
  names: TargetNames,
  targets: readonly string[],
  { caption, ranking }: HeatOptions
): HeatTable | undefined => {
  const found = new Map(shares.map(share => [`${share.area}\n${share.target}`, share]))
  const shown = targets.filter(target => places.some(place => (found.get(`${place.key}\n${target}`)?.totalN ?? 0) > 0))
  if (shown.length === 0 || places.length === 0) return undefined
  const order = new Map(ranking?.lines.map((line, i) => [line.area, i]))
  const lineOf = new Map(ranking?.lines.map(line => [line.area, line]))
  const rows = places
    .toSorted((a, b) => (order.get(a.key) ?? places.length) - (order.get(b.key) ?? places.length))
    .map(place => ({
      name: place.name,
      href: linkTo(context, place.path),
      cells: shown.map(target => ({
        column: names.title(target),
        share: cellOf(context, place, found.get(`${place.key}\n${target}`), names)
      })),
      ...placeOf(context, ranking, lineOf.get(place.key))
    }))
  const isComposite = ranking?.target === compositeTarget
  return {
    caption,
    columns: shown.map(names.title),
    rows,
    places: ranking === undefined ? '' : context.say(isComposite ? 'place_composite' : 'place'),
    placesHref:
      ranking === undefined ? undefined : linkTo(context, '/ranking', { scope: ranking.scope, target: ranking.target })
  }
}

const cellOf = (
  context: PageContext,
  place: HeatPlace,
  share: Share | undefined,
  names: TargetNames
): HeatCell['share'] => {
  const { say, formats } = context
  if (share?.pct === undefined) return undefined
  const hi = share.hiPct ?? share.pct
  return {
    text: bare(formats.percent(share.pct)),
    high: hi > share.pct ? `–${bare(formats.percent(hi))}` : '',
    title: say('heat_title', {
      area: place.name,
      target: names.title(share.target),
      met: formats.number(share.metN),
      unknown: formats.number(share.unknownN),
      missed: formats.number(share.missedN),
      hi: formats.percent(hi)
    }),
    href: `${linkTo(context, place.path, { target: share.target })}#schools`,
    shade: shadeOf(share.pct, hi),
    metWidth: `${share.pct.toFixed(1)}%`,
    unknownWidth: `${(hi - share.pct).toFixed(1)}%`
  }
}

const bare = (percent: string): string => percent.replace('%', '')

const steps = [40, 60, 75, 90, 100] as const
const stepOf = (pct: number): number => steps.filter(step => pct >= step).length
/** The lowest step that is not painted as a warning. */
const fair = 3
/** A warning colour is for what is low whatever the unknown schools turn out to be. */
const shadeOf = (pct: number, hiPct: number): string =>
  stepOf(pct) < fair && stepOf(hiPct) >= fair ? 'u' : String(stepOf(pct))

/** 4, 2–3, 9 靠后: the places that what is known allows. */
export const placeText = ({ say }: PageContext, ranking: Ranking, line: RankLine): string => {
  if (line.leftOut !== undefined) return say('left_out')
  if (!ranking.ranked || line.first === 0) return say('none')
  return line.first === line.last ? String(line.first) : `${line.first}–${line.last}`
}

/** What is said beside the place. */
export const namingText = ({ say, formats }: PageContext, line: RankLine): string => {
  switch (line.naming) {
    case 'named':
      return say('named', { n: line.backPeriods })
    case 'not_rankable':
      // Without unknown schools only an equal share can keep an area from being behind alone.
      if (line.hiPct === line.pct) return say('not_alone')
      return say('not_rankable', {
        pct: formats.percent(line.totalN === 0 ? 0 : (100 * line.unknownN) / line.totalN)
      })
    case 'none':
      return line.atBack ? say('at_back') : ''
  }
}

const placeOf = (
  context: PageContext,
  ranking: Ranking | undefined,
  line: RankLine | undefined
): Pick<HeatRow, 'place' | 'placeNote'> => {
  if (ranking === undefined || line === undefined) return { place: '', placeNote: '' }
  return {
    place: placeText(context, ranking, line),
    placeNote: line.naming === 'named' || line.atBack ? context.say('at_back_short') : ''
  }
}
