import type { Outcome } from '../../../../contract/reading.ts'
import type { VerdictWord } from '../../../verdicts/verdict.ts'
import type { PageContext } from '../context.ts'

/** A state by shape and word; the colour only repeats it. */
export interface Mark {
  readonly style: 'met' | 'missed' | 'unknown' | 'na' | 'offline' | 'warn'
  readonly shape: string
  readonly word: string
}

export const verdictMark = (context: PageContext, verdict: VerdictWord): Mark => {
  const word = context.say(verdict)
  switch (verdict) {
    case 'met':
      return { style: 'met', shape: '✓', word }
    case 'missed':
      return { style: 'missed', shape: '✕', word }
    case 'unknown':
      return { style: 'unknown', shape: '?', word }
    case 'not_applicable':
      return { style: 'na', shape: '–', word }
  }
}

export const offlineMark = (context: PageContext): Mark => ({
  style: 'offline',
  shape: '◌',
  word: context.say('offline')
})

export const outcomeMark = (context: PageContext, outcome: Outcome): Mark => {
  const word = context.term('outcome', outcome)
  switch (outcome) {
    case 'ok':
      return { style: 'met', shape: '✓', word }
    case 'degraded':
      return { style: 'warn', shape: '!', word }
    case 'failed':
      return { style: 'missed', shape: '✕', word }
    case 'unavailable':
      return { style: 'unknown', shape: '?', word }
  }
}
