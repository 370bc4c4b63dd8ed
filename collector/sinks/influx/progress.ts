import type { Logger } from 'pino'
import { openTurns } from '../../in-turn.ts'
import type { NewDeadLetter, SinkReads, SinkRow, SinkState, SinkWrites } from '../../store/sink-store.ts'

/** The one keeper of a sink's row: changes stand in line, and what is in memory is what is on disk. */
export interface Progress {
  /** The row as the store has it. */
  row(): SinkRow
  /** Moves on, together with what was refused on the way. Rejects when the store does not take it; then nothing has moved. */
  move(change: (row: SinkRow) => SinkRow, letters?: readonly NewDeadLetter[]): Promise<void>
  /** Which letters are kept from now on; all of them until it is said. The others are only counted. */
  setAside(isKept: (letter: NewDeadLetter) => boolean): void
  /** How the far end stands; said again is not news. Resolves when it is kept. */
  say(state: SinkState, sentence: string): Promise<void>
  /** From now on copies lie there. Somewhere else than before there are none: it is then asked to go back, to the beginning. */
  aimAt(target: string): Promise<void>
  /** Takes a wish to go back, when there is one. True when the row went back. */
  goBack(): Promise<boolean>
}

export interface ProgressDeps {
  readonly store: Pick<SinkWrites & SinkReads, 'putSink' | 'rewindSink' | 'takeRewind' | 'sinks' | 'logHead'>
  readonly now: () => number
  readonly log: Logger
}

export const openProgress = async (name: string, { store, now, log }: ProgressDeps): Promise<Progress> => {
  const known = (await store.sinks()).find(row => row.name === name)
  let row = known ?? firstRow(name, await store.logHead(), now())
  // Kept at once: what comes from here on is live, however long the far end is away.
  if (known === undefined) await store.putSink(row)

  let isKept: (letter: NewDeadLetter) => boolean = () => true
  const inTurn = openTurns()
  const move: Progress['move'] = (change, letters) =>
    inTurn(async () => {
      const next = change(row)
      await store.putSink(next, letters?.filter(isKept))
      row = next
    })

  let said = { state: row.state, sentence: row.sentence }
  return {
    row: () => row,
    move,
    setAside: kept => {
      isKept = kept
    },
    say: async (state, sentence) => {
      if (said.state === state && said.sentence === sentence) return
      said = { state, sentence }
      const level = state === 'backing_off' || state === 'refused' ? 'warn' : 'info'
      log[level]({ sink: name, state, sentence }, 'sink state')
      await move(old => ({ ...old, state, sentence, stateSinceMs: old.state === state ? old.stateSinceMs : now() }))
    },
    aimAt: target =>
      inTurn(async () => {
        const { target: before = target } = row
        if (row.target === target) return
        if (before !== target) {
          log.warn({ sink: name, before, target }, 'sink has another database: everything is sent again')
          await store.rewindSink(name, 0)
        }
        const next = { ...row, target, seen: false }
        await store.putSink(next)
        row = next
      }),
    goBack: () =>
      inTurn(async () => {
        const back = await store.takeRewind(name)
        if (back === undefined) return false
        row = back
        log.info({ sink: name, history: back.history }, 'sink goes back')
        return true
      })
  }
}

/** What comes now goes on at once; what was there before is filled in behind it. */
export const firstRow = (name: string, head: { readonly arrival: number }, nowMs: number): SinkRow => ({
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
