import t from 'tap'
import type { Board, Panel, Thresholds, Variable } from '../../dashboards/board.ts'
import { boardFile, boards } from '../../dashboards/boards.ts'
import { lint } from '../../dashboards/lint/lint.ts'

const files = boards.map(board => boardFile(board).text)
const good = (): Board[] => files.map(text => JSON.parse(text) as Board)
const found = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('the test plants its mistakes in what is there')
  return value
}
const chart = (board: Board, id: number): Panel => found(board.panels.find(panel => panel.id === id))
const target = (board: Board, id: number): Panel['targets'][number] => found(chart(board, id).targets[0])
const variable = (board: Board, name: string): Variable => found(board.templating.list.find(one => one.name === name))
const stepsOf = (board: Board, id: number, column: string): Thresholds['steps'] => {
  const own = chart(board, id).fieldConfig.overrides.find(one => one.matcher.options === column)
  return found(own?.properties.find(property => property.id === 'thresholds')?.value as Thresholds | undefined).steps
}
const link = (board: Board, url: string): void => {
  chart(board, 7).fieldConfig.defaults.links = [{ title: 'x', url }]
}

/** Mistakes that a person might make, what to change, and the one sentence that the lint must say of it. */
const mistakes: readonly (readonly [what: string, plant: (board: Board) => void, says: string])[] = [
  ['editable', board => (board.editable = true), 'cg-school must not be editable, got editable true'],
  ['no refresh', board => (board.refresh = ''), 'cg-school must refresh by itself, got refresh ""'],
  ['another timezone', board => (board.timezone = 'browser'), 'cg-school must be in Asia/Shanghai, got "browser"'],
  [
    'a newer schema',
    board => (board.schemaVersion = 39),
    'cg-school must have schemaVersion 37 of Grafana 9.1, got 39'
  ],
  ['no tag', board => (board.tags = []), 'cg-school must have the tag campus-gauge, got []'],
  [
    'no description',
    board => (board.description = ''),
    'cg-school must have a description in Chinese with English beside it, got ""'
  ],
  [
    'an English label',
    board => (variable(board, 'school').label = 'School'),
    'cg-school must have a label of variable school in Chinese with English beside it, got "School"'
  ],
  [
    'a title in English only',
    board => (chart(board, 2).title = 'Verdicts'),
    'cg-school chart 2 "Verdicts" must have a title in Chinese with English beside it, got "Verdicts"'
  ],
  [
    'a chart without description',
    board => (chart(board, 2).description = ''),
    'cg-school chart 2 "本期判定 Verdicts" must have a description in Chinese with English beside it, got ""'
  ],
  [
    'no unit',
    board => (chart(board, 5).fieldConfig.defaults.unit = ''),
    'cg-school chart 5 "出口带宽与应达档位 Uplink against its tier" must have a unit, got ""'
  ],
  [
    'percents that pass for numbers',
    board => {
      const own = found(chart(board, 8).fieldConfig.overrides.find(one => one.matcher.options === 'hours_ready_pct'))
      own.properties = own.properties.filter(property => property.id !== 'unit')
    },
    'cg-school chart 8 "录播教室 Recording rooms" must show "hours_ready_pct" in percent, got "none"'
  ],
  ['an id twice', board => (chart(board, 3).id = 2), 'cg-school must have one chart of id 2, got two'],
  [
    'outside the grid',
    board => (chart(board, 8).gridPos.w = 13),
    'cg-school chart 8 "录播教室 Recording rooms" must stand inside 24 columns, got x 12 y 34 w 13 h 9'
  ],
  [
    'on another chart',
    board => (chart(board, 8).gridPos.x = 11),
    'cg-school chart 8 "录播教室 Recording rooms" must not stand on chart 7 "一体机 Panels", got x 11 y 34 w 12 h 9'
  ],
  [
    'a data source by uid',
    board => (chart(board, 8).datasource.uid = 'campus-gauge-influxdb-rollup'),
    'cg-school chart 8 "录播教室 Recording rooms" must use the data source ${raw} or ${rollup}, got "campus-gauge-influxdb-rollup"'
  ],
  [
    'a variable of another data source',
    board => (variable(board, 'school').datasource = { type: 'influxdb', uid: 'x' }),
    'cg-school variable school must use the data source ${raw} or ${rollup}, got "x"'
  ],
  [
    'no data source variable',
    board => board.templating.list.shift(),
    'cg-school must have the data source variable raw, got ["rollup","city","county","school","device"]'
  ],
  [
    'no query',
    board => (chart(board, 8).targets = []),
    'cg-school chart 8 "录播教室 Recording rooms" must have a query, got none'
  ],
  [
    'a query that is not shown raw',
    board => (target(board, 8).rawQuery = false),
    'cg-school chart 8 "录播教室 Recording rooms" must have raw queries, got rawQuery false of A'
  ],
  [
    'a refId twice',
    board => {
      const [one] = chart(board, 8).targets
      if (one !== undefined) chart(board, 8).targets.push(one)
    },
    'cg-school chart 8 "录播教室 Recording rooms" must name its queries apart, got A twice'
  ],
  [
    'a field that is not there',
    board => (target(board, 2).query = target(board, 2).query.replace('last("value")', 'last("evidence")')),
    'cg-school chart 2 "本期判定 Verdicts" must read fields of "school_1d", got "evidence"'
  ],
  [
    'a variable that is not there',
    board => (target(board, 2).query = target(board, 2).query.replace('{school:', '{campus:')),
    'cg-school chart 2 "本期判定 Verdicts" must use variables of its dashboard, got campus'
  ],
  [
    'raw readings of a month',
    board => delete chart(board, 4).timeFrom,
    'cg-school chart 4 "检测状态（近 24 小时） Checks, last 24 hours" must ask rollups for more than a day, got now-30d of raw'
  ],
  [
    'none among the choices',
    board =>
      (variable(board, 'city').query = variable(board, 'city').query.replace(`"city" != 'none'`, `"county" != 'none'`)),
    `cg-school variable city must not offer none, got "SHOW TAG VALUES FROM \\"standing_1d\\" WITH KEY = \\"city\\" WHERE \\"county\\" != 'none'"`
  ],
  [
    'a chain that runs backwards',
    board => {
      const school = variable(board, 'school')
      const rest = board.templating.list.filter(one => one !== school)
      board.templating.list = [...rest.slice(0, 3), school, ...rest.slice(3)]
    },
    'cg-school variable school must follow variables that stand before it, got county'
  ],
  [
    'an annotation whose target asks otherwise',
    board => {
      const [one] = board.annotations.list
      if (one !== undefined) one.target.query = ''
    },
    'cg-school annotation 冻结 Freeze must ask the same in its target, got ""'
  ],
  [
    'no data in green',
    board => {
      const [one] = chart(board, 7).fieldConfig.defaults.thresholds.steps
      if (one !== undefined) one.color = '#3F8F5B'
    },
    'cg-school chart 7 "一体机 Panels" must be #7F8896 below every step, for what has no figure, got {"color":"#3F8F5B","value":null}'
  ],
  [
    'no word for no data',
    board => (chart(board, 7).fieldConfig.defaults.noValue = '达标'),
    'cg-school chart 7 "一体机 Panels" must say 无数据 No data without a figure, got "达标"'
  ],
  [
    'a colour of its own',
    board => {
      const mapping = chart(board, 6).fieldConfig.defaults.mappings[0]?.options['9']
      if (mapping !== undefined)
        chart(board, 6).fieldConfig.defaults.mappings.push({
          type: 'value',
          options: { 99: { text: '?', color: 'green', index: 99 } }
        })
    },
    'cg-school chart 6 "IPv6 状态 IPv6 by day" must use the colours of dashboards/words.ts, got green'
  ],
  [
    'a code with another word',
    board => {
      const mapping = chart(board, 3).fieldConfig.defaults.mappings[0]?.options['1']
      if (mapping !== undefined) mapping.text = '无数据'
    },
    'cg-school chart 3 "判定的变化 Verdicts by day" must show code 1 of "verdict" as ✕ 不达标, got "无数据"'
  ],
  [
    'none missed in green, of a school that is all unknown',
    board => (found(stepsOf(board, 1, 'missed_n')[0]).color = '#3F8F5B'),
    'cg-school chart 1 "学校 School" must be #7F8896 below every step, for what has no figure, got {"color":"#3F8F5B","value":null}|' +
      'cg-school chart 1 "学校 School" must not be green where "missed_n" is 0: nothing known is 0, too'
  ],
  [
    'a panel that is off in red',
    board => (found(stepsOf(board, 7, 'available_pct')[1]).color = '#C4423A'),
    'cg-school chart 7 "一体机 Panels" must not be red where "available_pct" is 0: what was not heard has not failed'
  ],
  [
    'a column that no query gives',
    board => (target(board, 2).query = target(board, 2).query.replace(' AS "value"', ' AS "evidence"')),
    ['filterFieldsByName', 'organize', 'a look']
      .map(what => `cg-school chart 2 "本期判定 Verdicts" must have the column that ${what} names, got no value`)
      .join('|')
  ],
  [
    'a sort by no column',
    board => (chart(board, 2).options['sortBy'] = [{ displayName: 'verdict', desc: false }]),
    'cg-school chart 2 "本期判定 Verdicts" must sort by the title of a column, got "verdict"'
  ],
  [
    'a link that takes the value of another column',
    board =>
      found(chart(board, 7).fieldConfig.overrides.find(one => one.matcher.options === 'room')).properties.push({
        id: 'links',
        value: [{ title: 'x', url: '/d/cg-school?var-school=${__value.raw:percentencode}' }]
      }),
    'cg-school chart 7 "一体机 Panels" must set school from its own column, got it from room'
  ],
  [
    'a state that runs on through a gap',
    board => (target(board, 6).query = target(board, 6).query.replace('fill(null)', 'fill(none)')),
    'cg-school chart 6 "IPv6 状态 IPv6 by day" must leave windows without a figure empty by fill(null), got query A without it'
  ],
  [
    'a line through a gap',
    board =>
      ((chart(board, 5).fieldConfig.defaults as { custom?: Record<string, unknown> }).custom = { spanNulls: true }),
    'cg-school chart 5 "出口带宽与应达档位 Uplink against its tier" must not draw through gaps, got spanNulls'
  ],
  [
    'readiness whose colours run backwards',
    board => {
      const steps = stepsOf(board, 8, 'hours_ready_pct')
      const [, first, , last] = steps
      steps.splice(1, 3, { value: 0, color: found(last).color }, { value: 90, color: found(first).color })
    },
    'cg-school chart 8 "录播教室 Recording rooms" must not be #3F8F5B where "hours_ready_pct" is least, got it from 0 on|' +
      'cg-school chart 8 "录播教室 Recording rooms" must not be #C4423A where "hours_ready_pct" is most, got it from 90 on'
  ],
  [
    'many missed in green',
    board => (found(stepsOf(board, 1, 'missed_n')[1]).color = '#3F8F5B'),
    'cg-school chart 1 "学校 School" must not be #3F8F5B where "missed_n" is most, got it from 1 on'
  ],
  [
    'a line over windows that are left out',
    board => (target(board, 5).query = target(board, 5).query.replace('fill(null)', 'fill(none)')),
    'cg-school chart 5 "出口带宽与应达档位 Uplink against its tier" must not draw through windows without a figure, got query A without fill(null)'
  ],
  [
    'a tile that shows an older figure',
    board => {
      chart(board, 7).type = 'stat'
      chart(board, 7).options['reduceOptions'] = { values: false, calcs: ['lastNotNull'], fields: '' }
    },
    'cg-school chart 7 "一体机 Panels" must show the last row and no other, got ["lastNotNull"]'
  ],
  [
    'no way to the other dashboards',
    board => (board.links = []),
    'cg-school must link to the other dashboards by the tag campus-gauge, got []'
  ],
  [
    'a link to nowhere',
    board => link(board, '/d/cg-schools?${city:queryparam}'),
    'cg-school chart 7 "一体机 Panels" must link to a dashboard of ours, got "/d/cg-schools?${city:queryparam}"'
  ],
  [
    'a link that sets what is not there',
    board => link(board, '/d/cg-rooms?var-room=${__value.raw:percentencode}'),
    'cg-school chart 7 "一体机 Panels" must set a variable that cg-rooms has, got room'
  ],
  [
    'a link that carries what the other has not',
    board => link(board, '/d/cg-rooms?${device:queryparam}'),
    'cg-school chart 7 "一体机 Panels" must carry a variable that cg-rooms has, got device'
  ],
  [
    'a link by the name in the cell',
    board => link(board, '/d/cg-rooms?var-school=${__data.fields.school}'),
    'cg-school chart 7 "一体机 Panels" must link with variables and time only, got "var-school=${__data.fields.school}"'
  ]
]

void t.test('each rule of the lint finds the mistake it is for, and says where it is', t => {
  for (const [what, plant, says] of mistakes) {
    const planted = good()
    const board = planted.find(({ uid }) => uid === 'cg-school')
    if (board !== undefined) plant(board)
    t.same([...new Set(lint(planted))], says.split('|'), what)
  }
  const twins = good()
  twins.push(...good().slice(4, 5))
  t.same(lint(twins), ['cg-ranking must be the uid of one dashboard, got it twice'], 'a uid twice')
  t.end()
})
