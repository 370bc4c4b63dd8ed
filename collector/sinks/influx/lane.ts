import type { SinkReads, SinkRow } from '../../store/sink-store.ts'
import type { Allowance } from './allowance.ts'
import type { Progress } from './progress.ts'
import { breath, type Parcel, type Sent, type Shipping } from './shipping.ts'
import type { World } from './world.ts'

/** A stretch of the batch log that is followed: what is live, or the history before it. */
export interface Lane {
  /** Sends one page and moves the cursor behind it. */
  step(): Promise<Step>
}

/** `more`: something was done, and there may be more at once; `idle`: nothing is left; else it waits for its allowance. */
export type Step = 'more' | 'idle' | { readonly waitMs: number }

export interface Stretch {
  /** Where it stands and where it ends now; undefined when nothing is left of it. */
  readonly of: (row: SinkRow) => { readonly after: number; readonly upTo: number } | undefined
  /** The row when everything up to an arrival is delivered. */
  readonly moved: (row: SinkRow, arrival: number) => SinkRow
}

export interface LaneDeps {
  readonly store: Pick<SinkReads, 'batchLog'>
  readonly world: World
  readonly shipping: Shipping
  readonly progress: Progress
  readonly allowance: Allowance
  readonly now: () => number
  /** About how many readings a page has. */
  readonly pagePoints: number
}

/** Newer batches are never held back. */
export const liveMs = 300_000

/** Readings and points in memory at once. */
const piecePoints = 500

/** The live stretch has no end. */
const endless = Number.MAX_SAFE_INTEGER

interface Page {
  readonly after: number
  readonly last: number
  readonly upTo: number
  /** undefined when nothing is there. */
  readonly content: { readonly parcel: Parcel; readonly receivedMs: number } | undefined
}

/**
 * Lines are delivered before the cursor moves: a crash in between sends them again, to the same series and the same time. While a page is
 * on its way the next is read and written down, so that at most two are in memory and neither side waits for the other.
 */
export const openLane = (stretch: Stretch, deps: LaneDeps): Lane => {
  const { store, world, shipping, progress, allowance, now, pagePoints } = deps
  let ahead: Promise<Page> | undefined

  /** A piece at a time: only the lines live as long as the page, readings and points are gone before the next piece. */
  const load = async (after: number, upTo: number): Promise<Page> => {
    let [last, left] = [after, pagePoints]
    let content: Page['content']
    let more = true
    while (more) {
      await breath()
      const limit = Math.min(left, piecePoints)
      const batches = await store.batchLog(last, upTo, limit)
      const [first, end] = [batches[0], batches.at(-1)]
      if (first === undefined || end === undefined) break
      // After the batches: whatever device they come from was in the ledger before them.
      await world.refresh(batches)
      const points = batches.flatMap(batch => world.batchPoints(batch))
      content = {
        parcel: shipping.pack(points, content?.parcel),
        receivedMs: content?.receivedMs ?? first.receivedMs
      }
      last = end.arrival
      left -= points.length
      // One that is far from full was the end of the log; another like it must still fit.
      more = points.length >= limit / 2 && points.length <= left
    }
    return { after, last: content === undefined ? upTo : last, upTo, content }
  }
  /** The page that was made ready, unless the cursor was moved elsewhere meanwhile or nothing was there yet. */
  const next = async (after: number, upTo: number): Promise<Page> => {
    const ready = ahead === undefined ? undefined : await ahead
    ahead = undefined
    return ready?.after === after && ready.content !== undefined ? ready : load(after, upTo)
  }

  return {
    step: async () => {
      const stand = stretch.of(progress.row())
      if (stand === undefined) return 'idle'
      const page = await next(stand.after, stand.upTo)
      if (page.content === undefined) {
        if (stand.upTo < endless) await progress.move(row => stretch.moved(row, stand.upTo))
        return 'idle'
      }
      const { parcel, receivedMs } = page.content
      if (now() - receivedMs > liveMs) {
        const waitMs = allowance.waitMs()
        if (waitMs > 0) {
          ahead = Promise.resolve(page)
          return { waitMs }
        }
        allowance.spend(parcel.linesN + parcel.tooOldN)
      }
      const sending = shipping.send(parcel)
      ahead = load(page.last, stand.upTo)
      const [sent] = await Promise.all([sending, ahead.catch(() => undefined)])
      await progress.move(row => counted(stretch.moved(row, page.last), sent, now()), sent.letters)
      return 'more'
    }
  }
}

/** A row with what was just sent. */
export const counted = (row: SinkRow, sent: Sent, nowMs: number): SinkRow => ({
  ...row,
  deliveredAtMs: sent.pointsN > 0 ? nowMs : row.deliveredAtMs,
  pointsN: row.pointsN + sent.pointsN,
  refusedN: row.refusedN + sent.letters.length,
  tooOldN: row.tooOldN + sent.tooOldN
})

export const live: Stretch = {
  of: row => ({ after: row.arrival, upTo: endless }),
  moved: (row, arrival) => ({ ...row, arrival })
}
export const history: Stretch = {
  of: row => row.history,
  moved: (row, arrival) =>
    row.history === undefined || arrival >= row.history.upTo
      ? { ...row, history: undefined }
      : { ...row, history: { ...row.history, after: arrival } }
}
