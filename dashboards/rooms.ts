import { at } from './chart.ts'
import { dashboard } from './dashboard.ts'
import { chosen, is, last, mean, sum, type Condition } from './influxql.ts'
import { statusHistory, table, timeSeries } from './kinds.ts'
import { id, presenceSteps, shareSteps } from './looks.ts'
import { city, county, schoolOrAll } from './variables.ts'
import { recordingCodes } from './words.ts'

const below: readonly Condition[] = [chosen('city'), chosen('county'), chosen('school')]
const panels: readonly Condition[] = [...below, is('kind', 'panel')]
const ready = { unit: 'percent', decimals: 1, steps: shareSteps, cell: 'paint' } as const
const available = { ...ready, steps: presenceSteps } as const

export const rooms = dashboard({
  name: 'rooms',
  title: { zh: '录播教室与大屏', en: 'Recording rooms and panels' },
  says: {
    zh: '录播教室每天是什么状态、上课时段能不能用；一体机上课时段开没开。放假、周末和没有测到的日子是空白的，不算故障。',
    en: 'How recorders stood on each day, and whether recorders and panels were there in school hours. Vacations, weekends and days without data are empty, not faults.'
  },
  from: 'now-30d',
  refresh: '15m',
  variables: [city, county, schoolOrAll],
  milestones: true,
  panels: [
    table({
      id: 1,
      place: at(0, 0, 12, 10),
      title: { zh: '录播：上课时段就绪率（低的在前）', en: 'Recorders: ready in hours, lowest first' },
      says: {
        zh: '各学校录播教室在上课时段测得可用的比例，是所选时间内各天的平均；没有上课时段的日子不计。',
        en: 'Share of measurements in school hours that were answered, the mean of the days in the range; days without hours do not count.'
      },
      unit: 'none',
      queries: [
        {
          columns: [mean('hours_ready_pct'), sum('hours_failed_n'), sum('unavailable_n')],
          from: 'recording_1d',
          where: below,
          by: ['county', 'school']
        }
      ],
      order: ['county', 'school', 'hours_ready_pct', 'hours_failed_n', 'unavailable_n'],
      sort: [{ column: 'hours_ready_pct' }],
      looks: {
        county: id.county,
        school: { ...id.school },
        hours_ready_pct: { title: '就绪率 Ready', ...ready },
        hours_failed_n: { title: '上课时段失败（次）Failed' },
        unavailable_n: { title: '未能测量（次）Not measured' }
      }
    }),
    table({
      id: 2,
      place: at(12, 0, 12, 10),
      title: { zh: '一体机：上课时段可用率（低的在前）', en: 'Panels: available in hours, lowest first' },
      says: {
        zh: '各学校一体机在上课时段开机的比例，是所选时间内各台各天（有数据的）的平均。可能只是上课才开机，低不是故障。',
        en: 'Share of school hours in which panels were on, the mean of all panels and days with data in the range. They may only be on during lessons: low is no fault.'
      },
      unit: 'none',
      queries: [
        {
          columns: [mean('available_pct'), sum('hours_answered_n'), sum('hours_expected_n')],
          from: 'host_1d',
          where: panels,
          by: ['county', 'school']
        }
      ],
      order: ['county', 'school', 'available_pct', 'hours_answered_n', 'hours_expected_n'],
      sort: [{ column: 'available_pct' }],
      looks: {
        county: id.county,
        school: { ...id.school },
        available_pct: { title: '可用率 Available', ...available },
        hours_answered_n: { title: '测到（次）Answered' },
        hours_expected_n: { title: '应测（次）Expected' }
      }
    }),
    statusHistory({
      id: 3,
      place: at(0, 10, 24, 11),
      title: { zh: '录播教室 × 日', en: 'Recording rooms by day' },
      says: {
        zh: '每间录播教室每天最后测到的状态；先在上面选一所学校，行才不会太多。',
        en: 'The last state of every recording room on each day; choose one school above to keep the rows few.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('state')],
          from: 'recording_1d',
          where: below,
          every: '1d',
          empty: 'null',
          by: ['school', 'room', 'device', 'check'],
          alias: '$tag_school $tag_room $tag_check'
        }
      ],
      codes: recordingCodes
    }),
    statusHistory({
      id: 4,
      place: at(0, 21, 24, 11),
      title: { zh: '一体机 × 日', en: 'Panels by day' },
      says: {
        zh: '每台一体机每天上课时段的可用率（%），今天的算到目前；空白是没有上课时段或没有数据。',
        en: 'Share of school hours in which each panel was on, by day, today’s so far; empty is a day without hours or without data.'
      },
      unit: 'percent',
      queries: [
        {
          columns: [last('available_pct')],
          from: 'host_1d',
          where: panels,
          every: '1d',
          empty: 'null',
          by: ['school', 'room', 'device', 'check'],
          alias: '$tag_school $tag_room $tag_device'
        }
      ],
      steps: presenceSteps,
      decimals: 0
    }),
    timeSeries({
      id: 5,
      place: at(0, 32, 24, 8),
      title: { zh: '可用率走势', en: 'Availability by day' },
      says: {
        zh: '所选范围内一体机可用率、录播就绪率的每日平均；没有上课时段的日子是断开的。',
        en: 'Mean availability of panels and readiness of recorders by day; days without school hours are gaps.'
      },
      unit: 'percent',
      queries: [
        {
          columns: [mean('available_pct')],
          from: 'host_1d',
          where: panels,
          every: '1d',
          empty: 'null',
          alias: '一体机可用 Panels available'
        },
        {
          columns: [mean('hours_ready_pct')],
          from: 'recording_1d',
          where: below,
          every: '1d',
          empty: 'null',
          alias: '录播就绪 Recorders ready'
        }
      ],
      min: 0,
      max: 100
    })
  ]
})
