import { dayOf } from '../calendar/day.ts'
import { explain } from '../verdicts/explain.ts'
import { lookUp, termIn, terms } from '../views/term-words.ts'
import type { Edition } from './edition.ts'
import type { Names, Table } from './table.ts'
import { causeText, verdictText, whyText } from './words.ts'

/** One row a school, one column a target. */
export const schoolsOf = (edition: Edition, names: Names): Table => {
  const verdicts = Map.groupBy(edition.verdicts, v => v.school)
  return {
    id: 'schools',
    title: '学校 Schools',
    columns: ['区域 Area', '学校标识码 Code', '学校 School', ...edition.targets.map(t => names.target(t.key))],
    rows: edition.schools.map(school => {
      const own = new Map((verdicts.get(school.id) ?? []).map(v => [v.target, v]))
      return [
        names.area(school.area),
        school.code,
        school.name,
        ...edition.targets.map(t => {
          const verdict = own.get(t.key)
          return verdict === undefined ? '—' : verdictText(verdict.verdict)
        })
      ]
    }),
    none: '台账中没有学校。 The ledger has no schools.'
  }
}

/** One row a school and target: why it is so. */
export const evidenceOf = (edition: Edition, names: Names): Table => ({
  id: 'evidence',
  title: '依据 Evidence',
  columns: [
    '区域 Area',
    '学校标识码 Code',
    '学校 School',
    '指标 Target',
    '判定 Verdict',
    '原因 Reason',
    '依据说明 Explanation',
    'n',
    '应有 n Expected',
    '未采用 Excluded',
    '证据 Evidence',
    '规则 Rule',
    '自 Since'
  ],
  rows: edition.verdicts.map(v => {
    const school = names.school(v.school)
    const term = termIn('zh')
    return [
      names.area(school.area),
      school.code,
      school.name,
      names.target(v.target),
      verdictText(v.verdict),
      term('cause', v.reason),
      explain(v, 'zh'),
      v.n,
      v.expectedN,
      Object.entries(v.excluded)
        .map(([what, n]) => lookUp(terms.excluded, what, 'zh')?.replace('{n}', String(n)) ?? `${what} ${n}`)
        .join('；'),
      v.evidence.slice(0, 20).join('；'),
      v.ruleVersion,
      dayOf(v.sinceMs)
    ]
  }),
  none: '没有判定。 No verdicts.'
})

/** What each revision says otherwise than the one before. */
export const changesOf = ({ revisions }: Edition, names: Names): Table => {
  const term = termIn('zh')
  const said = (verdict: string, reason: string): string =>
    verdict === '' ? '无 none' : `${verdictText(verdict)}（${term('cause', reason)}）`
  return {
    id: 'changes',
    title: '各版变更 Changes between revisions',
    columns: ['版次 Revision', '学校 School', '指标 Target', '原判定 Before', '新判定 After', '原因 Why'],
    rows: revisions
      .filter(row => row.revision > 1)
      .flatMap(row => [
        [
          row.revision,
          '',
          '',
          '',
          '',
          `${causeText(row.cause)}（${row.by}）：${whyText(row.why ?? {})}${row.note === undefined ? '' : `：${row.note}`}`
        ],
        ...row.changes.map(change => [
          row.revision,
          names.school(change.school).name,
          names.target(change.target),
          said(change.before, change.reasonBefore),
          said(change.after, change.reasonAfter),
          whyText(Object.fromEntries((change.why ?? []).map(kind => [kind, 0])))
        ])
      ]),
    none: '没有变更。 No changes.'
  }
}
