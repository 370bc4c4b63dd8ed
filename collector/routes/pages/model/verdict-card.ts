import type { StoredVerdict } from '../../../store/store.ts'
import { explain } from '../../../verdicts/explain.ts'
import type { PageContext } from '../context.ts'
import { lookUp, terms } from '../../../views/term-words.ts'
import { verdictMark, type Mark } from './mark.ts'
import type { TargetNames } from './targets.ts'

/** One verdict with its evidence sentence: what was found, on how much, by which rule of which document. */
export interface VerdictCard {
  readonly mark: Mark
  readonly title: string
  readonly sentence: string
  readonly source: string
  /** Short facts: n, rule, as of, since. Empty while nothing is judged. */
  readonly facts: readonly string[]
  readonly excluded: string | undefined
  readonly evidence: readonly string[]
}

export const verdictCard = (
  context: PageContext,
  names: TargetNames,
  target: string,
  verdict: StoredVerdict | undefined
): VerdictCard => {
  const { say, formats } = context
  const base = { title: names.title(target), source: names.source(target) }
  if (verdict === undefined)
    return {
      ...base,
      mark: verdictMark(context, 'unknown'),
      sentence: say('not_judged'),
      facts: [],
      excluded: undefined,
      evidence: []
    }
  const excluded = Object.entries(verdict.excluded).map(([reason, n]) => excludedText(context, reason, n))
  return {
    ...base,
    mark: verdictMark(context, verdict.verdict),
    sentence: explain(verdict, context.language),
    facts: [
      ...(verdict.expectedN === 0
        ? []
        : [say('evidence_n', { n: formats.number(verdict.n), expected: formats.number(verdict.expectedN) })]),
      say('rule', { version: verdict.ruleVersion }),
      `${say('as_of')} ${formats.at(verdict.asOfMs)}`,
      say('since', { at: formats.at(verdict.sinceMs) })
    ],
    excluded: excluded.length === 0 ? undefined : say('excluded', { list: excluded.join(say('separator')) }),
    evidence: verdict.evidence
  }
}

const excludedText = ({ language, formats }: PageContext, reason: string, n: number): string =>
  lookUp(terms.excluded, reason, language)?.replace('{n}', formats.number(n)) ?? `${reason} ${formats.number(n)}`
