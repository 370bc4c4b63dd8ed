import { reasonText } from '../../../../views/reason-words.ts'
import type { PageContext } from '../../context.ts'
import type { Mark } from '../mark.ts'
import type { Attempt } from './attempts.ts'

/** 通过, 未通过 or 未定: a test is never 不达标. */
export const attemptMark = ({ term }: PageContext, { test }: Attempt): Mark => {
  const word = term('test_result', test.result)
  switch (test.result) {
    case 'pass':
      return { style: 'met', shape: '✓', word }
    case 'fail':
      return { style: 'missed', shape: '✕', word }
    case 'inconclusive':
      return { style: 'unknown', shape: '?', word }
  }
}

/** Why it came out so. A pass explains itself; of anything else the code is shown too, to be looked up. */
export const attemptWhy = (
  { language, say }: PageContext,
  { test }: Attempt
): { readonly text: string; readonly code: string | undefined } => {
  const { result, kind, reason } = test
  // Said by the collector, not by the probe: figures and result of the reading did not fit together.
  if (reason === 'contradiction') return { text: say('attempt_contradiction'), code: reason }
  if (result !== 'pass') return { text: reasonText('bandwidth', reason, language) ?? '', code: reason }
  return {
    text: reasonText('bandwidth', kind === 'passive' ? 'counter' : 'above_line', language) ?? '',
    code: undefined
  }
}

/** How this test's rates are written: with as many digits as tell them from the line. */
export const ratesOf = ({ formats }: PageContext, { test, lineMbps }: Attempt): ((mbps: number) => string) => {
  const rates = [test.ipMbps, test.ipLoMbps, test.ipHiMbps].flatMap(rate => rate ?? [])
  const blurred = rates.some(rate => rate !== lineMbps && formats.number(rate) === formats.number(lineMbps))
  return blurred ? mbps => formats.decimals(mbps, 2) : formats.number
}

/** The rate with its interval, against the line. */
export const attemptRate = (context: PageContext, attempt: Attempt): string => {
  const { say } = context
  const { test, lineMbps } = attempt
  const rate = ratesOf(context, attempt)
  const line = say('attempt_against', { line: rate(lineMbps) })
  if (test.ipMbps === undefined) return [say('attempt_no_rate'), line].join(say('comma'))
  const range =
    test.ipLoMbps === undefined || test.ipHiMbps === undefined || test.kind === 'port' || test.kind === 'passive'
      ? []
      : [say('attempt_range', { lo: rate(test.ipLoMbps), hi: rate(test.ipHiMbps) })]
  return [say(figureOf(test.kind), { mbps: rate(test.ipMbps) }), ...range, line].join(say('comma'))
}

const figureOf = (kind: Attempt['test']['kind']) => {
  switch (kind) {
    case 'port':
      return 'attempt_port'
    case 'passive':
      return 'attempt_at_least'
    case 'quick':
    case 'certify':
      return 'attempt_measured'
  }
}

/** One test in one line: 11月12日 00:42 快速测试，未通过（…）：IP 层 611 Mbit/s，… */
export const attemptTip = (context: PageContext, attempt: Attempt): string => {
  const { say, term, formats } = context
  const { text, code } = attemptWhy(context, attempt)
  return [
    formats.at(attempt.test.atMs),
    say('attempt_tip', {
      kind: term('test_kind', attempt.test.kind),
      result: term('test_result', attempt.test.result),
      why: text === '' ? (code ?? '') : text,
      rate: attemptRate(context, attempt)
    })
  ].join(' ')
}
