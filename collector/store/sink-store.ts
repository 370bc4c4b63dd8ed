import type { Gap } from '../../contract/batch.ts'
import type { Outcome } from '../../contract/reading.ts'

/** Where copies go: what a sink has to read, how far it has come, and what its server refused. */
export interface SinkWrites {
  /** Keeps how far a sink has come, together with what was refused on the way: both or neither. */
  putSink(row: SinkRow, letters?: readonly NewDeadLetter[]): Promise<void>
  /** Where subjects stand from a moment on, ms: a point dated after it, and before the next one, carries these tags. */
  putPlaces(places: readonly PlaceRow[]): Promise<void>
  /** Asks for refused points to be sent again: all of a sink, or some. Resolves to how many. */
  replayDeadLetters(sink: string, ids: readonly number[] | undefined, nowMs: number): Promise<number>
  /** What became of replayed ones: delivered ones go, the others stay with their newest answer and are no longer due. */
  settleDeadLetters(delivered: readonly number[], refused: readonly { id: number; answer: string }[]): Promise<void>
  /** Gives refused points up for good. Resolves to how many. */
  dropDeadLetters(sink: string, ids: readonly number[] | undefined): Promise<number>
  /**
   * Asks for everything after an arrival, and every figure, to be sent again (to a fresh database, say). False when there is no such sink.
   * The sink itself takes the wish at its next step: it alone moves its row.
   */
  rewindSink(sink: string, afterArrival: number): Promise<boolean>
  /** The row as a wish to go back leaves it, kept as such; undefined when there is no wish. */
  takeRewind(sink: string): Promise<SinkRow | undefined>
}

export interface SinkReads {
  /** The newest batch; arrival 0 in an empty log. */
  logHead(): Promise<LogPlace>
  /**
   * Batches with `after` < arrival ≤ `upTo` and their readings, in order of arrival; as many whole batches as together
   * with their readings are about `limit` (at least one batch, when there is any). Readings that were dropped because of their age are not there.
   */
  batchLog(after: number, upTo: number, limit: number): Promise<readonly LoggedBatch[]>
  /** When the first batch after an arrival came, ms; undefined when there is none. */
  receivedAfter(arrival: number): Promise<number | undefined>
  /** What changed after a number, in the order of its last change. A thing that changed again stands at its new place only. */
  changes(kind: ChangeKind, after: number, limit: number): Promise<readonly Change[]>
  sinks(): Promise<readonly SinkRow[]>
  /** By subject and time. */
  places(sink: string): Promise<readonly PlaceRow[]>
  /** Oldest first, after an id; `due`: only those that are to be sent again. */
  deadLetters(sink: string, after: number, limit: number, due?: boolean): Promise<readonly DeadLetter[]>
  /** Those of one batch. */
  deadLettersOf(sink: string, arrival: number): Promise<readonly DeadLetter[]>
  /** Whether somebody asked that it goes back. */
  rewindWished(sink: string): Promise<boolean>
  deadLetterCounts(sink: string): Promise<{ readonly total: number; readonly due: number }>
}

export interface LogPlace {
  readonly arrival: number
  /** 0 in an empty log. */
  readonly receivedMs: number
}

export interface LoggedBatch {
  readonly arrival: number
  readonly agent: string
  readonly receivedMs: number
  /** Collector wall minus agent wall, ms; 0 of batches older than this column. */
  readonly skewMs: number
  readonly rejectedN: number
  readonly gaps: readonly Gap[]
  readonly readings: readonly LoggedReading[]
}
export interface LoggedReading {
  readonly atMs: number
  readonly checkId: number
  readonly n: number
  /** How many readings of the same millisecond, check and part came before it: what keeps them apart elsewhere. At least 1,024 of the 1,025th on. */
  readonly twin: number
  readonly part: string
  readonly outcome: Outcome
  readonly reason: string | undefined
  readonly tookMs: number
  readonly live: boolean
  readonly fields: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
}

/**
 * `rollup`: a block of rollups, key `YYYY-MM-DD block`; `period`: verdicts, shares or rankings of the moving figures, or a bulletin made or
 * published, key `YYYY-MM`.
 */
export type ChangeKind = 'rollup' | 'period'
export interface Change {
  readonly key: string
  readonly seq: number
}

export type SinkState = 'starting' | 'delivering' | 'backing_off' | 'refused'

/** How far a sink has come. Nothing in it is secret. */
export interface SinkRow {
  readonly name: string
  /** Where the copies lie: another server or database has none of what was delivered before. Absent before the first delivery. */
  readonly target?: string
  /** What it took was read back there: should that be missing, it is lost, and not only out of our sight. */
  readonly seen?: boolean
  /** Every batch up to this arrival is delivered or refused for good, but for those of the history. */
  readonly arrival: number
  /** Batches that were there before the sink first ran: `after` < arrival ≤ `upTo` are still to come. */
  readonly history: { readonly after: number; readonly upTo: number } | undefined
  /** `changes` up to these are delivered. */
  readonly rollupSeq: number
  readonly periodSeq: number
  readonly state: SinkState
  /** Why, for people: Chinese, a line feed, English; '' while it delivers. */
  readonly sentence: string
  readonly stateSinceMs: number
  /** When points were last taken, ms; 0 for never. */
  readonly deliveredAtMs: number
  /** Since the sink first ran. */
  readonly pointsN: number
  readonly refusedN: number
  /** Points that the database would have dropped because of their age: not sent, not refused. */
  readonly tooOldN: number
}

export interface PlaceRow {
  readonly sink: string
  /** `device:ID` or `school:ID`. */
  readonly subject: string
  readonly fromMs: number
  /** JSON. */
  readonly tags: string
}

export interface NewDeadLetter {
  readonly sink: string
  /** When it was set aside, ms. */
  readonly atMs: number
  /** `raw` or `rollup`. */
  readonly database: string
  /** Of the batch, 0 when the point comes of none. */
  readonly arrival: number
  /** What was sent, or would have been: line protocol without its timestamp's meaning changed; '' when it could not be written down. */
  readonly line: string
  /** From a closed list: see collector/sinks/influx. */
  readonly reason: string
  /** What the server said, or what is wrong with the point; at most 500 characters, no secret. */
  readonly answer: string
}
export interface DeadLetter extends NewDeadLetter {
  readonly id: number
  /** When it was asked for again, ms. */
  readonly dueMs: number | undefined
  readonly tries: number
}
