import t from 'tap'
import type { Board, Panel } from '../../dashboards/board.ts'
import { boardFile, boards } from '../../dashboards/boards.ts'
import { lint } from '../../dashboards/lint/lint.ts'

const ways: readonly (readonly [what: string, plant: (panel: Panel) => void, says: string])[] = [
  [
    'everything in green',
    panel => Object.assign(panel.fieldConfig.defaults, { color: { mode: 'fixed', fixedColor: '#3F8F5B' } }),
    'must be coloured by steps or series, got "fixed"'
  ],
  [
    'a column in red',
    ({ fieldConfig: { overrides } }) =>
      overrides[0]?.properties.push({ id: 'color', value: { mode: 'fixed', fixedColor: '#C4423A' } }),
    'must be coloured by steps or series, got a colour of its own for room'
  ],
  [
    'nothing mapped to good news',
    panel =>
      panel.fieldConfig.defaults.mappings.push({
        type: 'special',
        options: { result: { text: '正常', color: '#3F8F5B', index: 0 } }
      }),
    'must map codes only, got a mapping of "special"'
  ],
  [
    'a column that calls nothing good',
    ({ fieldConfig: { overrides } }) => overrides[0]?.properties.push({ id: 'noValue', value: '正常' }),
    'must say 无数据 No data without a figure, got "正常"'
  ]
]

void t.test('figures of days are not spread over hours, most of which would be empty', t => {
  const planted = boards.map(board => JSON.parse(boardFile(board).text) as Board)
  for (const target of planted.find(({ uid }) => uid === 'cg-school')?.panels.find(({ id }) => id === 6)?.targets ?? [])
    target.query = target.query.replace('time(1d)', 'time(1h)')
  t.same(lint(planted), [
    `cg-school chart 6 "IPv6 状态 IPv6 by day" must have windows of a day for figures of days, got A: time(1h), "device", "check" fill(null) tz('Asia/Shanghai')`
  ])
  t.end()
})

void t.test('no way past steps and codes makes good or bad news of nothing', t => {
  for (const [what, plant, says] of ways) {
    const planted = boards.map(board => JSON.parse(boardFile(board).text) as Board)
    const panel = planted.find(({ uid }) => uid === 'cg-school')?.panels.find(({ id }) => id === 7)
    if (panel !== undefined) plant(panel)
    t.same(lint(planted), [`cg-school chart 7 "一体机 Panels" ${says}`], what)
  }
  t.end()
})
