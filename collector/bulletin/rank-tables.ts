import { compositeTarget, type Ranking, type RankLine } from '../verdicts/ranking.ts'
import type { Edition } from './edition.ts'
import type { Names } from './table.ts'
import { percentText } from './words.ts'

/** One ranking as a table: the children of an area by one target, or by all together. */
export interface RankTable {
  readonly scope: string
  readonly target: string
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

export interface RankWords {
  /** The composite of a scope first, then its targets in the packs' order. */
  readonly tables: readonly RankTable[]
  readonly named: readonly string[]
  readonly notRankable: readonly string[]
  readonly leftOut: readonly string[]
}

export const rankTables = (edition: Edition, names: Names): RankWords => {
  const place = new Map(edition.targets.map((target, i) => [target.key, i]))
  const order = (ranking: Ranking): number =>
    ranking.target === compositeTarget ? -1 : (place.get(ranking.target) ?? edition.targets.length)
  const scopes = new Map(edition.areas.map((area, i) => [area.id, i]))
  const rankings = edition.rankings.toSorted(
    (a, b) => (scopes.get(a.scope) ?? 0) - (scopes.get(b.scope) ?? 0) || order(a) - order(b)
  )
  const about = (ranking: Ranking, line: RankLine): string =>
    `${names.area(line.area)}（${names.area(ranking.scope)}，${names.target(ranking.target)}）`
  const linesOf = (wanted: (line: RankLine) => boolean): [Ranking, RankLine][] =>
    rankings.flatMap(ranking => ranking.lines.filter(wanted).map((line): [Ranking, RankLine] => [ranking, line]))
  return {
    tables: rankings.map(ranking => ({
      scope: ranking.scope,
      target: ranking.target,
      title: `${names.area(ranking.scope)}：${names.target(ranking.target)}${ranking.ranked ? '' : `（${unranked[ranking.reason ?? 'too_few']}）`}`,
      columns: [
        '名次 Place',
        '区域 Area',
        '达标率 % Share',
        '最高可能 % At most',
        '数据不足 Unknown',
        '共计 Total',
        '说明 Remarks'
      ],
      rows: ranking.lines.map(line => [
        placeText(line),
        names.area(line.area),
        percentText(line.pct),
        percentText(line.hiPct),
        line.unknownN,
        line.totalN,
        remarkOf(line, names)
      ])
    })),
    named: linesOf(line => line.naming === 'named').map(
      ([ranking, line]) =>
        `${about(ranking, line)}：连续 ${line.backPeriods} 期排名靠后，达标率 ${percentText(line.pct)} %。`
    ),
    // An equal share without unknown schools is no lack of data: the ranking shows the tie.
    notRankable: linesOf(line => line.naming === 'not_rankable' && line.hiPct > line.pct).map(
      ([ranking, line]) => `${about(ranking, line)}：数据不足 ${unknownPct(line)} %，无法判定是否靠后 not rankable。`
    ),
    leftOut: linesOf(line => line.leftOut !== undefined).map(
      ([ranking, line]) => `${about(ranking, line)}：多数学校本期在校日不足，未参加排名 left out (vacation)。`
    )
  }
}

const unranked = {
  vacation: '假期沿用，不排名 not ranked: vacation',
  too_few: '可比区域不足两个，不排名 not ranked: too few'
} as const

/** `2`, or `2–3` where what is unknown leaves it open; nothing where it has no place. */
export const placeText = (line: Pick<RankLine, 'first' | 'last'>): string =>
  line.first === 0 ? '—' : line.first === line.last ? String(line.first) : `${line.first}–${line.last}`

const unknownPct = (line: RankLine): string => percentText(line.totalN === 0 ? 0 : (100 * line.unknownN) / line.totalN)

const remarkOf = (line: RankLine, names: Names): string =>
  [
    ...(line.leftOut === undefined ? [] : ['假期，未参加排名']),
    ...(line.tied.length === 0 ? [] : [`与${line.tied.map(id => names.area(id)).join('、')}并列（区间重叠）`]),
    ...(line.naming === 'named' ? [`通报：连续 ${line.backPeriods} 期排名靠后`] : []),
    ...(line.naming !== 'named' && line.atBack ? ['排名靠后'] : []),
    ...(line.naming === 'not_rankable' && line.hiPct > line.pct
      ? [`无法判定是否靠后：数据不足 ${unknownPct(line)} %`]
      : [])
  ].join('；')
