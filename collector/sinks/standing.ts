import type { SinkRow, SinkReads } from '../store/sink-store.ts'

/** How a sink stands: its row, and what waits for it. */
export interface SinkStanding extends SinkRow {
  /** Batches that came since it first ran and are not delivered yet. */
  readonly behindN: number
  /** Age of the oldest of them, s; 0 without any. */
  readonly behindS: number
  /** Batches from before its first run still to be filled in. */
  readonly historyN: number
  readonly deadLettersN: number
  /** Of those, asked to be sent again. */
  readonly dueN: number
  readonly rewindWished: boolean
}

export const standingOf = async (store: SinkReads, row: SinkRow, nowMs: number): Promise<SinkStanding> => {
  const head = await store.logHead()
  const oldestMs = await store.receivedAfter(row.arrival)
  const { total, due } = await store.deadLetterCounts(row.name)
  return {
    ...row,
    behindN: Math.max(0, head.arrival - row.arrival),
    behindS: oldestMs === undefined ? 0 : Math.max(0, (nowMs - oldestMs) / 1000),
    historyN: row.history === undefined ? 0 : row.history.upTo - row.history.after,
    deadLettersN: total,
    dueN: due,
    rewindWished: await store.rewindWished(row.name)
  }
}

/** Of every sink that ever ran. */
export const standings = async (store: SinkReads, nowMs: number): Promise<readonly SinkStanding[]> =>
  Promise.all((await store.sinks()).map(row => standingOf(store, row, nowMs)))
