import type { VerdictWord } from '../../collector/verdicts/verdict.ts'

/** What the oracle says: the word, and the reasons that the specification allows for it (several where it leaves the choice among causes). */
export interface Answer {
  readonly verdict: VerdictWord
  readonly reasons: readonly string[]
}

export type Parameters = Readonly<Record<string, number>>

export const met = (...reasons: string[]): Answer => ({ verdict: 'met', reasons })
export const missed = (...reasons: string[]): Answer => ({ verdict: 'missed', reasons })
export const unknown = (...reasons: string[]): Answer => ({ verdict: 'unknown', reasons })
