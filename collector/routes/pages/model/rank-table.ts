import type { AreaRow } from '../../../ledger/ledger.ts'
import type { Ranking, RankLine } from '../../../verdicts/ranking.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import { namingText, placeText } from './heat.ts'
import { areaPath } from './place.ts'

/** A ranking as a table: place, interval as figure and bar, and in words who cannot be told apart. */
export interface RankTable {
  readonly caption: string
  /** Why there are no places, when there are none. */
  readonly unranked: string | undefined
  readonly lines: readonly RankRow[]
}
export interface RankRow {
  readonly place: string
  readonly area: string
  readonly href: string
  readonly pct: string
  readonly atMost: string
  readonly alt: string
  readonly metWidth: string
  readonly unknownWidth: string
  readonly unknown: string
  /** 并列、靠后、通报、未参加. */
  readonly remarks: readonly { readonly text: string; readonly style: 'plain' | 'warn' | 'missed' }[]
}

export const rankTable = (
  context: PageContext,
  areas: readonly AreaRow[],
  ranking: Ranking,
  caption: string
): RankTable => {
  const { say } = context
  const names = new Map(areas.map(area => [area.id, nameOf(context, area)]))
  return {
    caption,
    unranked: ranking.ranked ? undefined : say(ranking.reason === 'vacation' ? 'unranked_vacation' : 'unranked_few'),
    lines: ranking.lines.map(line => rowOf(context, names, ranking, line))
  }
}

const rowOf = (context: PageContext, names: ReadonlyMap<string, string>, ranking: Ranking, line: RankLine): RankRow => {
  const { say, formats } = context
  const atMost = line.hiPct > line.pct ? say('at_most', { pct: formats.percent(line.hiPct) }) : ''
  return {
    place: placeText(context, ranking, line),
    area: names.get(line.area) ?? line.area,
    href: linkTo(context, areaPath(line.area)),
    pct: formats.percent(line.pct),
    atMost,
    alt: `${formats.percent(line.pct)}${atMost === '' ? '' : ` ${atMost}`}`,
    metWidth: `${line.pct.toFixed(2)}%`,
    unknownWidth: `${(line.hiPct - line.pct).toFixed(2)}%`,
    unknown:
      line.unknownN === 0
        ? ''
        : say('unknown_of', {
            n: formats.number(line.unknownN),
            total: formats.number(line.totalN),
            pct: formats.percent(line.totalN === 0 ? 0 : (100 * line.unknownN) / line.totalN)
          }),
    remarks: [
      ...(line.leftOut === undefined ? [] : [{ text: say('left_out_why'), style: 'plain' as const }]),
      ...tiedRemarks(context, names, ranking, line).map(text => ({ text, style: 'plain' as const })),
      ...namingRemarks(context, line)
    ]
  }
}

const namingRemarks = (context: PageContext, line: RankLine): RankRow['remarks'] => {
  const text = namingText(context, line)
  if (text === '') return []
  return [{ text, style: line.naming === 'named' ? 'missed' : 'warn' }]
}

/** Equal shares and overlapping intervals are told apart: the first is a fact, the second a lack of data. */
const tiedRemarks = (
  { say }: PageContext,
  names: ReadonlyMap<string, string>,
  ranking: Ranking,
  line: RankLine
): string[] => {
  const known = new Map(ranking.lines.map(one => [one.area, one]))
  const isEqual = (id: string): boolean => {
    const other = known.get(id)
    return other?.pct === line.pct && other.hiPct === line.hiPct && line.pct === line.hiPct
  }
  const list = (ids: readonly string[]): string => ids.map(id => names.get(id) ?? id).join(say('separator'))
  const equal = line.tied.filter(isEqual)
  const overlapping = line.tied.filter(id => !isEqual(id))
  return [
    ...(equal.length === 0 ? [] : [say('tied_equal', { areas: list(equal) })]),
    ...(overlapping.length === 0 ? [] : [say('tied_overlap', { areas: list(overlapping) })])
  ]
}
