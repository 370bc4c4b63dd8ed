import { localTime } from '../calendar/day.ts'
import type { Period } from '../calendar/period.ts'
import type { SubmissionRow } from '../store/bulletin-store.ts'
import { SentenceError } from '../../contract/parse.ts'
import { mustBeOpenForWords, type Stage } from './stage.ts'

/** Where a county's figures stand: not handed in, 已报送, 已审核, 已退回. */
export type SubmissionState = 'open' | 'submitted' | 'accepted' | 'returned'

/** What was last done about a county counts; rows of one area in time order. */
export const submissionStateOf = (rows: readonly SubmissionRow[]): SubmissionState => {
  switch (rows.at(-1)?.action) {
    case 'submit':
      return 'submitted'
    case 'accept':
      return 'accepted'
    case 'return':
      return 'returned'
    case undefined:
      return 'open'
  }
}

/**
 * The next row of a county: it submits (报送), the city accepts (审核通过) or returns (退回) what was submitted, and what was returned can be
 * submitted again. Throws a SentenceError for any other order, before the 15th, and after publication.
 */
export const nextSubmission = (
  step: Pick<SubmissionRow, 'area' | 'action' | 'by' | 'note'>,
  rows: readonly SubmissionRow[],
  { period, nowMs, stage }: { readonly period: Period; readonly nowMs: number; readonly stage: Stage }
): SubmissionRow => {
  const place = `the submission of area "${step.area}"`
  mustBeOpenForWords(period, nowMs, stage, place)
  const last = rows.at(-1)
  const state = submissionStateOf(rows)
  const said = last === undefined ? 'nothing' : `"${state}" (${last.by}, ${localTime(last.atMs)})`
  if (step.action === 'submit') {
    if (state === 'submitted' || state === 'accepted')
      throw new SentenceError(`${place} must be new or returned before it is submitted, got ${said}`)
  } else if (state !== 'submitted')
    throw new SentenceError(`${place} must be submitted before it is ${pastOf[step.action]}, got ${said}`)
  if (step.action === 'return' && step.note.trim() === '')
    throw new SentenceError(`${place} must be returned with a note that says why, got none`)
  // Two steps in one millisecond are two steps.
  return { ...step, period: period.name, atMs: Math.max(nowMs, (last?.atMs ?? 0) + 1) }
}

const pastOf = { accept: 'accepted', return: 'returned' } as const
