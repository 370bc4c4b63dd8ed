import type { Look, Step } from './chart.ts'
import { onId } from './links.ts'
import { colours, columnWords, goalStates, idWords, verdicts, type Codes } from './words.ts'

/** Looks of columns that several charts share. */
export const id = {
  county: { title: columnWords.county },
  school: {
    title: columnWords.school,
    link: onId('school', '打开学校看板 Open the school', ['school'], ['city', 'county'])
  },
  room: { title: columnWords.room },
  device: { title: columnWords.device },
  check: { title: columnWords.check },
  kind: { title: columnWords.kind },
  area: { title: columnWords.area },
  target: { title: columnWords.target },
  direction: { title: columnWords.direction, texts: idWords.direction },
  stage: { title: columnWords.stage, texts: idWords.stage },
  zone: { title: columnWords.zone, texts: idWords.zone }
} as const satisfies Readonly<Record<string, Look>>

/** A share that has no goal of its own to be held against. */
export const shareSteps: readonly Step[] = [
  { from: 0, colour: colours.bad },
  { from: 60, colour: colours.fair },
  { from: 90, colour: colours.good }
]
/** Share of the time in which a machine was heard: one that is off, or whose readings are still on their way, has failed at nothing. */
export const presenceSteps: readonly Step[] = [
  { from: 0, colour: colours.unknown },
  { from: 50, colour: colours.mark },
  { from: 90, colour: colours.good }
]
/** A number of failures. Without any there may be no data either. */
export const blameSteps: readonly Step[] = [{ from: 1, colour: colours.bad }]
/** Seconds that something lags. */
export const lagSteps: readonly Step[] = [
  { from: 0, colour: colours.good },
  { from: 300, colour: colours.fair },
  { from: 3_600, colour: colours.bad }
]
/** A number of things that ought not to be, of what is always counted: none is good. */
export const troubleSteps: readonly Step[] = [
  { from: 0, colour: colours.good },
  { from: 1, colour: colours.bad }
]
/** A number of things to look at, without blame. */
export const noticeSteps: readonly Step[] = [
  { from: 0, colour: colours.apart },
  { from: 1, colour: colours.fair }
]

/** When a row is of a day. */
export const day = { title: '日期 Day', unit: 'time:YYYY-MM-DD', width: 110 } as const satisfies Look

/** A document that sets no goal has the goal 0. */
export const noGoal: Codes = { 0: { text: '– 未设 None', colour: colours.apart } }

/** Share of a target: the colour is that of its state, told in the column beside it. */
export const share = {
  pct: { title: '达标率 Met', unit: 'percent', decimals: 1, cell: 'bar', steps: [{ from: 0, colour: colours.mark }] },
  hi_pct: { title: '最高可能 At most', unit: 'percent', decimals: 1 },
  goal_pct: { title: '目标 Goal', unit: 'percent', decimals: 0, codes: noGoal },
  goal_state: { title: '状态 State', codes: goalStates, cell: 'paint' },
  met_n: { title: '达标（所）Met', unit: 'none' },
  missed_n: { title: '不达标（所）Missed', unit: 'none' },
  unknown_n: { title: '数据不足（所）Unknown', unit: 'none' },
  not_applicable_n: { title: '不适用（所）Not applicable', unit: 'none' },
  total_n: { title: '应报（所）Schools', unit: 'none' }
} as const satisfies Readonly<Record<string, Look>>

export const verdict = { title: '判定 Verdict', codes: verdicts, cell: 'paint' } as const satisfies Look
