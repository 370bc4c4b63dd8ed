import { average, largest, newest, rank, sum, type Caption } from './caption.ts'
import { below, daily, day, directions, recordingWords, schoolOf, verdictWords } from './words.ts'

const chosen = [...below, 'school']
const isDown = (tags: Readonly<Record<string, string>>): boolean => tags['direction'] === 'down'
const isPanel = (tags: Readonly<Record<string, string>>): boolean => tags['kind'] === 'panel'

const bandwidthCaptions: readonly Caption[] = [
  {
    at: 'cg-bandwidth 1 A',
    points: 'bandwidth_1d',
    hours: 30 * day,
    where: isDown,
    chosen,
    rows: { county: 'county', school: 'school', device: 'device', check: 'check' },
    shows: { '带宽档 Tier（Mbit/s）': newest('tier_mbps'), below: newest('below') }
  },
  {
    at: 'cg-bandwidth 2 A',
    points: 'bandwidth_1d',
    hours: 30 * day,
    chosen,
    rows: { ...schoolOf, '设备 Device': 'device', '方向 Direction': 'direction' },
    ids: directions,
    shows: {
      '测试 Test': newest('below', ['未见低于', '✕ 未达到']),
      '带宽档 Tier': newest('tier_mbps'),
      '最好速率 Best': newest('goodput_mbps'),
      '通过 Passed': sum('pass_n'),
      '未通过 Failed': sum('fail_n'),
      '无结论 Inconclusive': sum('inconclusive_n')
    }
  },
  {
    at: 'cg-bandwidth 3 A',
    points: 'school_1d',
    hours: 3 * day,
    where: tags => tags['indicator'] === 'uplink',
    chosen,
    rows: { ...schoolOf, '指标 Target': 'target' },
    shows: {
      '判定 Verdict': newest('verdict', verdictWords),
      '证据 Evidence': newest('value'),
      '要求 Wanted': newest('goal')
    }
  },
  {
    at: 'cg-bandwidth 4 A',
    points: 'bandwidth_1d',
    hours: 30 * day,
    where: isDown,
    chosen,
    ...daily,
    lines: [
      // Nine of ten are above what one of ten is below.
      { name: () => '九成高于 90% above', figure: rank(10, 'goodput_mbps') },
      { name: () => '半数高于 Half above', figure: rank(50, 'goodput_mbps') },
      { name: () => '最高 Highest', figure: largest('goodput_mbps') }
    ]
  },
  {
    at: 'cg-bandwidth 5 A',
    points: 'bandwidth_1d',
    hours: 30 * day,
    chosen,
    ...daily,
    lines: [{ name: tags => tags['county'] ?? '', figure: sum('bytes_n') }]
  }
]

const roomCaptions: readonly Caption[] = [
  {
    at: 'cg-rooms 1 A',
    points: 'recording_1d',
    hours: 30 * day,
    chosen,
    rows: schoolOf,
    shows: {
      '就绪率 Ready': average('hours_ready_pct'),
      '上课时段失败（次）Failed': sum('hours_failed_n'),
      '未能测量（次）Not measured': sum('unavailable_n')
    }
  },
  {
    at: 'cg-rooms 2 A',
    points: 'host_1d',
    hours: 30 * day,
    where: isPanel,
    chosen,
    rows: schoolOf,
    shows: {
      '可用率 Available': average('available_pct'),
      '测到（次）Answered': sum('hours_answered_n'),
      '应测（次）Expected': sum('hours_expected_n')
    }
  },
  {
    at: 'cg-rooms 3 A',
    points: 'recording_1d',
    hours: 30 * day,
    chosen,
    ...daily,
    lines: [
      {
        name: tags => [tags['school'], tags['room'], tags['check']].join(' '),
        figure: newest('state', recordingWords)
      }
    ]
  },
  {
    at: 'cg-rooms 4 A',
    points: 'host_1d',
    hours: 30 * day,
    where: isPanel,
    chosen,
    ...daily,
    lines: [{ name: tags => [tags['school'], tags['room'], tags['device']].join(' '), figure: newest('available_pct') }]
  },
  {
    at: 'cg-rooms 5 A',
    points: 'host_1d',
    hours: 30 * day,
    where: isPanel,
    chosen,
    ...daily,
    lines: [{ name: () => '一体机可用 Panels available', figure: average('available_pct') }]
  },
  {
    at: 'cg-rooms 5 B',
    points: 'recording_1d',
    hours: 30 * day,
    chosen,
    ...daily,
    lines: [{ name: () => '录播就绪 Recorders ready', figure: average('hours_ready_pct') }]
  }
]

export const placeCaptions: readonly Caption[] = [...bandwidthCaptions, ...roomCaptions]
