import type { SchoolRow } from '../../../ledger/ledger.ts'
import type { BulletinRow, RevisionChange } from '../../../store/bulletin-store.ts'
import { verdictWords } from '../../../verdicts/verdict.ts'
import { lookUp, terms } from '../../../views/term-words.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import { verdictMark, type Mark } from './mark.ts'
import type { TargetNames } from './targets.ts'

export interface Download {
  readonly text: string
  readonly href: string
}

/** Without a revision: a preview of the current figures. */
export const downloadsOf = (period: string, revision?: number): Download[] =>
  (['xlsx', 'html', 'json'] as const).map(kind => ({
    text: kind.toUpperCase(),
    href: `/v1/bulletins/${period}.${kind}${revision === undefined ? '' : `?revision=${revision}`}`
  }))

/** One revision of a bulletin and what it says otherwise than the one before. */
export interface RevisionLine {
  readonly n: string
  readonly href: string
  readonly isShown: boolean
  readonly cause: string
  readonly by: string
  readonly frozen: string
  readonly hash: string
  /** What whoever asked for it had to say, and in what the evidence differs. */
  readonly note: string
  readonly why: string
  readonly changes: readonly ChangeLine[]
  readonly changesText: string
  readonly more: string
  readonly downloads: readonly Download[]
}
export interface ChangeLine {
  readonly school: string
  readonly href: string
  readonly target: string
  readonly before: Mark | undefined
  readonly after: Mark | undefined
  readonly why: string
}

/** More would be a list for the spreadsheet. */
const mostChanges = 20

export const revisionLines = (
  context: PageContext,
  rows: readonly BulletinRow[],
  shown: number,
  schools: readonly SchoolRow[],
  names: TargetNames
): RevisionLine[] => {
  const { say, term, formats, period } = context
  const known = new Map(schools.map(school => [school.id, school]))
  return rows
    .toSorted((a, b) => b.revision - a.revision)
    .map(row => ({
      n: say('revision_n', { n: row.revision }),
      href: linkTo({ ...context, isCurrent: true, revision: row.revision }, `/bulletins/${period.name}`),
      isShown: row.revision === shown,
      cause: term('revision', row.cause),
      by: row.by,
      frozen: formats.at(row.frozenMs),
      hash: row.sha256,
      note: row.note ?? '',
      why: whyText(context, row),
      changes: row.changes.slice(0, mostChanges).map(change => changeLine(context, change, known, names)),
      changesText:
        row.revision === 1
          ? ''
          : row.changes.length === 0
            ? say('changes_none')
            : say('changes_n', { n: formats.number(row.changes.length) }),
      more:
        row.changes.length > mostChanges
          ? say('changes_more', { n: formats.number(row.changes.length - mostChanges) })
          : '',
      downloads: downloadsOf(period.name, row.revision)
    }))
}

const whyText = ({ say, language, formats }: PageContext, { why = {} }: BulletinRow): string => {
  const parts = Object.entries(why)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => lookUp(terms.why, kind, language)?.replace('{n}', formats.number(n)) ?? kind)
  return parts.length === 0 ? '' : say('why', { list: parts.join(say('separator')) })
}

const changeLine = (
  context: PageContext,
  change: RevisionChange,
  known: ReadonlyMap<string, SchoolRow>,
  names: TargetNames
): ChangeLine => {
  const school = known.get(change.school)
  const mark = (text: string): Mark | undefined => {
    const word = verdictWords.find(one => one === text)
    return word === undefined ? undefined : verdictMark(context, word)
  }
  const [before, after] = [change.reasonBefore, change.reasonAfter].map(reason =>
    reason === '' ? '' : context.term('cause', reason)
  )
  return {
    school: school === undefined ? change.school : nameOf(context, school),
    href: linkTo(context, `/schools/${encodeURIComponent(change.school)}`),
    target: names.title(change.target),
    before: mark(change.before),
    after: mark(change.after),
    why: [before, after].filter(text => text !== '').join(' → ')
  }
}
