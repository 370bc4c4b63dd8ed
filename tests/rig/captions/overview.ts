import { average, largest, newest, type Caption } from './caption.ts'
import { below, daily, day, goalWords, schoolOf, stages } from './words.ts'

const county = { '旗县区 County': 'county' }
const target = { '指标 Target': 'target' }
const noGoal = ['– 未设 None']
const figures = {
  '达标率 Met': newest('pct'),
  '目标 Goal': newest('goal_pct', noGoal),
  '状态 State': newest('goal_state', goalWords)
}

export const overviewCaptions: readonly Caption[] = [
  {
    at: 'cg-overview 1 A',
    points: 'pipeline',
    hours: 1,
    shows: { ' ': largest('simulated', ['实测数据 Measured', '模拟数据 Simulated']) }
  },
  { at: 'cg-overview 2 A', points: 'pipeline', hours: 1 / 6, shows: { ' ': largest('behind_s') } },
  {
    at: 'cg-overview 3 A',
    points: 'target_1d',
    hours: 3 * day,
    where: tags => tags['area'] === tags['county'] && tags['group'] === 'none',
    chosen: ['city', 'county', 'target'],
    rows: { ...county, ...target },
    shows: {
      ...figures,
      '最高可能 At most': newest('hi_pct'),
      '数据不足（所）Unknown': newest('unknown_n'),
      '应报（所）Schools': newest('total_n')
    }
  },
  {
    at: 'cg-overview 4 A',
    points: 'target_1d',
    hours: 3 * day,
    chosen: ['area', 'target'],
    rows: target,
    shows: {
      ...figures,
      '达标（所）Met': newest('met_n'),
      '数据不足（所）Unknown': newest('unknown_n'),
      '不达标（所）Missed': newest('missed_n'),
      '不适用（所）Not applicable': newest('not_applicable_n'),
      '应报（所）Schools': newest('total_n')
    }
  },
  {
    at: 'cg-overview 5 A',
    points: 'target_1d',
    hours: 3 * day,
    chosen: ['area', 'target'],
    shows: figures
  },
  {
    at: 'cg-overview 6 A',
    points: 'target_1d',
    hours: 30 * day,
    chosen: ['area', 'target'],
    ...daily,
    lines: [{ name: tags => tags['target'] ?? '', figure: newest('pct') }]
  },
  {
    at: 'cg-overview 6 B',
    points: 'target_1d',
    hours: 30 * day,
    chosen: ['area', 'target'],
    ...daily,
    lines: [{ name: tags => `目标 Goal ${tags['target'] ?? ''}`, figure: newest('goal_pct') }]
  },
  {
    at: 'cg-overview 7 A',
    points: 'portal',
    hours: 1,
    where: tags => tags['check'] !== `${tags['device'] ?? ''}-portal-collector`,
    chosen: below,
    rows: schoolOf,
    shows: { '打不开网站 Sites failed': average('failed'), '打得开 Sites opened': average('answered') }
  },
  {
    at: 'cg-overview 7 B',
    points: 'school',
    hours: 1,
    chosen: below,
    rows: schoolOf,
    shows: { '失联探针 Silent agents': newest('silent_n'), '探针 Agents': newest('agents_n') }
  },
  {
    at: 'cg-overview 8 A',
    points: 'standing_1d',
    hours: 3 * day,
    chosen: below,
    rows: { ...schoolOf, '学段 Stage': 'stage' },
    ids: stages,
    shows: {
      '不达标（项）Missed': newest('missed_n'),
      '数据不足（项）Unknown': newest('unknown_n'),
      '达标（项）Met': newest('met_n'),
      '不适用（项）Not applicable': newest('not_applicable_n')
    }
  }
]
