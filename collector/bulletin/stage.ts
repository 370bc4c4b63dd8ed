import { addDays, dayOf, dayStart, localTime } from '../calendar/day.ts'
import type { Period } from '../calendar/period.ts'
import { SentenceError } from '../../contract/parse.ts'

/**
 * Where a period stands in its month: `future` and `open` while readings come in, `preview` from the 15th, `second_preview` from the 18th,
 * `due` when it has ended and nobody froze it yet, `frozen` from the 20th, `published` from the 25th.
 */
export type Stage = 'future' | 'open' | 'preview' | 'second_preview' | 'due' | 'frozen' | 'published'
export const stages = [
  'future',
  'open',
  'preview',
  'second_preview',
  'due',
  'frozen',
  'published'
] as const satisfies readonly Stage[]

export interface MonthDates {
  /** 15th 00:00 Asia/Shanghai: reminders go out, counties may submit and object. */
  readonly previewMs: number
  /** 18th 00:00. */
  readonly secondPreviewMs: number
  /** 20th 00:00, which is the period's end. */
  readonly freezeMs: number
  /** 25th 00:00. */
  readonly publishMs: number
}

export const datesOf = (period: Period): MonthDates => ({
  previewMs: dayStart(`${period.name}-15`),
  secondPreviewMs: dayStart(`${period.name}-18`),
  freezeMs: period.toMs,
  publishMs: dayStart(`${period.name}-25`)
})

/** Days between a freeze and its bulletin: who wants to object needs them, however late the freeze was. */
const objectionDays = 5

/** When a period's bulletin goes out: on the 25th, or as long after a late freeze as after one in time. */
export const publishesAt = (
  period: Period,
  revisions: readonly { readonly revision: number; readonly frozenMs: number }[]
): number => {
  const first = revisions.find(row => row.revision === 1)
  const { publishMs } = datesOf(period)
  return first === undefined ? publishMs : Math.max(publishMs, dayStart(addDays(dayOf(first.frozenMs), objectionDays)))
}

/** Which of a period's revisions were made, of all bulletins that are given. */
export const revisionsOf = <Row extends { readonly period: string; readonly revision: number }>(
  bulletins: readonly Row[],
  period: string
): Row[] => bulletins.filter(row => row.period === period).toSorted((a, b) => a.revision - b.revision)

export const stageOf = (
  period: Period,
  nowMs: number,
  bulletins: readonly {
    readonly period: string
    readonly revision: number
    readonly publishedMs?: number | undefined
  }[]
): Stage => {
  const made = revisionsOf(bulletins, period.name)
  if (made.some(row => row.publishedMs !== undefined)) return 'published'
  if (made.length > 0) return 'frozen'
  const dates = datesOf(period)
  if (nowMs >= dates.freezeMs) return 'due'
  if (nowMs >= dates.secondPreviewMs) return 'second_preview'
  if (nowMs >= dates.previewMs) return 'preview'
  return nowMs >= period.fromMs ? 'open' : 'future'
}

/** Throws a SentenceError while the period runs: its days are not all there. */
export const mustHaveEnded = (period: Period, nowMs: number): void => {
  if (nowMs < period.toMs)
    throw new SentenceError(
      `period ${period.name} must have ended before it is frozen (it ends on ${dayOf(period.toMs)} at 00:00), got now ${localTime(nowMs)}`
    )
}

/** Throws a SentenceError unless counties may speak: from the preview on the 15th until the bulletin is published. */
export const mustBeOpenForWords = (period: Period, nowMs: number, stage: Stage, what: string): void => {
  const { previewMs } = datesOf(period)
  if (nowMs < previewMs)
    throw new SentenceError(
      `${what} of period ${period.name} must wait until ${dayOf(previewMs)}, got now ${localTime(nowMs)}`
    )
  if (stage === 'published')
    throw new SentenceError(`${what} of period ${period.name} must come before its bulletin is published, got it after`)
}
