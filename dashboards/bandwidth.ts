import { at } from './chart.ts'
import { dashboard } from './dashboard.ts'
import { chosen, is, last, max, percentile, sum, type Condition } from './influxql.ts'
import { countedBars, table, timeSeries } from './kinds.ts'
import { id, verdict } from './looks.ts'
import { city, county, schoolOrAll } from './variables.ts'
import { troubles } from './words.ts'

const below: readonly Condition[] = [chosen('city'), chosen('county'), chosen('school')]
const downstream: readonly Condition[] = [...below, is('direction', 'down')]
const uplink = ['county', 'school', 'device', 'check'] as const

export const bandwidth = dashboard({
  name: 'bandwidth',
  title: { zh: '出口带宽', en: 'Bandwidth' },
  says: {
    zh: '哪些学校的出口达不到应有的带宽档、各档有多少条出口、测试花了多少流量。测试没有结论的不算不达标。',
    en: 'Which uplinks are below their tier, how many there are of each tier, and what the tests cost. An inconclusive test blames nobody.'
  },
  from: 'now-30d',
  refresh: '15m',
  variables: [city, county, schoolOrAll],
  milestones: true,
  panels: [
    countedBars({
      id: 1,
      place: at(0, 0, 8, 9),
      title: { zh: '各带宽档的出口数', en: 'Uplinks by tier' },
      says: {
        zh: '按最近一天测试的带宽档（Mbit/s）分组的出口数，其中多少条测试未达到。只数下行、测过的出口。',
        en: 'Uplinks by the tier of their last day of tests (Mbit/s), and how many of them were below it. Downstream, tested ones only.'
      },
      unit: 'none',
      queries: [{ columns: [last('tier_mbps'), last('below')], from: 'bandwidth_1d', where: downstream, by: uplink }],
      groups: 'tier_mbps',
      counts: 'check',
      sums: ['below'],
      looks: {
        tier_mbps: { title: '带宽档 Tier（Mbit/s）' },
        'check (count)': { title: '出口（条）Uplinks' },
        'below (sum)': { title: '未达到（条）Below' }
      }
    }),
    table({
      id: 2,
      place: at(8, 0, 16, 9),
      title: { zh: '出口测试（未达到的在前）', en: 'Uplinks, below tier first' },
      says: {
        zh: '每条出口、每个方向一行：最近一天的带宽档、最好速率，期间通过、未通过、没有结论的次数。',
        en: 'A row an uplink and direction: tier and best rate of its last day of tests, and tests passed, failed and inconclusive in the range.'
      },
      unit: 'none',
      queries: [
        {
          columns: [
            last('below'),
            last('tier_mbps'),
            last('goodput_mbps'),
            sum('pass_n'),
            sum('fail_n'),
            sum('inconclusive_n')
          ],
          from: 'bandwidth_1d',
          where: below,
          by: [...uplink, 'direction']
        }
      ],
      order: [
        'county',
        'school',
        'direction',
        'below',
        'tier_mbps',
        'goodput_mbps',
        'pass_n',
        'fail_n',
        'inconclusive_n',
        'device'
      ],
      sort: [{ column: 'below', descending: true }, { column: 'goodput_mbps' }],
      looks: {
        county: id.county,
        school: id.school,
        device: id.device,
        direction: id.direction,
        below: { title: '测试 Test', codes: troubles('✕ 未达到', '未见低于'), cell: 'paint' },
        tier_mbps: { title: '带宽档 Tier', unit: 'Mbits' },
        goodput_mbps: { title: '最好速率 Best', unit: 'Mbits', decimals: 0 },
        pass_n: { title: '通过 Passed' },
        fail_n: { title: '未通过 Failed' },
        inconclusive_n: { title: '无结论 Inconclusive' }
      }
    }),
    table({
      id: 3,
      place: at(0, 9, 12, 10),
      title: { zh: '带宽指标的判定', en: 'Verdicts about uplinks' },
      says: {
        zh: '出口带宽类指标对每所学校的判定；判定看整期多天的测试，不看单次。',
        en: 'Verdicts of the targets about uplinks; they rest on the tests of the whole period, not on one.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('verdict'), last('value'), last('goal')],
          from: 'school_1d',
          where: [...below, is('indicator', 'uplink')],
          by: ['county', 'school', 'target']
        }
      ],
      recent: '3d',
      order: ['county', 'school', 'target', 'verdict', 'value', 'goal'],
      sort: [{ column: 'school' }],
      looks: {
        county: id.county,
        school: id.school,
        target: id.target,
        verdict: { ...verdict, more: { 'custom.filterable': true } },
        value: { title: '证据 Evidence' },
        goal: { title: '要求 Wanted' }
      }
    }),
    timeSeries({
      id: 4,
      place: at(12, 9, 12, 10),
      title: { zh: '速率分布', en: 'Spread of rates' },
      says: {
        zh: '每天全部受测出口的下行速率：九成出口高于下面的线，一半高于中间的线。',
        en: 'Downstream rates of all uplinks tested on a day: nine of ten are above the lower line, half above the middle one.'
      },
      unit: 'Mbits',
      queries: [
        {
          columns: [
            percentile('goodput_mbps', 10, 'ninety'),
            percentile('goodput_mbps', 50, 'half'),
            max('goodput_mbps', 'highest')
          ],
          from: 'bandwidth_1d',
          where: downstream,
          every: '1d',
          empty: 'null',
          alias: '$col'
        }
      ],
      min: 0,
      looks: {
        ninety: { title: '九成高于 90% above' },
        half: { title: '半数高于 Half above' },
        highest: { title: '最高 Highest' }
      }
    }),
    timeSeries({
      id: 5,
      place: at(0, 19, 24, 8),
      title: { zh: '测试流量', en: 'Bytes spent on tests' },
      says: {
        zh: '每天带宽测试用掉的流量，按旗县区累加。',
        en: 'What the tier tests of each day cost, by county.'
      },
      unit: 'bytes',
      queries: [
        {
          columns: [sum('bytes_n')],
          from: 'bandwidth_1d',
          where: below,
          every: '1d',
          by: ['county'],
          alias: '$tag_county'
        }
      ],
      bars: 'stacked',
      min: 0
    })
  ]
})
