import type { Logger } from 'pino'
import type { Settings } from '../config.ts'
import type { Store } from '../store/store.ts'

/** A place where copies go: it follows the store from its own cursor, and the collector never waits for it. */
export interface Sink {
  /** Its folder, its row in the store, its key in `sinks:` of collector.yaml. */
  readonly name: string
  readonly configured: (settings: SinkSettings) => boolean
  /** Begins to follow; undefined when it is not configured. Never throws because of the far end: that is a state with a sentence. */
  readonly start: (settings: SinkSettings, deps: SinkDeps) => RunningSink | undefined
}

/** What of the settings sinks may know. Crosses to their threads: plain values, and of secrets the names of their files. */
export type SinkSettings = Pick<Settings, 'influx' | 'uploadMs'>

export interface SinkDeps {
  readonly store: Omit<Store, 'share' | 'close'>
  readonly now: () => number
  /** Rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** [0, 1): spreads retries. */
  readonly random: () => number
  readonly log: Logger
}

export interface RunningSink {
  /** Resolves soon, whatever the far end does; the cursor stands where the last delivered point is. */
  stop(): Promise<void>
}
