import type { Logger } from 'pino'
import type { SinkReads, SinkWrites } from '../../store/sink-store.ts'
import type { InfluxSettings } from './config.ts'
import type { Moments } from './moments.ts'
import { queryPath } from './paths.ts'
import type { Progress } from './progress.ts'
import { tablesOf } from './stored.ts'
import { openTransport, type Access, type Transport } from './transport.ts'

/**
 * Is what was delivered still there? A server with a new disk, or one whose databases were made anew, takes points as if nothing were wrong, and
 * no cursor knows of it: what it lacks is sent again then. Looked at when the sink starts, after every outage, and each hour. What was never read
 * back (an account that sees nothing, reads that another server answers) is never missed, so that nothing is sent for ever.
 */
export interface Keeping {
  /** The server was away, or refused: it may be another one now. */
  doubt(): void
  look(): Promise<void>
}

export interface KeepingDeps {
  readonly sink: string
  readonly store: Pick<SinkReads & SinkWrites, 'rewindSink'>
  readonly progress: Progress
  readonly moments: Moments
  /** undefined while nobody can say: asked again. */
  readonly lacks: (deliveredMs: number) => Promise<boolean | undefined>
  /** How long the raw database keeps points; undefined: for ever. */
  readonly retentionMs: number | undefined
  readonly now: () => number
  readonly log: Logger
}

const hourMs = 3_600_000

export const openKeeping = (deps: KeepingDeps): Keeping => {
  const { sink, store, progress, moments, lacks, retentionMs = Infinity, now, log } = deps
  /** A time whose points must be there; 0: none. */
  let heldMs = progress.row().deliveredAtMs
  let lookedMs = -Infinity
  let emptiedMs = -Infinity

  /** The last minute that was told since the server was found empty: of before, nothing comes back for it. */
  const toldMs = (): number => {
    const latest = moments.pipelineMs()
    return latest > emptiedMs ? latest : 0
  }

  return {
    doubt: () => {
      lookedMs = -Infinity
    },
    look: async () => {
      if (heldMs === 0) heldMs = toldMs()
      const agoMs = now() - lookedMs
      if (heldMs === 0 || (agoMs >= 0 && agoMs < hourMs)) return
      const isKept = now() - heldMs < retentionMs - hourMs
      const emptied = isKept ? await lacks(heldMs) : false
      if (emptied === undefined) return
      lookedMs = now()
      const { seen = false } = progress.row()
      if (emptied && seen) {
        emptiedMs = now()
        heldMs = 0
        log.warn({ sink }, 'sink finds an empty database where it delivered before: everything is sent again')
        await store.rewindSink(sink, 0)
      } else heldMs = Math.max(heldMs, toldMs())
      if (isKept && seen === emptied) await progress.move(row => ({ ...row, seen: !emptied }))
    }
  }
}

/**
 * Asks for the pipeline's own points, one a minute, of the hour up to a time at which something was delivered. False when there are some, or when
 * the account may not read; undefined when nobody answers. Rejects when the signal aborts.
 */
export const lacksDelivered = async (
  settings: InfluxSettings,
  access: Access,
  deliveredMs: number,
  signal: AbortSignal,
  transport: Transport = openTransport(settings)
): Promise<boolean | undefined> => {
  try {
    const span = `time > ${deliveredMs - hourMs}ms AND time <= ${deliveredMs}ms`
    const path = queryPath(settings, 'raw', `SELECT last("points_n") FROM "pipeline" WHERE ${span}`)
    const reply = await transport.ask({ method: 'GET', path }, access, signal)
    if (reply.kind === 'lost' || reply.status >= 500) return undefined
    return tablesOf(reply)?.length === 0
  } finally {
    transport.close()
  }
}
