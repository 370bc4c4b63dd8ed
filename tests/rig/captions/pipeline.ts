import { largest, newest, rank, sum, type Caption } from './caption.ts'
import { below, day, schoolOf } from './words.ts'

const tiles = ['behind_n', 'behind_s', 'history_n', 'refused_n', 'too_old_n', 'dirty_n', 'lost_n'] as const
const named = (name: string) => () => name
const chosen = ['scope', 'target']
/** Of months, some of them to come. */
const months = 300 * day

export const pipelineCaptions: readonly Caption[] = [
  ...tiles.map((field, i): Caption => ({
    at: `cg-pipeline ${i + 1} A`,
    points: 'pipeline',
    hours: 1 / 12,
    shows: { ' ': largest(field) }
  })),
  {
    at: 'cg-pipeline 8 A',
    points: 'pipeline',
    hours: 1 / 12,
    shows: { ' ': largest('simulated', ['实测数据 Measured', '模拟数据 Simulated']) }
  },
  {
    at: 'cg-pipeline 11 A',
    points: 'agent',
    hours: day,
    chosen: below,
    minutes: 5,
    lines: [
      { name: named('半数 Half'), figure: rank(50, 'lag_s') },
      { name: named('九成五 95%'), figure: rank(95, 'lag_s') },
      { name: named('最慢 Slowest'), figure: largest('lag_s') }
    ]
  },
  {
    at: 'cg-pipeline 12 A',
    points: 'agent',
    hours: day,
    chosen: below,
    minutes: 5,
    lines: [{ name: tags => tags['county'] ?? '', figure: largest('oldest_s') }]
  },
  {
    at: 'cg-pipeline 13 A',
    points: 'pipeline',
    hours: day,
    minutes: 2,
    lines: [
      { name: named('待入库 Behind'), figure: largest('behind_n') },
      { name: named('待补历史 History'), figure: largest('history_n') },
      { name: named('待汇总 Rollups'), figure: largest('dirty_n') }
    ]
  },
  {
    at: 'cg-pipeline 14 A',
    points: 'agent',
    hours: day,
    chosen: below,
    minutes: 15,
    lines: [
      { name: named('缺口 Gaps'), figure: sum('gaps_n') },
      { name: named('丢失 Lost'), figure: sum('lost_n') },
      { name: named('拒收 Refused'), figure: sum('refused_n') },
      { name: named('迟到 Late'), figure: sum('late_n') }
    ]
  },
  {
    at: 'cg-pipeline 15 A',
    points: 'school',
    hours: 1 / 4,
    chosen: below,
    rows: schoolOf,
    shows: {
      '探针 Agents': newest('agents_n'),
      '失联 Silent': newest('silent_n'),
      '距上次 Since': newest('silent_s'),
      '其中上课时段 In hours': newest('silent_hours_s')
    }
  },
  {
    at: 'cg-pipeline 16 A',
    points: 'school',
    hours: 1 / 4,
    chosen: below,
    rows: schoolOf,
    shows: { '偏差 Skew': largest('skew_ms') }
  }
]

export const rankingCaptions: readonly Caption[] = [
  {
    at: 'cg-ranking 1 A',
    points: 'rank_1m',
    hours: months,
    chosen,
    rows: { '区域 Area': 'area' },
    eachDay: '统计周期 Period',
    shows: {
      '最好位次 Best place': newest('rank'),
      '最差位次 Worst place': newest('rank_last'),
      '达标率 Score': newest('score'),
      '最高可能 At most': newest('hi_score'),
      '数据不足（所）Unknown': newest('unknown_n'),
      '应报（所）Schools': newest('total_n'),
      '靠后 At the back': newest('at_back', ['—', '靠后']),
      '连续靠后（期）Periods': newest('bottom_periods'),
      '通报 Named': newest('named', ['—', '通报'])
    }
  },
  {
    at: 'cg-ranking 2 A',
    points: 'rank_1m',
    hours: months,
    chosen,
    lines: [{ name: tags => tags['area'] ?? '', figure: newest('score') }]
  },
  {
    at: 'cg-ranking 3 A',
    points: 'rank_1m',
    hours: months,
    chosen,
    lines: [{ name: tags => tags['area'] ?? '', figure: newest('rank_last') }]
  }
]
