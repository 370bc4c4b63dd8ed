import { at } from './chart.ts'
import { dashboard } from './dashboard.ts'
import { chosen, field, type Condition } from './influxql.ts'
import { table, timeSeries } from './kinds.ts'
import { onId } from './links.ts'
import { id } from './looks.ts'
import { rankedTarget, scope } from './variables.ts'
import { colours, notices } from './words.ts'

const chosenRanking: readonly Condition[] = [chosen('scope'), chosen('target')]

export const ranking = dashboard({
  name: 'ranking',
  title: { zh: '月度排名', en: 'Monthly ranking' },
  says: {
    zh: '各区域每期的位次，和通报里的一样：按可能区间排名，区间重叠的并列；数据不足可能改变结论的，不判定靠后。',
    en: 'Places of areas by month, as in the bulletin: intervals that overlap share places; nobody is called last while unknown schools could change it.'
  },
  from: 'now-6M/M',
  // A period is dated with the first of the month it is named after: from the 20th on that month is still to come.
  to: 'now+1M/M',
  refresh: '1h',
  variables: [scope, rankedTarget],
  panels: [
    table({
      id: 1,
      place: at(0, 0, 24, 13),
      title: { zh: '各期位次（新的在前）', en: 'Places by month, newest first' },
      says: {
        zh: '位次从“最好可能”到“最差可能”；没有位次的区域本期不排名（放假或不足以比较）。点区域看该区总览。',
        en: 'From the best possible to the worst possible place; an area without a place was not ranked in that period. Click an area for its overview.'
      },
      unit: 'none',
      queries: [
        {
          columns: [
            field('rank'),
            field('rank_last'),
            field('score'),
            field('hi_score'),
            field('total_n'),
            field('unknown_n'),
            field('at_back'),
            field('bottom_periods'),
            field('named')
          ],
          from: 'rank_1m',
          where: chosenRanking,
          by: ['area']
        }
      ],
      order: [
        'Time',
        'area',
        'rank',
        'rank_last',
        'score',
        'hi_score',
        'unknown_n',
        'total_n',
        'at_back',
        'bottom_periods',
        'named'
      ],
      sort: [{ column: 'Time', descending: true }, { column: 'rank' }],
      looks: {
        Time: { title: '统计周期 Period', unit: 'time:YYYY-MM', width: 130 },
        area: { ...id.area, link: onId('overview', '打开该区域总览 Overview of the area', ['area']) },
        rank: { title: '最好位次 Best place' },
        rank_last: { title: '最差位次 Worst place' },
        score: {
          title: '达标率 Score',
          unit: 'percent',
          decimals: 1,
          cell: 'bar',
          steps: [{ from: 0, colour: colours.mark }]
        },
        hi_score: { title: '最高可能 At most', unit: 'percent', decimals: 1 },
        unknown_n: { title: '数据不足（所）Unknown' },
        total_n: { title: '应报（所）Schools' },
        at_back: { title: '靠后 At the back', codes: notices('靠后', '—'), cell: 'paint' },
        bottom_periods: { title: '连续靠后（期）Periods' },
        named: { title: '通报 Named', codes: notices('通报', '—'), cell: 'paint' }
      }
    }),
    timeSeries({
      id: 2,
      place: at(0, 13, 12, 9),
      title: { zh: '达标率', en: 'Score' },
      says: { zh: '各区域每期的达标率或综合得分。', en: 'Share met, or the composite, of every area by month.' },
      unit: 'percent',
      queries: [{ columns: [field('score')], from: 'rank_1m', where: chosenRanking, by: ['area'], alias: '$tag_area' }],
      min: 0,
      max: 100
    }),
    timeSeries({
      id: 3,
      place: at(12, 13, 12, 9),
      title: { zh: '最差位次', en: 'Worst possible place' },
      says: {
        zh: '把数据不足的学校都算作不利时的位次，数字越小越好；没有参加排名的期没有点。',
        en: 'The place if all unknown schools turn out badly, the smaller the better; no point in periods without a ranking.'
      },
      unit: 'none',
      queries: [
        { columns: [field('rank_last')], from: 'rank_1m', where: chosenRanking, by: ['area'], alias: '$tag_area' }
      ],
      decimals: 0,
      min: 1
    })
  ]
})
