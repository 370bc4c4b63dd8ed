import { datesOf, publishesAt, stageOf, type Stage } from '../../../bulletin/stage.ts'
import type { Period } from '../../../calendar/period.ts'
import type { BulletinRow } from '../../../store/bulletin-store.ts'
import type { PageContext } from '../context.ts'
import type { When } from '../format.ts'

/** A period's month as a line of steps, each with its day and whether it is behind, now or ahead. */
export interface StageStep {
  readonly text: string
  readonly when: When
  readonly state: 'done' | 'now' | 'ahead'
  readonly word: string
}

export const stageText = ({ say }: PageContext, stage: Stage): string => {
  switch (stage) {
    case 'future':
      return say('stage_future')
    case 'open':
      return say('stage_open')
    case 'preview':
      return say('stage_preview')
    case 'second_preview':
      return say('stage_second_preview')
    case 'due':
      return say('stage_due')
    case 'frozen':
      return say('stage_frozen')
    case 'published':
      return say('stage_published')
  }
}

/** Which step a stage stands on. */
const stepOf: Readonly<Record<Stage, number>> = {
  future: -1,
  open: 0,
  preview: 1,
  second_preview: 2,
  due: 2,
  frozen: 3,
  published: 4
}

export const stageSteps = (
  context: PageContext,
  period: Period,
  bulletins: readonly BulletinRow[]
): { stage: Stage; steps: readonly StageStep[] } => {
  const { say, formats, nowMs } = context
  const stage = stageOf(period, nowMs, bulletins)
  const dates = datesOf(period)
  const own = bulletins.filter(row => row.period === period.name)
  // What happened is dated by when it did, what is to come by the rule.
  const frozenMs = own.find(row => row.revision === 1)?.frozenMs ?? dates.freezeMs
  const publishedMs = own.find(row => row.publishedMs !== undefined)?.publishedMs ?? publishesAt(period, own)
  const now = stepOf[stage]
  const steps = [
    { text: say('step_open'), ms: period.fromMs },
    { text: say('step_preview'), ms: dates.previewMs },
    { text: say('step_second_preview'), ms: dates.secondPreviewMs },
    { text: say('step_freeze'), ms: frozenMs },
    { text: say('step_publish'), ms: publishedMs }
  ].map(({ text, ms }, i) => {
    const state = i < now || stage === 'published' ? 'done' : i === now ? 'now' : 'ahead'
    return { text, when: formats.when(ms), state, word: say(`step_${state}`) } as const
  })
  return { stage, steps }
}
