import { termIn } from '../views/term-words.ts'
import { objectionsOf, submissionsOf } from './county-tables.ts'
import type { Edition } from './edition.ts'
import { rankTables, type RankTable } from './rank-tables.ts'
import { changesOf, evidenceOf, schoolsOf } from './school-tables.ts'
import { minuteText, namesOf, type Names, type Table } from './table.ts'
import { causeText, goalText, percentText, stageText } from './words.ts'

/** A bulletin in words and tables, Chinese first: all outputs but JSON are made of it. */
export interface Contents {
  readonly title: string
  /** 模拟数据, or ''. */
  readonly simulated: string
  /** 预览, or which revision of how many. */
  readonly status: string
  readonly isPreview: boolean
  /** Name and value, for the head of the paper. */
  readonly head: readonly (readonly [name: string, value: string])[]
  /** Sentences above the tables: no schools, carried over. */
  readonly remarks: readonly string[]
  readonly summary: Table
  readonly rankings: readonly RankTable[]
  /** 通报: sentences; `notRankable` beside it, so that nobody reads silence as praise. */
  readonly named: readonly string[]
  readonly notRankable: readonly string[]
  readonly leftOut: readonly string[]
  readonly unknown: Table
  readonly carried: Table
  readonly schools: Table
  readonly evidence: Table
  readonly changes: Table
  readonly submissions: Table
  readonly objections: Table
}

export const contentsOf = (edition: Edition): Contents => {
  const names = namesOf(edition)
  const ranks = rankTables(edition, names)
  return {
    title: `${Number(edition.period.name.slice(0, 4))}年${Number(edition.period.name.slice(5))}月教育信息化建设达标情况通报`,
    simulated: edition.simulated ? '模拟数据 Simulated data' : '',
    ...statusOf(edition),
    head: headOf(edition),
    remarks: remarksOf(edition),
    summary: summaryOf(edition, names),
    rankings: ranks.tables,
    named: ranks.named,
    notRankable: ranks.notRankable,
    leftOut: ranks.leftOut,
    unknown: unknownOf(edition, names),
    carried: carriedOf(edition, names),
    schools: schoolsOf(edition, names),
    evidence: evidenceOf(edition, names),
    changes: changesOf(edition, names),
    submissions: submissionsOf(edition, names),
    objections: objectionsOf(edition, names)
  }
}

const statusOf = ({ row, revisions, stage }: Edition): Pick<Contents, 'status' | 'isPreview'> =>
  row === undefined
    ? { status: `预览 Preview（${stageText(stage)}，数据仍在变化）`, isPreview: true }
    : {
        status: `第 ${row.revision} 版，共 ${revisions.length} 版 Revision ${row.revision} of ${revisions.length}（${stageText(stage)}）`,
        isPreview: false
      }

const headOf = ({ period, row, asOfMs, rules }: Edition): Contents['head'] => [
  ['统计周期 Period', `${period.name}（${period.firstDay} 至 ${period.lastDay}）`],
  ['数据截至 As of', minuteText(asOfMs)],
  ...(row === undefined
    ? []
    : ([
        ['冻结时间 Frozen', `${minuteText(row.frozenMs)}（${row.by}，${causeText(row.cause)}）`],
        ['发布时间 Published', row.publishedMs === undefined ? '尚未发布 not yet' : minuteText(row.publishedMs)],
        ['证据集 SHA-256', row.sha256],
        ...(row.note === undefined ? [] : [['说明 Note', row.note] as const])
      ] as const)),
  ['规则版本 Rules', Object.values(rules).toSorted().join('、')]
]

const remarksOf = ({ schools, row, rankings, targets }: Edition): string[] => [
  ...(schools.length === 0 ? ['台账中没有学校，本期没有可通报的内容。 The ledger has no schools.'] : []),
  ...(schools.length > 0 && targets.length === 0
    ? ['没有适用的建设指标：请在台账中为区域指定指标包。 No target pack rules any of the schools.']
    : []),
  ...(row?.ranked === false || (rankings.length > 0 && rankings.every(r => r.reason === 'vacation'))
    ? ['本期在校日不足，沿用上期结果，不参加排名。 Vacation: carried over, not ranked.']
    : [])
]

/** Areas that no other area of the edition is above of. */
const rootsOf = ({ areas }: Edition): string[] => {
  const ids = new Set(areas.map(area => area.id))
  return areas.filter(area => area.parent === undefined || !ids.has(area.parent)).map(area => area.id)
}

const summaryOf = (edition: Edition, names: Names): Table => {
  const order = [...rootsOf(edition), ...edition.groups.map(group => `group:${group.id}`)]
  const shares = new Map(edition.shares.map(share => [`${share.area} ${share.target}`, share]))
  return {
    id: 'summary',
    title: '总体情况 Summary',
    columns: [
      '区域 Area',
      '指标 Target',
      '达标 Met',
      '不达标 Missed',
      '数据不足 Unknown',
      '适用学校 Schools',
      '达标率 % Share',
      '最高可能 % At most',
      '目标 % Goal',
      '结论 Conclusion'
    ],
    rows: order.flatMap(area =>
      edition.targets.flatMap(target => {
        const share = shares.get(`${area} ${target.key}`)
        if (share === undefined) return []
        return [
          [
            names.area(area),
            names.target(target.key),
            share.metN,
            share.missedN,
            share.unknownN,
            share.totalN,
            percentText(share.pct),
            percentText(share.hiPct),
            share.goalPct === 0 ? '–' : percentText(share.goalPct),
            goalText(share)
          ]
        ]
      })
    ),
    none: '没有数据。 Nothing to show.'
  }
}

const unknownOf = (edition: Edition, names: Names): Table => {
  const cause = termIn('zh')
  const unknown = edition.verdicts.filter(v => v.verdict === 'unknown')
  const groups = Map.groupBy(unknown, v => `${v.target} ${v.reason}`)
  return {
    id: 'unknown',
    title: '数据不足的原因 Unknown, by cause',
    columns: ['指标 Target', '原因 Cause', '学校数 Schools'],
    rows: inTargetOrder(edition, [...groups.values()], list => list[0]?.target ?? '').map(list => [
      names.target(list[0]?.target ?? ''),
      cause('cause', list[0]?.reason ?? ''),
      list.length
    ]),
    none: '没有数据不足的学校。 Nothing is unknown.'
  }
}

const carriedOf = (edition: Edition, names: Names): Table => {
  const carried = edition.verdicts.filter(v => v.reason === 'vacation' && v.verdict !== 'not_applicable')
  const groups = Map.groupBy(carried, v => v.target)
  return {
    id: 'carried',
    title: '沿用上期结果的学校 Carried over (fewer than 5 school days)',
    columns: ['指标 Target', '学校数 Schools'],
    rows: inTargetOrder(edition, [...groups], ([target]) => target).map(([target, list]) => [
      names.target(target),
      list.length
    ]),
    none: '没有沿用。 None.'
  }
}

const inTargetOrder = <Row>(edition: Edition, rows: readonly Row[], keyOf: (row: Row) => string): Row[] => {
  const place = new Map(edition.targets.map((target, i) => [target.key, i]))
  return rows.toSorted((a, b) => (place.get(keyOf(a)) ?? 0) - (place.get(keyOf(b)) ?? 0))
}
