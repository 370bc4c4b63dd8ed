import type { SinkState } from '../../store/sink-store.ts'
import type { DatabaseName } from './schema.ts'

/** Lines on their way to one database. Keeps trying until the server took each or said of it, and of it alone, that it never will. */
export interface Delivery {
  /**
   * Resolves when every line is stored or known to be refused; rejects only when the signal aborts. While the server is away, refuses the
   * credentials, or refuses everything, it waits with back-off and says so through `onState`: nothing is given up.
   */
  write(database: DatabaseName, lines: readonly string[], signal: AbortSignal): Promise<DeliveryResult>
}

export interface DeliveryResult {
  /** Indexes into the lines, with what the server said. */
  readonly refused: readonly { readonly index: number; readonly answer: string }[]
}

/** What is told to whoever keeps the state; sentences are zh and en, and hold no secret. */
export type OnState = (state: SinkState, sentence: string) => void

/** What an answer of the server means for the lines that were sent. */
export type Answer =
  | { readonly kind: 'taken' }
  /** 400, 422: something in it is wrong; others of it may have been taken. */
  | { readonly kind: 'bad_lines'; readonly says: string }
  /** 413: fewer at once. */
  | { readonly kind: 'too_large'; readonly says: string }
  /** 401, 403, 404 and what no retry alone will heal: keep, alarm, look again later. */
  | { readonly kind: 'refused'; readonly says: string }
  /** Network, time-out, 429, 5xx, and any answer that is not one of this server's. */
  | {
      readonly kind: 'away'
      readonly says: string
      readonly retryAfterMs: number | undefined
      /** The exchange had begun: fewer lines at once may get through. */
      readonly brokeOff?: boolean
    }
