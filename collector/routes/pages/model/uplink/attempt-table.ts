import { localTime } from '../../../../calendar/day.ts'
import type { PageContext } from '../../context.ts'
import type { Mark } from '../mark.ts'
import { attemptMark, attemptRate, attemptWhy, ratesOf } from './attempt-words.ts'
import { isFree, type Attempt } from './attempts.ts'

/** The newest tests, each with both figures: the one it is judged by and the one a speed-test site would show. */
export interface AttemptTable {
  readonly lines: readonly AttemptLine[]
  /** Folded away, since a telephone shows one test a screen. */
  readonly older: readonly AttemptLine[]
  readonly olderTitle: string
  /** Said when there are more than are listed. */
  readonly more: string | undefined
}
export interface AttemptLine {
  readonly iso: string
  readonly at: string
  /** What kind, which way, for which tier, when in the day. */
  readonly how: string
  readonly circumstances: readonly string[]
  readonly mark: Mark
  readonly why: { readonly text: string; readonly code: string | undefined }
  readonly rate: string
  readonly site: string
  readonly cost: string
  readonly took: string
  readonly server: string
  readonly egress: string
}

const [openLines, mostLines] = [8, 20]

/** Undefined when there is nothing to list. `attempts` newest first. */
export const attemptTable = (context: PageContext, attempts: readonly Attempt[]): AttemptTable | undefined => {
  const { say, formats } = context
  if (attempts.length === 0) return undefined
  const lines = attempts.slice(0, mostLines).map(attempt => lineOf(context, attempt))
  return {
    lines: lines.slice(0, openLines),
    older: lines.slice(openLines),
    olderTitle: say('attempts_older', { n: lines.length - openLines }),
    more:
      attempts.length > mostLines
        ? say('attempts_some', { n: formats.number(attempts.length), shown: mostLines })
        : undefined
  }
}

const lineOf = (context: PageContext, attempt: Attempt): AttemptLine => {
  const { say, term, formats } = context
  const { test, times } = attempt
  return {
    iso: localTime(test.atMs),
    at: formats.at(test.atMs),
    how: [term('test_kind', test.kind), term('direction', test.direction), `${test.tierMbps}M`].join(' · '),
    circumstances: [
      ...(test.slot === 'none' || test.slot === 'night' ? [] : [term('test_slot', test.slot)]),
      ...(test.vantage === 'panel' ? [say('attempt_panel')] : []),
      ...(times > 1 ? [say('attempt_times', { n: times })] : [])
    ],
    mark: attemptMark(context, attempt),
    why: attemptWhy(context, attempt),
    rate: attemptRate(context, attempt),
    site:
      test.goodputMbps === undefined ? '' : say('attempt_site', { mbps: ratesOf(context, attempt)(test.goodputMbps) }),
    cost: isFree(test) || test.bytes === 0 ? say('attempt_free') : formats.data(test.bytes),
    took: isFree(test) ? '' : formats.span(test.durationMs),
    server: test.server,
    egress: test.egress
  }
}
