import { periodAt, type Period } from '../../../calendar/period.ts'
import type { BulletinRow } from '../../../store/bulletin-store.ts'
import type { FiguresRef } from '../../../store/history-store.ts'
import type { Ranking } from '../../../verdicts/ranking.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { badQuery, linkTo, sameWith, type PageContext } from '../context.ts'

/** Which figures a page shows: those of a frozen revision, or the current ones. */
export interface Figures {
  readonly revision: number
  /** The revision shown; undefined when they are the current figures. */
  readonly shown: BulletinRow | undefined
  /** The newest frozen revision of the period. */
  readonly newest: BulletinRow | undefined
  /** The current figures are no longer those of the revision shown. */
  readonly differs: boolean
}

/** What stands above the figures of a frozen period. */
export interface FiguresNote {
  readonly text: string
  readonly links: readonly { readonly text: string; readonly href: string }[]
}

export const newestOf = (bulletins: readonly BulletinRow[], period: string): BulletinRow | undefined =>
  bulletins.filter(row => row.period === period).toSorted((a, b) => b.revision - a.revision)[0]

/** The revision in force, or the one asked for. Throws a SentenceError when there is none of that number. */
export const figuresRef = (context: PageContext, bulletins: readonly BulletinRow[]): FiguresRef => {
  const { period, revision } = context
  if (revision === undefined) return { period: period.name, revision: newestOf(bulletins, period.name)?.revision ?? 0 }
  if (revision > 0 && !bulletins.some(row => row.period === period.name && row.revision === revision))
    throw badQuery(
      context,
      'revision',
      context.say('expected_known_revision', { period: period.name }),
      String(revision)
    )
  return { period: period.name, revision }
}

export const figuresOf = (ref: FiguresRef, bulletins: readonly BulletinRow[], differs: boolean): Figures => ({
  revision: ref.revision,
  shown: bulletins.find(row => row.period === ref.period && row.revision === ref.revision),
  newest: newestOf(bulletins, ref.period),
  differs
})

/** Whether two sets of shares count the same schools alike. */
export const sharesDiffer = (a: readonly Share[], b: readonly Share[]): boolean => {
  const tally = (shares: readonly Share[]): string =>
    shares
      .map(s => [s.area, s.target, s.metN, s.missedN, s.unknownN, s.notApplicableN].join(' '))
      .toSorted()
      .join('\n')
  return tally(a) !== tally(b)
}

/** This period and the ones before it, oldest first, each with the figures in force. */
export const recentFigures = (
  context: PageContext,
  bulletins: readonly BulletinRow[],
  count: number
): readonly FiguresRef[] => {
  const earlier: Period[] = []
  for (let at = context.period; earlier.length < count - 1;) {
    at = periodAt(at.fromMs - 1)
    earlier.push(at)
  }
  return [
    ...earlier.toReversed().map(({ name }) => ({ period: name, revision: newestOf(bulletins, name)?.revision ?? 0 })),
    figuresRef(context, bulletins)
  ]
}

/** A vacation: the figures are those of the period before, and nobody is ranked. */
export const isCarried = (
  period: string,
  bulletins: readonly BulletinRow[],
  rankings: readonly Ranking[] | undefined
): boolean => {
  const frozen = newestOf(bulletins, period)
  if (frozen !== undefined) return !frozen.ranked
  return rankings !== undefined && rankings.length > 0 && rankings.every(ranking => ranking.reason === 'vacation')
}

export const figuresNote = (context: PageContext, figures: Figures, carried = false): FiguresNote | undefined => {
  const { say, formats, period } = context
  const { shown, newest } = figures
  if (newest === undefined) return carried ? { text: say('note_carried'), links: [] } : undefined
  const bulletin = {
    text: say('to_bulletin'),
    href: linkTo({ ...context, revision: undefined, isCurrent: true }, `/bulletins/${period.name}`)
  }
  const current = { text: say('to_current'), href: sameWith(context, { revision: '0' }) }
  const frozen = { text: say('to_frozen'), href: sameWith(context, { revision: '' }) }
  if (shown === undefined) return { text: say('note_current'), links: [frozen, bulletin] }
  const unranked = shown.ranked ? '' : say('note_carried')
  const old = shown.revision < newest.revision
  const text = say(old ? 'note_old_revision' : 'note_frozen', {
    n: shown.revision,
    at: formats.at(shown.frozenMs),
    newest: newest.revision
  })
  return {
    text: `${text}${unranked}${figures.differs && !old ? say('note_differs') : ''}`,
    links: [...(old ? [frozen] : []), ...(figures.differs ? [current] : []), bulletin]
  }
}
