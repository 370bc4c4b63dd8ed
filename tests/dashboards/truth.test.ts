import t from 'tap'
import { defaultTemplates } from '../../collector/ledger/checks.ts'
import { alertQueries } from '../../dashboards/alerting/queries.ts'
import type { Board, Panel } from '../../dashboards/board.ts'
import { boardFile, boards } from '../../dashboards/boards.ts'
import { collectorCheck } from '../../dashboards/overview.ts'
import { captions } from '../rig/captions/captions.ts'

const all = boards.map(board => JSON.parse(boardFile(board).text) as Board)
const chart = (uid: string, id: number): Panel => {
  const panel = all.find(board => board.uid === uid)?.panels.find(one => one.id === id)
  if (panel === undefined) throw new Error(`${uid} must have a chart ${id}`)
  return panel
}

void t.test('an outage of the collector is no failure of a site', t => {
  t.ok(
    defaultTemplates('http://c.example').some(({ name, probe }) => probe === 'portal' && `-${name}` === collectorCheck)
  )
  t.match(chart('cg-overview', 7).targets[0]?.query, `AND "check" !~ /${collectorCheck}$/ GROUP BY`)
  t.end()
})

void t.test('counties come worst first by what is known of them, and none first for want of a figure', t => {
  const { options, transformations } = chart('cg-overview', 3)
  t.match(options['sortBy'], [
    { displayName: '最高可能 At most', desc: false },
    { displayName: '达标率 Met', desc: false }
  ])
  t.match(
    transformations.find(({ id }) => id === 'filterByValue')?.options,
    { type: 'exclude', match: 'any', filters: [{ fieldName: 'hi_pct', config: { id: 'isNull', options: {} } }] },
    'Grafana sorts null before the smallest number'
  )
  t.end()
})

void t.test('what comes first is what the title says: the worst', t => {
  const sorts = all.flatMap(({ uid, panels }) =>
    panels.flatMap(({ id, options }) => {
      const by = (options['sortBy'] ?? []) as { displayName: string; desc: boolean }[]
      const [first] = by
      return first === undefined ? [] : [`${uid} ${id}: ${first.displayName} ${first.desc ? 'down' : 'up'}`]
    })
  )
  t.same(sorts, [
    'cg-overview 3: 最高可能 At most up',
    'cg-overview 4: 达标率 Met up',
    'cg-overview 7: 打不开网站 Sites failed down',
    'cg-overview 8: 不达标（项）Missed down',
    'cg-school 2: 判定 Verdict up',
    'cg-school 7: 可用率 Available up',
    'cg-school 8: 日期 Day down',
    'cg-bandwidth 2: 测试 Test down',
    'cg-bandwidth 3: 学校 School up',
    'cg-rooms 1: 就绪率 Ready up',
    'cg-rooms 2: 可用率 Available up',
    'cg-ranking 1: 统计周期 Period down',
    'cg-pipeline 15: 距上次 Since down',
    'cg-pipeline 16: 偏差 Skew down'
  ])
  t.end()
})

void t.test('a document without a goal has none, not the goal 0 %', t => {
  for (const id of [3, 4, 5]) {
    const own = chart('cg-overview', id).fieldConfig.overrides.find(({ matcher }) => matcher.options === 'goal_pct')
    t.match(own?.properties.find(property => property.id === 'mappings')?.value, [
      { type: 'value', options: { 0: { text: '– 未设 None' } } }
    ])
  }
  t.end()
})

void t.test(
  'every chart looks back as far as its caption says, and the ranking ahead to the month that is named next',
  t => {
    const hoursOf = (range: string): number => {
      const [, count = '', unit = ''] = /^(?:now-)?(\d+)([mhd])$/.exec(range) ?? []
      return Number(count) * ({ m: 1 / 60, h: 1, d: 24 }[unit] ?? NaN)
    }
    for (const { at, hours } of captions) {
      const [uid = '', id] = at.split(' ')
      const time = all.find(board => board.uid === uid)?.time
      t.equal(time?.to, uid === 'cg-ranking' ? 'now+1M/M' : 'now', at)
      if (uid === 'cg-ranking') t.equal(time?.from, 'now-6M/M', at)
      else t.ok(Math.abs(hoursOf(chart(uid, Number(id)).timeFrom ?? time?.from ?? '') - hours) < 1e-9, at)
    }
    t.end()
  }
)

void t.test('what may be older than three days says of which day it is', t => {
  const days = (range: string | undefined): number => {
    const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(range ?? '') ?? []
    return Number(count) * ({ m: 1 / 1_440, h: 1 / 24, d: 1 }[unit] ?? NaN)
  }
  // These two say in their words that they look at the last day of tests in the chosen time.
  const told = ['cg-bandwidth 1', 'cg-bandwidth 2']
  const silent = all.flatMap(({ uid, panels }) =>
    panels
      .filter(({ type, timeFrom }) => ['table', 'stat', 'barchart'].includes(type) && !(days(timeFrom) <= 3))
      .filter(({ targets }) => targets.some(({ query }) => /last\(|SELECT "/.test(query)))
      .filter(({ transformations }) => !JSON.stringify(transformations).includes('"Time"'))
      .map(({ id }) => `${uid} ${id}`)
  )
  t.same(
    silent.filter(place => !told.includes(place)),
    []
  )
  t.end()
})

void t.test('no alert of a school hangs on an outage of the collector or on a day that has just begun', t => {
  const rule = (uid: string) => alertQueries().find(one => one.rule === uid)
  const [silent, panels] = [rule('cg-school-silent'), rule('cg-panels')]
  // Agents try again within 300 s, and the state of schools is told every 300 s.
  t.ok((silent?.forS ?? 0) > 600)
  t.equal(panels?.toS, 86_400, 'figures of whole days only')
  t.equal((panels?.fromS ?? 0) - (panels?.toS ?? 0), 7 * 86_400)
  t.end()
})
