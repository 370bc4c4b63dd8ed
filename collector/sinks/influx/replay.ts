import type { DeadLetter, SinkReads, SinkWrites } from '../../store/sink-store.ts'
import type { Figures } from './figures.ts'
import { counted } from './lane.ts'
import type { Progress } from './progress.ts'
import { serverRefused, type Shipping } from './shipping.ts'
import { databases } from './schema.ts'
import type { Delivery } from './deliver.ts'
import type { World } from './world.ts'

/** Dead letters that somebody wants to have sent again, when what was wrong is mended. */
export interface Replay {
  /** Sends some of those that are due. */
  step(): Promise<void>
}

export interface ReplayDeps {
  readonly sink: string
  readonly store: Pick<SinkReads & SinkWrites, 'deadLetters' | 'deadLettersOf' | 'settleDeadLetters' | 'batchLog'>
  readonly world: World
  readonly shipping: Shipping
  readonly delivery: Delivery
  readonly progress: Progress
  readonly figures: Pick<Figures, 'again'>
  readonly now: () => number
  readonly signal: AbortSignal
}

const atOnce = 500

/**
 * A line that the server refused goes again as it is kept; behind figures of before, all figures of now. A point that was never a good line is
 * made anew from its batch, when that is still there: its whole batch goes again, which changes nothing else (the same series and times).
 */
export const openReplay = (deps: ReplayDeps): Replay => {
  const { sink, store, world, shipping, delivery, progress, figures, now, signal } = deps

  const asKept = async (letters: readonly DeadLetter[]): Promise<void> => {
    for (const database of databases) {
      const own = letters.filter(letter => letter.database === database)
      if (own.length === 0) continue
      const lines = own.map(letter => letter.line)
      const answers = new Map(
        (await delivery.write(database, lines, signal)).refused.map(({ index, answer }) => [index, answer])
      )
      const taken = own.filter((_, i) => !answers.has(i))
      // A newer figure may have been in its place since: that must be the last word, also after a crash in between.
      const again = database === 'rollup' && taken.length > 0
      if (again) figures.again()
      await progress.move(row => ({
        ...counted(row, { pointsN: taken.length, letters: [], tooOldN: 0 }, now()),
        ...(again ? { rollupSeq: 0, periodSeq: 0 } : {})
      }))
      await store.settleDeadLetters(
        taken.map(letter => letter.id),
        own.flatMap((letter, i) => {
          const answer = answers.get(i)
          return answer === undefined ? [] : [{ id: letter.id, answer }]
        })
      )
    }
  }

  const refuseAll = (letters: readonly DeadLetter[], answer: string): Promise<void> =>
    store.settleDeadLetters(
      [],
      letters.map(({ id }) => ({ id, answer }))
    )

  const anew = async (arrival: number, letters: readonly DeadLetter[]): Promise<void> => {
    if (arrival === 0)
      return refuseAll(letters, 'a figure is sent again when it changes, or after campus-gauge sink rewind')
    const batches = await store.batchLog(arrival - 1, arrival, 1)
    if (batches.every(batch => batch.readings.length === 0)) return refuseAll(letters, notKept(arrival))
    await world.refresh(batches)
    const points = batches.flatMap(batch => world.batchPoints(batch))
    const times = new Set(points.map(({ atMs }) => atMs))
    const sent = await shipping.ship(points)
    const left = new Map(sent.letters.map(letter => [letter.line, letter.answer]))
    // A batch of several days loses its readings day by day.
    for (const { line } of letters) {
      const [, atMs] = /"atMs":(-?\d+),"offsetNs":\d+\}$/.exec(line) ?? []
      if (atMs !== undefined && !times.has(Number(atMs))) left.set(line, notKept(arrival))
    }
    // A point whose fault is another now lies there under its new line; it must not be lost with the old one.
    const known = new Set((await store.deadLettersOf(sink, arrival)).map(letter => letter.line))
    const others = sent.letters.filter(letter => !known.has(letter.line))
    await progress.move(row => counted(row, { ...sent, letters: others }, now()), others)
    await store.settleDeadLetters(
      letters.filter(letter => !left.has(letter.line)).map(letter => letter.id),
      letters.flatMap(({ id, line }) => {
        const answer = left.get(line)
        return answer === undefined ? [] : [{ id, answer }]
      })
    )
  }

  return {
    step: async () => {
      const due = await store.deadLetters(sink, 0, atOnce, true)
      await asKept(due.filter(letter => letter.reason === serverRefused))
      const faulty = due.filter(letter => letter.reason !== serverRefused)
      for (const [arrival, letters] of Map.groupBy(faulty, letter => letter.arrival)) await anew(arrival, letters)
    }
  }
}

const notKept = (arrival: number): string => `the readings of batch ${arrival} are not kept any more`
