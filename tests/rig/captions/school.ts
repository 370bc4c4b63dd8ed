import { newest, type Caption } from './caption.ts'
import { daily, day, ipv6Words, outcomeWords, recordingWords, schoolOf, stages, verdictWords, zones } from './words.ts'

const ofDevice = ['school', 'device']
const lineOf = (title: string) => (tags: Readonly<Record<string, string>>) =>
  [title, tags['check'], tags['direction'] ?? tags['part']].join(' ')

/** Whose rows name their part, too. */
const probes: readonly (readonly [refId: string, probe: string, title: string, ofParts: boolean])[] = [
  ['A', 'host', '主机', false],
  ['B', 'port', '网口', true],
  ['C', 'ping', '往返', false],
  ['D', 'portal', '网站', false],
  ['E', 'ipv6', 'IPv6', false],
  ['F', 'recording', '录播', true],
  ['G', 'clock', '时钟', false]
]

export const schoolCaptions: readonly Caption[] = [
  {
    at: 'cg-school 1 A',
    points: 'standing_1d',
    hours: 3 * day,
    chosen: ['school'],
    rows: { ...schoolOf, '学段 Stage': 'stage', '城乡 Zone': 'zone' },
    ids: { ...stages, ...zones },
    shows: {
      '不达标（项）Missed': newest('missed_n'),
      '数据不足（项）Unknown': newest('unknown_n'),
      '达标（项）Met': newest('met_n'),
      '不适用（项）Not applicable': newest('not_applicable_n')
    }
  },
  {
    at: 'cg-school 2 A',
    points: 'school_1d',
    hours: 3 * day,
    chosen: ['school'],
    rows: { '指标 Target': 'target' },
    shows: {
      '判定 Verdict': newest('verdict', verdictWords),
      '证据 Evidence': newest('value'),
      '要求 Wanted': newest('goal')
    }
  },
  {
    at: 'cg-school 3 A',
    points: 'school_1d',
    hours: 30 * day,
    chosen: ['school'],
    ...daily,
    lines: [{ name: tags => tags['target'] ?? '', figure: newest('verdict', verdictWords) }]
  },
  ...probes.map(([refId, probe, title, ofParts]): Caption => ({
    at: `cg-school 4 ${refId}`,
    points: probe,
    hours: day,
    chosen: ofDevice,
    minutes: 15,
    lines: [
      {
        name: ofParts ? lineOf(title) : tags => `${title} ${tags['check'] ?? ''}`,
        figure: newest('outcome', outcomeWords)
      }
    ]
  })),
  {
    at: 'cg-school 5 A',
    points: 'bandwidth_1d',
    hours: 30 * day,
    chosen: ofDevice,
    ...daily,
    lines: [{ name: lineOf('实测 Measured'), figure: newest('goodput_mbps') }]
  },
  {
    at: 'cg-school 5 B',
    points: 'bandwidth_1d',
    hours: 30 * day,
    chosen: ofDevice,
    ...daily,
    lines: [{ name: lineOf('应达 Tier'), figure: newest('tier_mbps') }]
  },
  {
    at: 'cg-school 6 A',
    points: 'ipv6_1d',
    hours: 30 * day,
    chosen: ofDevice,
    ...daily,
    lines: [{ name: tags => tags['check'] ?? '', figure: newest('state', ipv6Words) }]
  },
  {
    at: 'cg-school 7 A',
    points: 'host_1d',
    hours: 7 * day,
    where: tags => tags['kind'] === 'panel',
    chosen: ofDevice,
    rows: { '教室 Room': 'room', '设备 Device': 'device' },
    lastDay: ['日期 Day', 'available_pct'],
    shows: { '可用率 Available': newest('available_pct') }
  },
  {
    at: 'cg-school 8 A',
    points: 'recording_1d',
    hours: 7 * day,
    chosen: ofDevice,
    rows: { '教室 Room': 'room', '设备 Device': 'device', '检测 Check': 'check' },
    eachDay: '日期 Day',
    shows: { '状态 State': newest('state', recordingWords), '就绪率 Ready': newest('hours_ready_pct') }
  }
]
