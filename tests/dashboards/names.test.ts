import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import type { Board, Mapping, Panel } from '../../dashboards/board.ts'
import { withNames, type Names } from '../../dashboards/names.ts'

const fileOf = (board: string): string => resolve(import.meta.dirname, `../../dashboards/json/cg-${board}.json`)
const boardOf = (board: string): Board => JSON.parse(readFileSync(fileOf(board), 'utf8')) as Board
const overview = boardOf('overview')
const names: Names = {
  areas: [
    { id: 'shaanxi', name: '陕西省', level: 'province', ranks: false },
    { id: 'yulin', name: '榆林市', level: 'city', ranks: true },
    { id: 'yuyang', name: '榆阳区, 老城', level: 'county', ranks: false }
  ],
  schools: new Map([['s-1', '榆阳区第一小学']]),
  schoolList: [
    { id: 's-1', name: '榆阳区第一小学' },
    { id: 's-2', name: '榆阳区, 老城 · 二小' }
  ],
  rooms: new Map(),
  devices: new Map(),
  targets: [{ id: 'yulin-2022/ipv6', name: '校园网支持 IPv6 用户访问' }]
}
const named = withNames(overview, names)
const variable = (name: string) => named.templating.list.find(one => one.name === name)
const before = (board: string, name: string) => boardOf(board).templating.list.find(one => one.name === name)
const chart = (board: Board, id: number): Panel | undefined => board.panels.find(panel => panel.id === id)
const mappingOf = (panel: Panel | undefined, column: string): Mapping | undefined => {
  const override = panel?.fieldConfig.overrides.find(one => one.matcher.options === column)
  return (override?.properties.find(property => property.id === 'mappings')?.value as Mapping[] | undefined)?.[0]
}

void t.test('drop-downs of areas and targets list names, the top area first', t => {
  t.match(variable('area'), {
    type: 'custom',
    query: '陕西省 : shaanxi, 榆林市 : yulin, 榆阳区\\, 老城 : yuyang',
    current: { text: '陕西省', value: 'shaanxi' }
  })
  t.match(variable('county'), {
    type: 'custom',
    query: '榆阳区\\, 老城 : yuyang',
    allValue: '.*',
    includeAll: true,
    current: { value: '$__all' }
  })
  t.match(variable('target'), { type: 'custom', query: '校园网支持 IPv6 用户访问 : yulin-2022/ipv6', multi: true })
  t.equal(variable('area')?.datasource, undefined)
  t.end()
})

void t.test('one school is chosen by name out of all, and no county of a link contradicts it', t => {
  const after = withNames(boardOf('school'), names)
  const one = (name: string) => after.templating.list.find(variable => variable.name === name)
  t.match(one('school'), {
    type: 'custom',
    query: '榆阳区第一小学 : s-1, 榆阳区\\, 老城 · 二小 : s-2',
    current: { text: '榆阳区第一小学', value: 's-1' }
  })
  for (const above of ['city', 'county'])
    t.match(one(above), { hide: 2, skipUrlSync: true, allValue: '.*', current: { value: '$__all' } })
  t.equal(one('device')?.type, 'query')
  t.end()
})

void t.test('among all schools or one, city and county stay a choice', t => {
  const { templating } = withNames(boardOf('rooms'), names)
  const one = (name: string) => templating.list.find(variable => variable.name === name)
  t.match(one('school'), { type: 'custom', includeAll: true, allValue: '.*', current: { value: '$__all' } })
  t.equal(one('county')?.skipUrlSync, before('rooms', 'county')?.skipUrlSync)
  t.not(one('county')?.hide, 2)
  const many = Array.from({ length: 5_001 }, (_, i) => ({ id: `s-${i}`, name: `学校 ${i}` }))
  const crowd = withNames(boardOf('school'), { ...names, schoolList: many }).templating.list
  t.equal(crowd.find(({ name }) => name === 'school')?.type, 'query', 'too many for a list')
  t.not(crowd.find(({ name }) => name === 'county')?.hide, 2)
  t.end()
})

void t.test('cells and legends say names, and links still take the id', t => {
  t.same(mappingOf(chart(named, 8), 'school')?.options, { 's-1': { text: '榆阳区第一小学', index: 0 } })
  t.equal(mappingOf(chart(named, 3), 'county')?.options['yuyang']?.text, '榆阳区, 老城')
  const legends = chart(named, 6)?.fieldConfig.overrides.filter(one => one.matcher.id === 'byName')
  t.same(
    legends?.map(({ matcher, properties }) => [matcher.options, properties[0]?.value]),
    [
      ['yulin-2022/ipv6', '校园网支持 IPv6 用户访问'],
      ['composite', '综合 Composite'],
      ['目标 Goal yulin-2022/ipv6', '目标 Goal 校园网支持 IPv6 用户访问'],
      ['目标 Goal composite', '目标 Goal 综合 Composite']
    ]
  )
  t.match(JSON.stringify(chart(named, 8)), '/d/cg-school?var-school=${__value.raw:percentencode}')
  t.end()
})

void t.test('a name is text and no variable of Grafana', t => {
  const hostile = '甲${county}$school[[city]], <b> : x'
  const { templating, panels } = withNames(overview, {
    ...names,
    areas: [{ id: 'yulin', name: hostile, level: 'city', ranks: true }],
    targets: [{ id: 'yulin-2022/ipv6', name: hostile }]
  })
  const list = templating.list.filter(({ name }) => ['city', 'area', 'target'].includes(name))
  t.same(
    list.map(({ type, query }) => [type, /\$|\[\[/.test(query), query.includes('\\, <b> : x : yulin')]),
    list.map(() => ['custom', false, true])
  )
  t.notMatch(JSON.stringify(panels.find(({ id }) => id === 6)?.fieldConfig.overrides), /\$\{county/)
  t.end()
})

void t.test('without names nothing changes, and too many names of one kind are left out', t => {
  const none: Names = {
    areas: [],
    schools: new Map(),
    schoolList: [],
    rooms: new Map(),
    devices: new Map(),
    targets: []
  }
  const quiet = withNames(overview, none)
  t.same(
    quiet.templating.list.map(one => one.type),
    overview.templating.list.map(one => one.type)
  )
  t.equal(mappingOf(chart(quiet, 8), 'school'), undefined)
  const many = new Map(Array.from({ length: 5_001 }, (_, i) => [`s-${i}`, `学校 ${i}`]))
  t.equal(mappingOf(chart(withNames(overview, { ...names, schools: many }), 8), 'school'), undefined)
  t.same(overview, boardOf('overview'), 'the board that came in is as it was')
  t.end()
})
