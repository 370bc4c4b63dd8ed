import { patienceFor } from '../../liveness.ts'
import type { SinkReads } from '../../store/sink-store.ts'

/**
 * Whether silence is the schools' own by now. A collector that was away itself heard of nobody: for as long as agents take to come back, what
 * looks like the silence of all schools is not told.
 */
export interface Settling {
  /** Looks, before anything is sent, for when the collector was last at work. Later calls change nothing. */
  look(): Promise<void>
  isOver(): boolean
}

export interface SettlingDeps {
  readonly sink: string
  readonly store: Pick<SinkReads, 'sinks'>
  readonly now: () => number
  /** How often agents upload, ms. */
  readonly uploadMs: number
}

export const openSettling = ({ sink, store, now, uploadMs }: SettlingDeps): Settling => {
  const { silentMs } = patienceFor(uploadMs)
  const startedMs = now()
  let wasAway: boolean | undefined
  return {
    look: async () => {
      if (wasAway !== undefined) return
      // While it works and the server is there, something is delivered every minute. At a first start nobody looks at its silence yet.
      const deliveredMs = (await store.sinks()).find(row => row.name === sink)?.deliveredAtMs ?? 0
      wasAway = deliveredMs > 0 && startedMs - deliveredMs > silentMs
    },
    isOver: () => {
      const passedMs = now() - startedMs
      // A clock that was set back must not keep schools away.
      return wasAway !== true || passedMs >= silentMs || passedMs < 0
    }
  }
}
