import Type, { type Static } from 'typebox'
import { localTime } from '../calendar/day.ts'
import type { DeadLetter } from '../store/sink-store.ts'
import { sentenceOf } from './sentence.ts'
import type { SinkStanding } from './standing.ts'

/** How a sink stands, as the interface and the command line show it. */
export const SinkItem = Type.Object({
  sink: Type.String(),
  state: Type.Enum(['starting', 'delivering', 'backing_off', 'refused']),
  sentence: Type.Object({ zh: Type.String(), en: Type.String() }, { description: 'Why; empty while it delivers' }),
  since: Type.String(),
  behind_n: Type.Integer({ description: 'Batches that are not delivered yet' }),
  behind_s: Type.Number({ description: 'Age of the oldest of them' }),
  history_n: Type.Integer({ description: 'Older batches still to be filled in' }),
  points_n: Type.Integer({ description: 'Points delivered since the sink first ran' }),
  dead_letters_n: Type.Integer({ description: 'Points that were refused and lie there' }),
  due_n: Type.Integer({ description: 'Of those, asked to be sent again' }),
  too_old_n: Type.Integer({ description: 'Points older than the database keeps: not sent' }),
  rewind: Type.Boolean({ description: 'Somebody asked that everything is sent again' }),
  delivered_at: Type.Union([Type.String(), Type.Null()])
})
export type SinkItem = Static<typeof SinkItem>

export const LetterItem = Type.Object({
  id: Type.Integer(),
  at: Type.String({ description: 'When it was set aside' }),
  database: Type.String(),
  arrival: Type.Integer({ description: 'The batch it comes from; 0 for none' }),
  line: Type.String({ description: 'Line protocol; empty when it could not be written down' }),
  reason: Type.String(),
  answer: Type.String({ description: 'What the server said, or what is wrong with the point' }),
  due: Type.Boolean({ description: 'Asked to be sent again' }),
  tries: Type.Integer({ description: 'How often it was sent again' })
})
export type LetterItem = Static<typeof LetterItem>

export const sinkItem = (standing: SinkStanding): SinkItem => ({
  sink: standing.name,
  state: standing.state,
  sentence: { ...sentenceOf(standing.sentence) },
  since: localTime(standing.stateSinceMs),
  behind_n: standing.behindN,
  behind_s: standing.behindS,
  history_n: standing.historyN,
  points_n: standing.pointsN,
  dead_letters_n: standing.deadLettersN,
  due_n: standing.dueN,
  too_old_n: standing.tooOldN,
  rewind: standing.rewindWished,
  delivered_at: standing.deliveredAtMs === 0 ? null : localTime(standing.deliveredAtMs)
})

export const letterItem = (letter: DeadLetter): LetterItem => ({
  id: letter.id,
  at: localTime(letter.atMs),
  database: letter.database,
  arrival: letter.arrival,
  line: letter.line,
  reason: letter.reason,
  answer: letter.answer,
  due: letter.dueMs !== undefined,
  tries: letter.tries
})
