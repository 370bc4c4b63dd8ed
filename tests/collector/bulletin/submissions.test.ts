import t from 'tap'
import { answerObjection, raiseObjection } from '../../../collector/bulletin/objection.ts'
import { nextSubmission, submissionStateOf } from '../../../collector/bulletin/submission.ts'
import type { ObjectionRow, SubmissionRow } from '../../../collector/store/bulletin-store.ts'
import { access, at, november } from './city.ts'

void t.test('a county submits, the city accepts or returns; any other order is refused with a sentence', t => {
  const month = { period: november, nowMs: at('2026-11-16T09:00:00'), stage: 'preview' } as const
  let rows: SubmissionRow[] = []
  const go = (action: SubmissionRow['action'], note = ''): void => {
    rows = [...rows, nextSubmission({ area: 'a', action, by: '王科长', note }, rows, month)]
  }
  const refuses = (action: SubmissionRow['action'], message: string, note = ''): void =>
    void t.throws(() => go(action, note), { message })
  refuses('accept', 'the submission of area "a" must be submitted before it is accepted, got nothing')
  go('submit')
  t.equal(submissionStateOf(rows), 'submitted')
  refuses(
    'submit',
    'the submission of area "a" must be new or returned before it is submitted, got "submitted" (王科长, 2026-11-16T09:00:00.000+08:00)'
  )
  refuses('return', 'the submission of area "a" must be returned with a note that says why, got none')
  go('return', '缺教室')
  refuses(
    'accept',
    'the submission of area "a" must be submitted before it is accepted, got "returned" (王科长, 2026-11-16T09:00:00.001+08:00)'
  )
  go('submit')
  go('accept')
  t.equal(submissionStateOf(rows), 'accepted')
  refuses(
    'return',
    'the submission of area "a" must be submitted before it is returned, got "accepted" (王科长, 2026-11-16T09:00:00.003+08:00)',
    'x'
  )
  t.same(
    rows.map(row => row.atMs - month.nowMs),
    [0, 1, 2, 3],
    'two steps in one millisecond are two steps'
  )
  const early = { ...month, nowMs: at('2026-11-14T23:59:59'), stage: 'open' } as const
  t.throws(() => nextSubmission({ area: 'b', action: 'submit', by: 'x', note: '' }, [], early), {
    message:
      'the submission of area "b" of period 2026-11 must wait until 2026-11-15, got now 2026-11-14T23:59:59.000+08:00'
  })
  const late = { ...month, nowMs: at('2026-11-26T00:00:00'), stage: 'published' } as const
  t.throws(() => nextSubmission({ area: 'b', action: 'submit', by: 'x', note: '' }, [], late), {
    message: 'the submission of area "b" of period 2026-11 must come before its bulletin is published, got it after'
  })
  t.end()
})

void t.test('an objection is answered once, with words, and a re-test is ordered once', t => {
  const month = { period: november, nowMs: at('2026-11-16T09:00:00'), stage: 'preview' } as const
  const claim = { school: 'a-1', target: access, by: '张校长', note: '线路已通' }
  const open = raiseObjection('o-1', claim, month)
  const answer = (row: ObjectionRow, state: 'retest' | 'upheld' | 'rejected', words = '') =>
    answerObjection(row, { state, answer: words, by: '李主任' }, month.nowMs + 1)
  const retest = answer(open, 'retest')
  t.match(retest, { state: 'retest', answeredBy: '李主任' })
  t.throws(() => answer(retest, 'retest'), {
    message: 'objection "o-1" must be upheld or rejected after its re-test, got "retest" again'
  })
  t.throws(() => answer(retest, 'rejected', ' '), {
    message: 'objection "o-1" must be rejected with an answer in words, got none'
  })
  const rejected = answer(retest, 'rejected', '复测仍不达标')
  t.throws(() => answer(rejected, 'upheld', 'x'), {
    message: 'objection "o-1" must still be open to be answered, got "rejected" by 李主任'
  })
  t.throws(() => raiseObjection('o-2', claim, { ...month, stage: 'published' }), {
    message: 'an objection of school "a-1" of period 2026-11 must come before its bulletin is published, got it after'
  })
  t.end()
})
