import type { ChangeKind } from '../store/bulletin-store.ts'
import { goalStateOf, type GoalState } from '../verdicts/goal.ts'
import type { Share } from '../verdicts/verdict.ts'
import type { Stage } from './stage.ts'

/** Words of the bulletin, Chinese first, English beside it. */
export const verdictText = (verdict: string): string => verdicts[verdict] ?? verdict
const verdicts: Readonly<Record<string, string>> = {
  met: '达标',
  missed: '不达标',
  unknown: '数据不足',
  not_applicable: '不适用'
}

export const stageText = (stage: Stage): string => stages[stage]
const stages: Readonly<Record<Stage, string>> = {
  future: '未开始 not begun',
  open: '进行中 running',
  preview: '预览 preview',
  second_preview: '再次预览 second preview',
  due: '待冻结 to be frozen',
  frozen: '已冻结 frozen',
  published: '已发布 published'
}

export const causeText = (cause: string): string => causes[cause] ?? cause
const causes: Readonly<Record<string, string>> = {
  freeze: '按期冻结 frozen on time',
  publication: '发布前补入迟到数据 late data before publication',
  objection: '申诉成立 objection upheld',
  request: '人工要求 on request'
}

/** In what the evidence of a revision differs; a count of 0 is not said. */
export const whyText = (why: Readonly<Partial<Record<ChangeKind, number>>>): string =>
  Object.entries(why)
    .map(([kind, n]) => {
      const [zh, en, unit] = kinds[kind as ChangeKind]
      return n === 0 || unit === '' ? `${zh} ${en}` : `${zh} ${n} ${unit} ${en}`
    })
    .join('；')
const kinds: Readonly<Record<ChangeKind, readonly [zh: string, en: string, unit: string]>> = {
  readings: ['迟到或重算的数据', 'late readings', '天'],
  tests: ['带宽测试', 'bandwidth tests', '次'],
  facts: ['申报', 'declared facts', '条'],
  ledger: ['台账', 'ledger', '所'],
  calendar: ['校历', 'calendar', ''],
  before: ['上期结果', 'verdicts of the period before', ''],
  schools: ['学校增减', 'schools that came or went', '所'],
  areas: ['区域或学校组', 'areas or groups', ''],
  packs: ['指标包', 'target packs', ''],
  answered: ['站点应答记录', 'which sites answered', ''],
  rules: ['判定规则', 'rules', '条']
}

/** Two decimals at most; 100 and 0 only where it is exactly so: a share just under the goal must not look like it. */
export const percentText = (pct: number | undefined): string => {
  if (pct === undefined) return '—'
  const rounded = Number(pct.toFixed(2))
  if (rounded === 100 && pct < 100) return '99.99'
  if (rounded === 0 && pct > 0) return '0.01'
  return String(rounded)
}

/** Against the goal, whatever the unknowns turn out to be. */
export const goalText = (share: Pick<Share, 'pct' | 'hiPct' | 'goalPct'>): string =>
  share.pct === undefined ? '无适用学校' : goalWords[goalStateOf(share)]
const goalWords: Readonly<Record<GoalState, string>> = {
  reached: '已达目标',
  not_reached: '未达目标',
  open: '待定（数据不足）',
  no_goal: '文件未定目标'
}
