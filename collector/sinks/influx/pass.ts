import type { Change, ChangeKind, SinkReads } from '../../store/sink-store.ts'

/**
 * A pass over what changed: each thing once, also what changes again before its turn has come. Otherwise upkeep, which may touch everything every two
 * seconds, would keep the same things out of every pass.
 */
export interface Pass {
  /** Some that were not sent in this pass, in the order of their changes; undefined when none are left. `cursor`: where the row stands. */
  next(cursor: number, limit: number): Promise<Page | undefined>
  /** The page was sent, and the row stands at its `upTo`. */
  done(page: Page): void
}

export interface Page {
  readonly due: readonly Change[]
  /** What changed up to here was sent; what changed again after it was sent lies behind it, for the next pass. */
  readonly upTo: number
  readonly lookedUpTo: number
}

/** More than change every day; of a history of years only these are remembered. */
const mostRemembered = 20_000

export const openPass = (store: Pick<SinkReads, 'changes'>, kind: ChangeKind): Pass => {
  const sent = new Set<string>()
  let lookedUpTo = -1
  let leftAt = -1
  return {
    next: async (cursor, limit) => {
      // The beginning, or somebody went back.
      if (cursor !== leftAt) {
        sent.clear()
        lookedUpTo = leftAt = cursor
      }
      for (;;) {
        const found = await store.changes(kind, lookedUpTo, limit)
        const last = found.at(-1)
        if (last === undefined) return undefined
        const again = found.find(({ key }) => sent.has(key))
        const due = found.filter(({ key }) => !sent.has(key))
        // Once something is passed over, the row waits before it.
        const upTo = lookedUpTo > cursor ? cursor : again === undefined ? last.seq : again.seq - 1
        if (due.length > 0) return { due, upTo, lookedUpTo: last.seq }
        lookedUpTo = last.seq
      }
    },
    done: page => {
      for (const { key } of page.due) sent.add(key)
      for (const key of sent) {
        if (sent.size <= mostRemembered) break
        sent.delete(key)
      }
      leftAt = page.upTo
      lookedUpTo = page.lookedUpTo
    }
  }
}
