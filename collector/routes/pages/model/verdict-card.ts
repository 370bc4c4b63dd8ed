import type { InPeriod } from '../../../store/history-store.ts'
import type { StoredVerdict } from '../../../store/store.ts'
import { dayStart, addDays, localTime } from '../../../calendar/day.ts'
import { explain } from '../../../verdicts/explain.ts'
import { lookUp, terms } from '../../../views/term-words.ts'
import type { PageContext } from '../context.ts'
import { verdictMark, type Mark } from './mark.ts'
import type { TargetNames } from './targets.ts'

/** One verdict with its evidence sentence: what was found, on how much, by which rule of which document, and since when. */
export interface VerdictCard {
  readonly mark: Mark
  readonly title: string
  readonly sentence: string
  readonly source: string
  /** 暂定, 申报, 沿用: what a reader must know before quoting the verdict. */
  readonly tags: readonly string[]
  /** Of a declared fact: who said it, where and when. */
  readonly declared: string | undefined
  /** Short facts: n, rule, as of, since. Empty while nothing is judged. */
  readonly facts: readonly string[]
  readonly excluded: string | undefined
  readonly evidenceTitle: string
  readonly evidence: readonly { readonly text: string; readonly href: string | undefined }[]
  /** The last periods, oldest first; empty when there is only this one. */
  readonly history: readonly { readonly label: string; readonly title: string; readonly mark: Mark }[]
}

export interface CardReads {
  readonly school: string
  /** Of this school, all periods shown. */
  readonly history: readonly (StoredVerdict & InPeriod)[]
  readonly periods: readonly string[]
}

export const verdictCard = (
  context: PageContext,
  names: TargetNames,
  target: string,
  verdict: StoredVerdict | undefined,
  reads: CardReads
): VerdictCard => {
  const { say } = context
  const base = {
    title: names.title(target),
    source: names.source(target),
    history: historyOf(context, target, reads)
  }
  if (verdict === undefined)
    return {
      ...base,
      mark: verdictMark(context, 'unknown'),
      sentence: say('not_judged'),
      tags: [],
      declared: undefined,
      facts: [],
      excluded: undefined,
      evidenceTitle: '',
      evidence: []
    }
  const sentence = explain(verdict, context.language)
  const excluded = Object.entries(verdict.excluded).map(([reason, n]) => excludedText(context, reason, n))
  return {
    ...base,
    mark: verdictMark(context, verdict.verdict),
    sentence,
    tags: tagsOf(context, verdict),
    declared: declaredText(context, verdict, sentence),
    facts: factsOf(context, verdict),
    excluded: excluded.length === 0 ? undefined : say('excluded', { list: excluded.join(say('separator')) }),
    evidenceTitle: say('evidence_count', { n: verdict.evidence.length }),
    evidence: verdict.evidence.map(text => ({ text, href: readingsOf(reads.school, text) }))
  }
}

const factsOf = ({ say, term, formats }: PageContext, verdict: StoredVerdict): string[] => {
  const carried = verdict.facts['carried_reason']
  return [
    ...(typeof carried === 'string' && carried !== '' ? [say('carried_cause', { cause: term('cause', carried) })] : []),
    ...(verdict.expectedN === 0
      ? []
      : [say('evidence_n', { n: formats.number(verdict.n), expected: formats.number(verdict.expectedN) })]),
    say('rule', { version: verdict.ruleVersion }),
    `${say('as_of')} ${formats.at(verdict.asOfMs)}`,
    say('since', { at: formats.at(verdict.sinceMs) })
  ]
}

/** A declared fact is evidence of its own kind: the verdict that rests on it says so. */
const restsOnDeclaration = (verdict: StoredVerdict): boolean =>
  verdict.evidence.some(entry => entry.startsWith('fact ')) || /^(declared_|declaration_)/.test(verdict.reason)

const tagsOf = ({ say, formats }: PageContext, verdict: StoredVerdict): string[] => [
  ...(verdict.reason === 'vacation'
    ? [
        typeof verdict.facts['from_period'] === 'string' && verdict.facts['from_period'] !== ''
          ? say('tag_carried_from', { period: formats.month(verdict.facts['from_period']) })
          : say('tag_vacation')
      ]
    : []),
  ...(/_provisional$|_port_limited$/.test(verdict.reason) ? [say('tag_provisional')] : []),
  ...(restsOnDeclaration(verdict) ? [say('tag_declared')] : [])
]

/** Most sentences that rest on a declaration already say whose it is. */
const declaredText = ({ say }: PageContext, { facts }: StoredVerdict, sentence: string): string | undefined => {
  const { source, as_of: day, by } = facts
  if (source === undefined || day === undefined || sentence.includes(String(source))) return undefined
  return say('declared_by', { source, day, by: by ?? '' }).trimEnd()
}

const excludedText = ({ language, formats }: PageContext, reason: string, n: number): string =>
  lookUp(terms.excluded, reason, language)?.replace('{n}', formats.number(n)) ?? `${reason} ${formats.number(n)}`

/** The raw readings of the day that an entry names. */
const readingsOf = (school: string, entry: string): string | undefined => {
  const day = /(?:^| )(\d{4}-\d\d-\d\d)(?:$| )/.exec(entry)?.[1]
  if (day === undefined || entry.startsWith('fact ')) return undefined
  const query = new URLSearchParams({
    school,
    from: localTime(dayStart(day)),
    to: localTime(dayStart(addDays(day, 1)))
  })
  return `/v1/readings?${query.toString()}`
}

const historyOf = (context: PageContext, target: string, { history, periods }: CardReads): VerdictCard['history'] => {
  const own = history.filter(verdict => verdict.target === target)
  if (own.length < 2) return []
  return periods.flatMap(period => {
    const verdict = own.find(one => one.period === period)
    const month = context.say('month_short', { n: Number(period.slice(5, 7)) })
    if (verdict === undefined)
      return [{ label: month, title: '', mark: { style: 'na', shape: '·', word: context.say('none') } }]
    const mark = verdictMark(context, verdict.verdict)
    const carried = verdict.reason === 'vacation' ? ` ${context.say('carried')}` : ''
    return [
      {
        label: month,
        title: `${context.formats.month(period)} ${mark.word}${carried}`,
        mark: { ...mark, word: `${mark.word}${carried}` }
      }
    ]
  })
}
