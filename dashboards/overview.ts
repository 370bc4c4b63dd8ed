import { at } from './chart.ts'
import { dashboard } from './dashboard.ts'
import { chosen, is, known, last, mean, max, field, notEnding, type Condition } from './influxql.ts'
import { stat, table, timeSeries } from './kinds.ts'
import { onId } from './links.ts'
import { blameSteps, id, lagSteps, noGoal, noticeSteps, share } from './looks.ts'
import { area, city, county, targets } from './variables.ts'
import { colours, goalStates, notices } from './words.ts'

const ofArea: readonly Condition[] = [chosen('area'), is('group', 'none')]
const below: readonly Condition[] = [chosen('city'), chosen('county')]
/** Checks of sites, but that of the collector: it fails everywhere when the collector is down, and proves nothing about a school. */
export const collectorCheck = '-portal-collector'
const sites: readonly Condition[] = [...below, notEnding('check', collectorCheck)]
const { pct, goal_pct, goal_state, unknown_n, total_n } = share
const sharesLook = { pct, goal_pct, goal_state, unknown_n, total_n } as const
/** Points of every day are made while their day runs: what was not written for three days is not of today. */
const today = '3d'

export const overview = dashboard({
  name: 'overview',
  title: { zh: '局总览', en: 'Bureau overview' },
  says: {
    zh: '一页看全：各项建设指标达标率与目标、哪些旗县区和学校落后、近 30 天走势。达标率的分母是全部适用学校，数据不足不算达标也不算不达标。',
    en: 'Where every target stands, which counties and schools are behind, and the trend. Every school to which a target applies counts; unknown is neither met nor missed.'
  },
  from: 'now-30d',
  refresh: '15m',
  variables: [city, county, area, targets],
  milestones: true,
  panels: [
    stat({
      id: 1,
      place: at(0, 0, 12, 3),
      title: { zh: '数据来源', en: 'Source' },
      says: {
        zh: '写明“模拟数据”时，所有学校和数字都是演示用的。',
        en: 'Where it says simulated, all schools and figures are for demonstration.'
      },
      unit: 'none',
      queries: [{ columns: [max('simulated')], from: 'pipeline' }],
      recent: '1h',
      codes: notices('模拟数据 Simulated', '实测数据 Measured'),
      looks: { simulated: { title: ' ' } }
    }),
    stat({
      id: 2,
      place: at(12, 0, 12, 3),
      title: { zh: '入库滞后', en: 'Behind' },
      says: {
        zh: '最早一批尚未写入 InfluxDB 的数据已经等了多久；超过几分钟时，下面的图表不是最新的。',
        en: 'Age of the oldest batch that is not in InfluxDB yet; beyond a few minutes the charts below are not up to date.'
      },
      unit: 's',
      queries: [{ columns: [max('behind_s')], from: 'pipeline' }],
      recent: '10m',
      steps: lagSteps,
      looks: { behind_s: { title: ' ' } }
    }),
    table({
      id: 3,
      place: at(12, 8, 12, 11),
      title: { zh: '旗县区达标情况（最差在前）', en: 'Counties, worst first' },
      says: {
        zh: '每个旗县区每项指标一行，“最高可能”低的在前：那是把数据不足的学校都算作达标时的达标率，所以只因数据不足而达标率低的旗县区不会排到前面。没有学校适用的不列。点旗县区只看该区。',
        en: 'One row a county and target, lowest “at most” first: it counts every unknown school as met, so nobody comes first for want of data. Targets that apply to no school of a county are left out. Click a county to see only it.'
      },
      unit: 'none',
      queries: [
        {
          columns: [
            last('pct'),
            last('hi_pct'),
            last('goal_pct'),
            last('goal_state'),
            last('unknown_n'),
            last('total_n')
          ],
          from: 'target_1d',
          where: [...below, known('county'), is('group', 'none'), chosen('target')],
          by: ['county', 'target']
        }
      ],
      recent: today,
      order: ['county', 'target', 'pct', 'goal_state', 'hi_pct', 'goal_pct', 'unknown_n', 'total_n'],
      sort: [{ column: 'hi_pct' }, { column: 'pct' }],
      needs: 'hi_pct',
      looks: {
        ...sharesLook,
        hi_pct: share.hi_pct,
        county: {
          ...id.county,
          link: onId('overview', '只看该旗县区 Only this county', ['county', 'area'], ['city', 'target'])
        },
        target: id.target
      }
    }),
    table({
      id: 4,
      place: at(0, 8, 12, 11),
      title: { zh: '各项指标', en: 'All targets' },
      says: {
        zh: '所选统计区域的每项指标：达标、数据不足、不达标各多少所，达到目标没有。',
        en: 'Every target in the chosen area: how many schools meet it, are unknown, miss it, and whether the goal is reached.'
      },
      unit: 'none',
      queries: [
        {
          columns: [
            last('pct'),
            last('goal_pct'),
            last('goal_state'),
            last('met_n'),
            last('unknown_n'),
            last('missed_n'),
            last('not_applicable_n'),
            last('total_n')
          ],
          from: 'target_1d',
          where: [...ofArea, chosen('target')],
          by: ['target']
        }
      ],
      recent: today,
      order: [
        'target',
        'pct',
        'goal_state',
        'goal_pct',
        'met_n',
        'unknown_n',
        'missed_n',
        'not_applicable_n',
        'total_n'
      ],
      sort: [{ column: 'pct' }],
      looks: {
        ...sharesLook,
        met_n: share.met_n,
        missed_n: share.missed_n,
        not_applicable_n: share.not_applicable_n,
        target: id.target
      }
    }),
    stat({
      id: 5,
      place: at(0, 3, 4, 5),
      title: { zh: '$target', en: '' },
      says: {
        zh: '该指标在所选统计区域的达标率、目标，以及是否已达目标。每月 20 日开始新一期，最初几天大多数据不足，达标率从低处回升，不是变差。没有数据时写“无数据”，不会显示为绿色。',
        en: 'The share of schools in the chosen area that meet this target, its goal, and whether it is reached. A period begins on the 20th with most schools unknown: the share rises from low, nothing got worse. Without data it says so and is never green.'
      },
      unit: 'percent',
      queries: [
        {
          columns: [field('pct'), field('goal_pct'), field('goal_state')],
          from: 'target_1d',
          where: [...ofArea, chosen('target')]
        }
      ],
      recent: today,
      repeat: 'target',
      decimals: 1,
      looks: {
        pct: { title: '达标率 Met', steps: [{ from: 0, colour: colours.mark }] },
        goal_pct: { title: '目标 Goal', decimals: 0, codes: noGoal, steps: [{ from: 0, colour: colours.apart }] },
        goal_state: { title: '状态 State', unit: 'none', codes: goalStates }
      }
    }),
    timeSeries({
      id: 6,
      place: at(0, 19, 12, 9),
      title: { zh: '达标率走势与目标线', en: 'Trend and goals' },
      says: {
        zh: '实线是达标率，虚线是目标（0 是未设目标）；竖线是每月 20 日冻结和 25 日发布。20 日开始新一期，数据不足的学校多，线会落下再回升，不是变差。没有数据的日子是断开的。',
        en: 'Solid: share met; dashed: goal (0: none is set). Marks: freeze on the 20th, publication on the 25th. A period begins on the 20th with most schools unknown: the line falls and rises again, nothing got worse. Days without data are gaps.'
      },
      unit: 'percent',
      queries: [
        {
          columns: [last('pct')],
          from: 'target_1d',
          where: [...ofArea, chosen('target')],
          every: '1d',
          empty: 'null',
          by: ['target'],
          alias: '$tag_target'
        },
        {
          columns: [last('goal_pct')],
          from: 'target_1d',
          where: [...ofArea, chosen('target')],
          every: '1d',
          by: ['target'],
          alias: '目标 Goal $tag_target'
        }
      ],
      min: 0,
      max: 100,
      looks: {
        '/^目标 Goal /': {
          more: {
            'custom.lineStyle': { fill: 'dash', dash: [8, 6] },
            'custom.lineWidth': 1,
            'custom.showPoints': 'never'
          }
        }
      }
    }),
    table({
      id: 7,
      place: at(12, 19, 12, 9),
      title: { zh: '学校现在连得上吗', en: 'Schools: link now' },
      says: {
        zh: '近一小时网站检测打不开、打得开的比例（打不开多的在前），以及失联的探针数。两者相加不到 100% 的部分没有量到。探针失联不等于断网，可能是关机。',
        en: 'Share of site checks of the last hour that failed, and that were answered (most failed first), and agents that are silent. What is neither was not measured. Silent is not down: it may be switched off.'
      },
      unit: 'none',
      queries: [
        { columns: [mean('failed'), mean('answered')], from: 'portal', where: sites, by: ['county', 'school'] },
        { columns: [last('silent_n'), last('agents_n')], from: 'school', where: below, by: ['county', 'school'] }
      ],
      recent: '1h',
      order: ['county', 'school', 'failed', 'answered', 'silent_n', 'agents_n'],
      sort: [
        { column: 'failed', descending: true },
        { column: 'silent_n', descending: true }
      ],
      looks: {
        county: id.county,
        school: id.school,
        failed: {
          title: '打不开网站 Sites failed',
          unit: 'percentunit',
          cell: 'paint',
          // Readings that say nothing have not failed either: few failures are no good news.
          steps: [
            { from: 0.2, colour: colours.fair },
            { from: 0.8, colour: colours.bad }
          ]
        },
        answered: {
          title: '打得开 Sites opened',
          unit: 'percentunit',
          cell: 'paint',
          steps: [{ from: 0.8, colour: colours.good }]
        },
        silent_n: { title: '失联探针 Silent agents', steps: noticeSteps, cell: 'paint' },
        agents_n: { title: '探针 Agents' }
      }
    }),
    table({
      id: 8,
      place: at(0, 28, 24, 12),
      title: { zh: '学校达标情况（不达标多的在前）', en: 'Schools, most missed first' },
      says: {
        zh: '每所登记学校一行：本期有几项指标不达标、数据不足、达标、不适用。点学校看依据。',
        en: 'One row a registered school: how many targets it misses, is unknown in, meets, and has not to meet. Click a school for the evidence.'
      },
      unit: 'none',
      queries: [
        {
          columns: [last('missed_n'), last('unknown_n'), last('met_n'), last('not_applicable_n')],
          from: 'standing_1d',
          where: below,
          by: ['county', 'school', 'stage']
        }
      ],
      recent: today,
      order: ['county', 'school', 'stage', 'missed_n', 'unknown_n', 'met_n', 'not_applicable_n'],
      sort: [
        { column: 'missed_n', descending: true },
        { column: 'unknown_n', descending: true }
      ],
      looks: {
        county: id.county,
        school: id.school,
        stage: id.stage,
        missed_n: { title: '不达标（项）Missed', steps: blameSteps, cell: 'paint' },
        unknown_n: { title: '数据不足（项）Unknown' },
        met_n: { title: '达标（项）Met' },
        not_applicable_n: { title: '不适用（项）Not applicable' }
      }
    })
  ]
})
