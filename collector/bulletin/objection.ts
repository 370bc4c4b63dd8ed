import type { Period } from '../calendar/period.ts'
import type { BulletinRow, ObjectionRow } from '../store/bulletin-store.ts'
import { SentenceError } from '../../contract/parse.ts'
import { mustBeOpenForWords, type Stage } from './stage.ts'

/** An objection (申诉) to a school's verdict. Throws a SentenceError before the 15th, and after publication. */
export const raiseObjection = (
  id: string,
  claim: Pick<ObjectionRow, 'school' | 'target' | 'by' | 'note'>,
  { period, nowMs, stage }: { readonly period: Period; readonly nowMs: number; readonly stage: Stage }
): ObjectionRow => {
  mustBeOpenForWords(period, nowMs, stage, `an objection of school "${claim.school}"`)
  return {
    id,
    period: period.name,
    ...claim,
    raisedMs: nowMs,
    state: 'open',
    answer: '',
    answeredMs: undefined,
    answeredBy: ''
  }
}

/**
 * What the city says to it: `retest` asks for another measurement; `upheld` and `rejected` end it, with words. Upholding edits no verdict: it has
 * the next revision made from the evidence as it then is (a test taken again, a ledger or a declaration put right). Throws a SentenceError.
 */
export const answerObjection = (
  row: ObjectionRow,
  answer: { readonly state: 'retest' | 'upheld' | 'rejected'; readonly answer: string; readonly by: string },
  nowMs: number
): ObjectionRow => {
  const place = `objection "${row.id}"`
  if (row.state === 'upheld' || row.state === 'rejected')
    throw new SentenceError(`${place} must still be open to be answered, got "${row.state}" by ${row.answeredBy}`)
  if (row.state === 'retest' && answer.state === 'retest')
    throw new SentenceError(`${place} must be upheld or rejected after its re-test, got "retest" again`)
  if (answer.state !== 'retest' && answer.answer.trim() === '')
    throw new SentenceError(`${place} must be ${answer.state} with an answer in words, got none`)
  return { ...row, state: answer.state, answer: answer.answer, answeredMs: nowMs, answeredBy: answer.by }
}

/** Objections that were upheld since a revision was made, and so ask for the next one. */
export const upheldSince = (
  objections: readonly ObjectionRow[],
  newest: Pick<BulletinRow, 'frozenMs'>
): ObjectionRow[] =>
  objections.filter(row => row.state === 'upheld' && row.answeredMs !== undefined && row.answeredMs >= newest.frozenMs)
