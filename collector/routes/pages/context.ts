import { SentenceError } from '../../../contract/parse.ts'
import { isPeriodName, periodAt, periodNamed, type Period } from '../../calendar/period.ts'
import type { Language } from '../../verdicts/explain.ts'
import { termIn, type Term } from '../../views/term-words.ts'
import { sayIn, type Say } from '../../views/words.ts'
import { formatsFor, type Formats } from './format.ts'
import { languageOf } from './language.ts'

/** What every page knows of its request: who reads, when, and which period. */
export interface PageContext {
  readonly language: Language
  readonly say: Say
  readonly term: Term
  readonly formats: Formats
  readonly nowMs: number
  readonly period: Period
  readonly isCurrent: boolean
  /** Which revision of the period's figures was asked for; 0 are the current, moving ones. Undefined: what is in force. */
  readonly revision: number | undefined
  /** As it came, without the query. */
  readonly path: string
  readonly query: URLSearchParams
}

export interface PageRequest {
  readonly url: string
  readonly headers: { readonly cookie?: string | undefined }
}

/** Reads language, period and revision of a request; `inPath` is a period that the path names. Throws a SentenceError in the reader's language. */
export const contextOf = (request: PageRequest, nowMs: number, inPath?: string): PageContext => {
  const bare = plainContext(request, nowMs)
  const plain = { ...bare, revision: revisionOf(bare) }
  const asked = inPath ?? once(plain, 'period')
  if (asked === undefined) return plain
  // Earlier years are not wrong as such, but Date reads years below 100 as 19xx.
  if (!isPeriodName(asked) || asked < '2000-01')
    throw badQuery(plain, 'period', plain.say('expected_period', { example: plain.period.name }), asked)
  return { ...plain, period: periodNamed(asked), isCurrent: asked === plain.period.name }
}

/** The same without looking at the period, for pages that must not fail: errors. */
export const plainContext = (request: PageRequest, nowMs: number): PageContext => {
  const mark = request.url.indexOf('?')
  const query = new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1))
  const language = languageOf(query.get('lang') ?? undefined, request.headers.cookie)
  return {
    language,
    say: sayIn(language),
    term: termIn(language),
    formats: formatsFor(language, nowMs),
    nowMs,
    period: periodAt(nowMs),
    isCurrent: true,
    revision: undefined,
    // Two slashes would make a link to another host of it.
    path: `/${(mark < 0 ? request.url : request.url.slice(0, mark)).replace(/^[/\\]+/, '')}`,
    query
  }
}

const revisionOf = (context: PageContext): number | undefined => {
  const text = once(context, 'revision')
  if (text === undefined || text === '') return undefined
  if (!/^(0|[1-9][0-9]{0,3})$/.test(text)) throw badQuery(context, 'revision', context.say('expected_revision'), text)
  return Number(text)
}

const longestText = 200

/** A free text of the query, '' when absent. */
export const textOf = (context: PageContext, name: string): string => {
  const text = once(context, name)?.trim() ?? ''
  if (text.length > longestText) throw badQuery(context, name, context.say('expected_short', { n: longestText }), text)
  return text
}

/** The page of a list, from 1. */
export const pageNumberOf = (context: PageContext): number => {
  const text = once(context, 'page')
  if (text === undefined) return 1
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw badQuery(context, 'page', context.say('expected_page'), text)
  return Number(text)
}

/** One of a few words of the query, or undefined when absent. */
export const choiceOf = <Choice extends string>(
  context: PageContext,
  name: string,
  choices: readonly Choice[]
): Choice | undefined => {
  const text = once(context, name)
  if (text === undefined || text === '') return undefined
  const choice = choices.find(one => one === text)
  if (choice === undefined)
    throw badQuery(context, name, context.say('expected_choice', { list: choices.join(' ') }), text)
  return choice
}

const once = (context: PageContext, name: string): string | undefined => {
  const values = context.query.getAll(name)
  if (values.length > 1) throw badQuery(context, name, context.say('expected_once'), values.join(' '))
  return values[0]
}

export const badQuery = (context: PageContext, name: string, expected: string, value: string): SentenceError =>
  new SentenceError(context.say('bad_query', { name, expected, value: JSON.stringify(value.slice(0, 60)) }))

/** A link within the pages; it keeps the period unless that is the current one, and a revision that was asked for. Empty parameters are left out. */
export const linkTo = (
  context: PageContext,
  path: string,
  parameters: Readonly<Record<string, string>> = {}
): string => {
  const query = new URLSearchParams(context.isCurrent ? {} : { period: context.period.name })
  if (context.revision !== undefined) query.set('revision', String(context.revision))
  for (const [name, value] of Object.entries(parameters)) if (value !== '') query.set(name, value)
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** This very page with some parameters changed. */
export const sameWith = (context: PageContext, changes: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(context.query)
  query.delete('lang')
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? context.path : `${context.path}?${text}`
}

/** The name of a ledger entry in the reader's language. */
export const nameOf = (
  context: PageContext,
  entry: { readonly name: string; readonly nameEn: string | undefined }
): string => (context.language === 'en' ? (entry.nameEn ?? entry.name) : entry.name)
