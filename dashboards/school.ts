import { at } from './chart.ts'
import { dashboard } from './dashboard.ts'
import { chosen, field, is, known, last, type Condition } from './influxql.ts'
import { stateTimeline, statusHistory, table, timeSeries } from './kinds.ts'
import { onChart } from './links.ts'
import { blameSteps, day, id, presenceSteps, shareSteps, verdict } from './looks.ts'
import { city, county, device, school } from './variables.ts'
import { ipv6Codes, noFigure, outcomes, recordingCodes, verdicts } from './words.ts'

const here: readonly Condition[] = [chosen('school')]
const ofDevice: readonly Condition[] = [chosen('school'), chosen('device')]
const rollupsOf = { every: '1d', empty: 'null' } as const
const today = '3d'

/** Checks that answer about the school itself, in the order a person looks: is the machine on, the link, the sites, the rest. */
const probes = [
  ['host', '主机'],
  ['port', '网口'],
  ['ping', '往返'],
  ['portal', '网站'],
  ['ipv6', 'IPv6'],
  ['recording', '录播'],
  ['clock', '时钟']
] as const

export const schoolBoard = dashboard({
  name: 'school',
  title: { zh: '学校', en: 'School' },
  says: {
    zh: '一所学校：各项指标的判定、近 24 小时每项检测的状态、出口带宽与应达档位、IPv6 和教室设备。空白表示没有数据，不表示正常。',
    en: 'One school: verdicts, the state of every check in the last day, bandwidth against its tier, IPv6 and rooms. Empty means no data, not fine.'
  },
  from: 'now-30d',
  refresh: '5m',
  variables: [city, county, school, device],
  milestones: true,
  panels: [
    table({
      id: 1,
      place: at(0, 0, 24, 4),
      title: { zh: '学校', en: 'School' },
      says: { zh: '本期各项指标的判定数。', en: 'Verdicts of the running period counted.' },
      unit: 'none',
      queries: [
        {
          columns: [last('missed_n'), last('unknown_n'), last('met_n'), last('not_applicable_n')],
          from: 'standing_1d',
          where: here,
          by: ['county', 'school', 'stage', 'zone']
        }
      ],
      recent: today,
      order: ['county', 'school', 'stage', 'zone', 'missed_n', 'unknown_n', 'met_n', 'not_applicable_n'],
      sort: [],
      looks: {
        county: id.county,
        school: { title: id.school.title },
        stage: id.stage,
        zone: id.zone,
        missed_n: { title: '不达标（项）Missed', steps: blameSteps, cell: 'paint' },
        unknown_n: { title: '数据不足（项）Unknown' },
        met_n: { title: '达标（项）Met' },
        not_applicable_n: { title: '不适用（项）Not applicable' }
      }
    }),
    table({
      id: 2,
      place: at(0, 4, 10, 10),
      title: { zh: '本期判定', en: 'Verdicts' },
      says: {
        zh: '每项指标的判定，以及判定所依据的证据数和要求数。为什么这样判，见采集服务的学校页。',
        en: 'The verdict about every target, with the evidence it rests on and what the rule wants. Why is told on the collector’s own page of the school.'
      },
      unit: 'none',
      queries: [
        { columns: [last('verdict'), last('value'), last('goal')], from: 'school_1d', where: here, by: ['target'] }
      ],
      recent: today,
      order: ['target', 'verdict', 'value', 'goal'],
      sort: [{ column: 'verdict' }],
      looks: {
        target: id.target,
        verdict,
        value: { title: '证据 Evidence' },
        goal: { title: '要求 Wanted' }
      }
    }),
    statusHistory({
      id: 3,
      place: at(10, 4, 14, 10),
      title: { zh: '判定的变化', en: 'Verdicts by day' },
      says: {
        zh: '每天按当时的数据判定的结果；空白的日子没有判定。',
        en: 'Verdicts as they stood on each day; empty days have none.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('verdict')],
          from: 'school_1d',
          where: here,
          ...rollupsOf,
          by: ['target'],
          alias: '$tag_target'
        }
      ],
      codes: verdicts
    }),
    stateTimeline({
      id: 4,
      place: at(0, 14, 24, 11),
      title: { zh: '检测状态（近 24 小时）', en: 'Checks, last 24 hours' },
      says: {
        zh: '每项检测一行，每 15 分钟取最后一次：更短的中断可能看不到。“未能测量”说明没有量到，不怪学校；空白说明没有数据。',
        en: 'A row a check, the last reading of each 15 minutes: a shorter failure may not show. Unavailable says nothing about the school; empty says that there are no data.'
      },
      unit: 'none',
      queries: probes.map(([probe, word]) => ({
        columns: [last('outcome')],
        from: probe,
        where: ofDevice,
        every: '$__interval',
        empty: 'null',
        by: ['device', 'check', 'part'],
        // Ports and tracks are parts of a check; of the others the check says it all.
        alias: ['port', 'recording'].includes(probe) ? `${word} $tag_check $tag_part` : `${word} $tag_check`
      })),
      recent: '24h',
      interval: '15m',
      codes: outcomes
    }),
    timeSeries({
      id: 5,
      place: at(0, 25, 12, 9),
      title: { zh: '出口带宽与应达档位', en: 'Uplink against its tier' },
      says: {
        zh: '实线是当天测试中最好的速率（测速网站口径），阶梯线是当天测试的带宽档。没有测试的日子没有点。',
        en: 'Solid: the best goodput that a test of the day saw; steps: the tier of the day’s tests. Days without a test have no point.'
      },
      unit: 'Mbits',
      queries: [
        {
          columns: [last('goodput_mbps')],
          from: 'bandwidth_1d',
          where: ofDevice,
          ...rollupsOf,
          by: ['device', 'check', 'direction'],
          alias: '实测 Measured $tag_check $tag_direction'
        },
        {
          columns: [last('tier_mbps')],
          from: 'bandwidth_1d',
          where: ofDevice,
          every: '1d',
          by: ['device', 'check', 'direction'],
          alias: '应达 Tier $tag_check $tag_direction'
        }
      ],
      min: 0,
      link: onChart('bandwidth', '打开带宽看板 Bandwidth', ['city', 'county', 'school']),
      looks: {
        '/^应达 Tier /': {
          more: {
            'custom.lineInterpolation': 'stepAfter',
            'custom.lineStyle': { fill: 'dash', dash: [8, 6] },
            'custom.showPoints': 'never'
          }
        }
      }
    }),
    statusHistory({
      id: 6,
      place: at(12, 25, 12, 9),
      title: { zh: 'IPv6 状态', en: 'IPv6 by day' },
      says: {
        zh: '每天最后一次测到的 IPv6 状态，从没有地址到可用；“断网”与 IPv6 无关。',
        en: 'The last state measured on each day, from no address to working; link down says nothing about IPv6.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('state')],
          from: 'ipv6_1d',
          where: ofDevice,
          ...rollupsOf,
          by: ['device', 'check'],
          alias: '$tag_check'
        }
      ],
      codes: ipv6Codes
    }),
    table({
      id: 7,
      place: at(0, 34, 12, 9),
      title: { zh: '一体机', en: 'Panels' },
      says: {
        zh: '每台一体机一周内最后一个有数据的日子，和那天上课时段的开机可用率（今天的算到目前）；可能只是上课才开机，低不是故障。',
        en: 'The last day of a week with data of each panel, and the share of its school hours in which it was on (today’s: so far). It may only be on during lessons: low is no fault.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('available_pct')],
          from: 'host_1d',
          where: [...ofDevice, is('kind', 'panel')],
          by: ['room', 'device', 'check']
        }
      ],
      recent: '7d',
      order: ['room', 'device', 'Time', 'available_pct'],
      sort: [{ column: 'available_pct' }],
      link: onChart('rooms', '打开教室看板 Rooms', ['city', 'county', 'school']),
      looks: {
        room: id.room,
        device: id.device,
        Time: day,
        available_pct: { title: '可用率 Available', unit: 'percent', decimals: 1, steps: presenceSteps, cell: 'paint' }
      }
    }),
    table({
      id: 8,
      place: at(12, 34, 12, 9),
      title: { zh: '录播教室', en: 'Recording rooms' },
      says: {
        zh: '近一周每间录播教室每天一行：当天最后测到的状态，和上课时段的就绪率；没有数据的日子没有行。缺账号、连接数已满不算故障。',
        en: 'A row a day of the last week: the last state of each recorder on it and its readiness in hours; days without data have none. A missing login or a full recorder is no fault.'
      },
      unit: 'none',
      queries: [
        {
          columns: [field('state'), field('hours_ready_pct')],
          from: 'recording_1d',
          where: [...ofDevice, known('check')],
          by: ['room', 'device', 'check']
        }
      ],
      recent: '7d',
      order: ['Time', 'room', 'device', 'check', 'state', 'hours_ready_pct'],
      sort: [{ column: 'Time', descending: true }, { column: 'room' }],
      looks: {
        room: id.room,
        device: id.device,
        check: id.check,
        Time: day,
        state: { title: '状态 State', codes: recordingCodes, cell: 'paint' },
        hours_ready_pct: {
          title: '就绪率 Ready',
          unit: 'percent',
          decimals: 1,
          steps: shareSteps,
          cell: 'paint',
          more: { noValue: noFigure }
        }
      }
    })
  ]
})
