import { sentenceText } from './sentence.ts'
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
    ...stateOf(row, nowMs),
    behindN: Math.max(0, head.arrival - row.arrival),
    behindS: oldestMs === undefined ? 0 : Math.max(0, (nowMs - oldestMs) / 1000),
    historyN: row.history === undefined ? 0 : row.history.upTo - row.history.after,
    deadLettersN: total,
    dueN: due,
    rewindWished: await store.rewindWished(row.name)
  }
}

/** While a sink runs and its server takes points, one goes every minute. */
const longestPauseMs = 1_800_000

/** A sink that is switched off, or whose thread dies again and again, must not pass for one that delivers. */
const stateOf = (row: SinkRow, nowMs: number): Partial<SinkRow> =>
  row.state !== 'delivering' || row.deliveredAtMs === 0 || nowMs - row.deliveredAtMs <= longestPauseMs
    ? {}
    : {
        state: 'starting',
        stateSinceMs: row.deliveredAtMs,
        sentence: sentenceText(
          '半小时以上没有送出任何数据：外送没有在运行。请看 collector.yaml 的 sinks 和日志。',
          'Nothing was delivered for more than half an hour: it is not running. Look at sinks in collector.yaml, and at the log.'
        )
      }

/** Of every sink that ever ran. */
export const standings = async (store: SinkReads, nowMs: number): Promise<readonly SinkStanding[]> =>
  Promise.all((await store.sinks()).map(row => standingOf(store, row, nowMs)))
