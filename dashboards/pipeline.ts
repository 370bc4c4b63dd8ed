import { at, type Step } from './chart.ts'
import { dashboard } from './dashboard.ts'
import { chosen, last, max, percentile, sum, type Condition } from './influxql.ts'
import { stat, table, timeSeries, type Panel } from './kinds.ts'
import { id, lagSteps, noticeSteps, troubleSteps } from './looks.ts'
import { city, county } from './variables.ts'
import { notices, type Codes, type Words } from './words.ts'

const below: readonly Condition[] = [chosen('city'), chosen('county')]

interface Tile {
  readonly field: string
  readonly title: Words
  readonly says: Words
  readonly unit?: string
  readonly steps?: readonly Step[]
  readonly codes?: Codes
}
const tiles: readonly Tile[] = [
  {
    field: 'behind_n',
    title: { zh: '待入库', en: 'Behind' },
    says: { zh: '还没有写入 InfluxDB 的批次。', en: 'Batches that are not in InfluxDB yet.' },
    steps: noticeSteps
  },
  {
    field: 'behind_s',
    title: { zh: '入库滞后', en: 'Oldest behind' },
    says: { zh: '其中最早一批等了多久。', en: 'Age of the oldest of them.' },
    unit: 's',
    steps: lagSteps
  },
  {
    field: 'history_n',
    title: { zh: '待补历史', en: 'History to fill' },
    says: { zh: '还要补写的较早批次。', en: 'Older batches still to be filled in.' },
    steps: noticeSteps
  },
  {
    field: 'refused_n',
    title: { zh: '死信', en: 'Dead letters' },
    says: { zh: 'InfluxDB 不收、留待处理的数据点。', en: 'Points that InfluxDB did not take and that lie aside.' },
    steps: troubleSteps
  },
  {
    field: 'too_old_n',
    title: { zh: '过旧未写', en: 'Too old' },
    says: { zh: '早于数据库保留期、没有写入的数据点。', en: 'Points older than the database keeps.' },
    steps: noticeSteps
  },
  {
    field: 'dirty_n',
    title: { zh: '待汇总', en: 'To roll up' },
    says: { zh: '等待重新汇总的检测日。', en: 'Days of checks that wait for their rollup.' },
    steps: noticeSteps
  },
  {
    field: 'lost_n',
    title: { zh: '丢失读数', en: 'Readings lost' },
    says: { zh: '探针声明丢失的读数（累计）。', en: 'Readings that agents declared lost, ever.' },
    steps: noticeSteps
  },
  {
    field: 'simulated',
    title: { zh: '数据来源', en: 'Source' },
    says: { zh: '是不是模拟数据。', en: 'Whether the schools are simulated.' },
    codes: notices('模拟数据 Simulated', '实测数据 Measured')
  }
]

const tileOf = ({ field: name, title, says, unit = 'none', steps, codes }: Tile, i: number): Panel =>
  stat({
    id: i + 1,
    place: at(i * 3, 0, 3, 4),
    title,
    says,
    unit,
    queries: [{ columns: [max(name)], from: 'pipeline' }],
    recent: '5m',
    ...(steps === undefined ? {} : { steps }),
    ...(codes === undefined ? {} : { codes }),
    looks: { [name]: { title: ' ' } }
  })

export const pipeline = dashboard({
  name: 'pipeline',
  title: { zh: '采集管道', en: 'Pipeline health' },
  says: {
    zh: '数据从探针到 InfluxDB 一路是否顺畅：滞后、积压、丢失、时钟偏差、失联的探针。这里的问题是系统的，不是学校的。',
    en: 'Whether readings flow from agents to InfluxDB: lag, backlog, losses, clock skew, silent agents. What is wrong here is ours, not a school’s.'
  },
  from: 'now-24h',
  refresh: '1m',
  variables: [city, county],
  panels: [
    ...tiles.map(tileOf),
    timeSeries({
      id: 11,
      place: at(0, 4, 12, 9),
      title: { zh: '上报滞后', en: 'Agent lag' },
      says: {
        zh: '每批数据到达时，其中最新一条读数已经多旧：半数、九成五和最慢的探针。',
        en: 'Age of a batch’s newest reading when it arrives: half of the batches, 95 of 100, and the slowest.'
      },
      unit: 's',
      queries: [
        {
          columns: [percentile('lag_s', 50, 'half'), percentile('lag_s', 95, 'most'), max('lag_s', 'slowest')],
          from: 'agent',
          where: below,
          every: '$__interval',
          empty: 'null',
          alias: '$col'
        }
      ],
      interval: '5m',
      looks: { half: { title: '半数 Half' }, most: { title: '九成五 95%' }, slowest: { title: '最慢 Slowest' } },
      min: 0
    }),
    timeSeries({
      id: 12,
      place: at(12, 4, 12, 9),
      title: { zh: '缓存回溯', en: 'Spool reach' },
      says: {
        zh: '到达的批次里最早一条读数有多旧：断网恢复后补传时会升高，补完回落。',
        en: 'Age of the oldest reading that arrives: rises while agents catch up after an outage, and falls when they have.'
      },
      unit: 's',
      queries: [
        {
          columns: [max('oldest_s')],
          from: 'agent',
          where: below,
          every: '$__interval',
          empty: 'null',
          by: ['county'],
          alias: '$tag_county'
        }
      ],
      interval: '5m',
      min: 0
    }),
    timeSeries({
      id: 13,
      place: at(0, 13, 12, 9),
      title: { zh: '入库积压', en: 'Outbox' },
      says: {
        zh: '尚未写入 InfluxDB 的批次和待补的历史批次；InfluxDB 恢复后应回落到零。',
        en: 'Batches not in InfluxDB yet, and history to be filled in; both fall to zero once InfluxDB is back.'
      },
      unit: 'none',
      queries: [
        {
          columns: [max('behind_n'), max('history_n'), max('dirty_n')],
          from: 'pipeline',
          every: '$__interval',
          empty: 'null',
          alias: '$col'
        }
      ],
      interval: '1m',
      looks: {
        behind_n: { title: '待入库 Behind' },
        history_n: { title: '待补历史 History' },
        dirty_n: { title: '待汇总 Rollups' }
      },
      min: 0
    }),
    timeSeries({
      id: 14,
      place: at(12, 13, 12, 9),
      title: { zh: '缺口与拒收', en: 'Gaps, losses, refusals' },
      says: {
        zh: '探针声明的缺口和丢失的读数、被采集服务拒收的读数、迟到超过 15 分钟的读数。',
        en: 'Gaps and losses that agents declare, readings kept aside, and readings more than 15 minutes late.'
      },
      unit: 'none',
      queries: [
        {
          columns: [sum('gaps_n'), sum('lost_n'), sum('refused_n'), sum('late_n')],
          from: 'agent',
          where: below,
          every: '$__interval',
          alias: '$col'
        }
      ],
      interval: '15m',
      bars: 'stacked',
      looks: {
        gaps_n: { title: '缺口 Gaps' },
        lost_n: { title: '丢失 Lost' },
        refused_n: { title: '拒收 Refused' },
        late_n: { title: '迟到 Late' }
      },
      min: 0
    }),
    table({
      id: 15,
      place: at(0, 22, 12, 11),
      title: { zh: '失联探针（久的在前）', en: 'Silent agents, longest first' },
      says: {
        zh: '每所学校的探针数、失联数，和最后一次收到数据距今多久；失联可能是关机、断网或探针停了。',
        en: 'Agents of each school, how many are silent, and how long none was heard; switched off, cut off or stopped, it does not tell.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('agents_n'), last('silent_n'), last('silent_s'), last('silent_hours_s')],
          from: 'school',
          where: below,
          by: ['county', 'school']
        }
      ],
      recent: '15m',
      order: ['county', 'school', 'agents_n', 'silent_n', 'silent_s', 'silent_hours_s'],
      sort: [{ column: 'silent_s', descending: true }],
      looks: {
        county: id.county,
        school: id.school,
        agents_n: { title: '探针 Agents' },
        silent_n: { title: '失联 Silent', steps: noticeSteps, cell: 'paint' },
        silent_s: { title: '距上次 Since', unit: 's' },
        silent_hours_s: { title: '其中上课时段 In hours', unit: 's' }
      }
    }),
    table({
      id: 16,
      place: at(12, 22, 12, 11),
      title: { zh: '时钟偏差（大的在前）', en: 'Clock skew, largest first' },
      says: {
        zh: '每所学校探针时钟与采集服务时钟的最大偏差；超过 2 秒应校时，读数时间已按偏差记录。',
        en: 'Largest difference between the clocks of a school’s agents and the collector’s; beyond 2 s the clock ought to be set.'
      },
      unit: 'ms',
      queries: [{ columns: [max('skew_ms')], from: 'school', where: below, by: ['county', 'school'] }],
      recent: '15m',
      order: ['county', 'school', 'skew_ms'],
      sort: [{ column: 'skew_ms', descending: true }],
      looks: {
        county: id.county,
        school: id.school,
        skew_ms: { title: '偏差 Skew', unit: 'ms' }
      }
    })
  ]
})
