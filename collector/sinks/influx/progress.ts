import type { Logger } from 'pino'
import type { NewDeadLetter, SinkReads, SinkRow, SinkState, SinkWrites } from '../../store/sink-store.ts'

/** The one keeper of a sink's row: changes stand in line, and what is in memory is what is on disk. */
export interface Progress {
  /** The row as the store has it. */
  row(): SinkRow
  /** Moves on, together with what was refused on the way. Rejects when the store does not take it; then nothing has moved. */
  move(change: (row: SinkRow) => SinkRow, letters?: readonly NewDeadLetter[]): Promise<void>
  /** How the far end stands; said again is not news. Resolves when it is kept. */
  say(state: SinkState, sentence: string): Promise<void>
  /** Takes a wish to go back, when there is one. True when the row went back. */
  goBack(): Promise<boolean>
}

export interface ProgressDeps {
  readonly store: Pick<SinkWrites & SinkReads, 'putSink' | 'takeRewind' | 'sinks' | 'logHead'>
  readonly now: () => number
  readonly log: Logger
}

export const openProgress = async (name: string, { store, now, log }: ProgressDeps): Promise<Progress> => {
  const known = (await store.sinks()).find(row => row.name === name)
  let row = known ?? firstRow(name, await store.logHead(), now())
  // Kept at once: what comes from here on is live, however long the far end is away.
  if (known === undefined) await store.putSink(row)

  let line: Promise<unknown> = Promise.resolve()
  const inLine = <Result>(step: () => Promise<Result>): Promise<Result> => {
    const mine = line.then(step)
    line = mine.catch(() => undefined)
    return mine
  }
  const move: Progress['move'] = (change, letters) =>
    inLine(async () => {
      const next = change(row)
      await store.putSink(next, letters)
      row = next
    })

  let said = { state: row.state, sentence: row.sentence }
  return {
    row: () => row,
    move,
    say: async (state, sentence) => {
      if (said.state === state && said.sentence === sentence) return
      said = { state, sentence }
      const level = state === 'backing_off' || state === 'refused' ? 'warn' : 'info'
      log[level]({ sink: name, state, sentence }, 'sink state')
      await move(old => ({ ...old, state, sentence, stateSinceMs: old.state === state ? old.stateSinceMs : now() }))
    },
    goBack: () =>
      inLine(async () => {
        const back = await store.takeRewind(name)
        if (back === undefined) return false
        row = back
        log.info({ sink: name, history: back.history }, 'sink goes back')
        return true
      })
  }
}

/** What comes now goes on at once; what was there before is filled in behind it. */
const firstRow = (name: string, head: { readonly arrival: number }, nowMs: number): SinkRow => ({
  name,
  arrival: head.arrival,
  history: head.arrival === 0 ? undefined : { after: 0, upTo: head.arrival },
  rollupSeq: 0,
  periodSeq: 0,
  state: 'starting',
  sentence: '',
  stateSinceMs: nowMs,
  deliveredAtMs: 0,
  pointsN: 0,
  refusedN: 0,
  tooOldN: 0
})
