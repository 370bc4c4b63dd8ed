import type { Edition } from './edition.ts'
import { submissionStateOf } from './submission.ts'
import { minuteText, type Names, type Table } from './table.ts'

/** 报送 and 审核 of every county, those that did not submit included. */
export const submissionsOf = ({ areas, submissions }: Edition, names: Names): Table => {
  const rowsOf = Map.groupBy(submissions, row => row.area)
  const words = {
    open: '未报送 not submitted',
    submitted: '已报送 submitted',
    accepted: '已审核 accepted',
    returned: '已退回 returned'
  }
  return {
    id: 'submissions',
    title: '报送与审核 Submissions',
    columns: ['区县 County', '状态 State', '经办 By', '时间 Time', '说明 Note'],
    rows: areas
      .filter(area => area.level === 'county')
      .map(area => {
        const rows = rowsOf.get(area.id) ?? []
        const last = rows.at(-1)
        return [
          names.area(area.id),
          words[submissionStateOf(rows)],
          last?.by ?? '',
          last === undefined ? '' : minuteText(last.atMs),
          last?.note ?? ''
        ]
      }),
    none: '没有区县。 No counties.'
  }
}

export const objectionsOf = ({ objections }: Edition, names: Names): Table => {
  const words = { open: '待处理 open', retest: '复测中 re-test', upheld: '成立 upheld', rejected: '不成立 rejected' }
  return {
    id: 'objections',
    title: '申诉 Objections',
    columns: [
      '学校 School',
      '指标 Target',
      '提出 Raised by',
      '时间 Time',
      '内容 Note',
      '状态 State',
      '答复 Answer',
      '答复人 Answered by'
    ],
    rows: objections.map(row => [
      names.school(row.school).name,
      names.target(row.target),
      row.by,
      minuteText(row.raisedMs),
      row.note,
      words[row.state],
      row.answer,
      row.answeredBy
    ]),
    none: '没有申诉。 None.'
  }
}
