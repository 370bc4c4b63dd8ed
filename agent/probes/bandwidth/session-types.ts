import type { ClosingRecord, Direction } from '../../../contract/bandwidth.ts'

/** One test's streams between this machine and a test server. */
export interface SessionOptions {
  readonly host: string
  readonly port: number
  readonly token: string
  readonly direction: Direction
  readonly streams: number
  /** The agent paces its own upload by this, Mbit/s at the IP layer; Infinity for none. */
  readonly capMbps: number
  /** Bytes per payload byte at the IP layer, for pacing (1500/1448). */
  readonly ipFactor: number
  /** An upload stops by itself after this many payload bytes; undefined for none. The server has its own limit. */
  readonly maxBytes?: number
  /** Bind the streams to this local address. */
  readonly localAddress?: string
  /** The same for a server known by name: one of each family, and a family without one is not used. */
  readonly localAddresses?: { readonly 4?: string; readonly 6?: string }
  readonly family?: 4 | 6
  readonly signal: AbortSignal
}

export interface Session {
  readonly server: string
  /** Our address as the server sees it. */
  readonly egress: string
  readonly portMbps: number
  readonly cc: string
  readonly localAddress: string
  readonly remoteAddress: string
  /** Lets the bytes flow. */
  start(): void
  /** Payload bytes that the receiver has: ours in a download; in an upload what the server counted, at the server's time since its first byte. */
  received(): { readonly ms: number; readonly bytes: number }
  /** Resolves when the session ended without `stop`: the peer or the link went away, or the server's limit was reached. */
  readonly ended: Promise<SessionEnd>
  /** Cuts the data streams at once and waits shortly for the server's closing record. Idempotent. */
  stop(): Promise<ClosingRecord | undefined>
}

export type SessionEnd =
  { readonly kind: 'closing'; readonly record: ClosingRecord } | { readonly kind: 'lost'; readonly message: string }

/** A session could not be opened. `reason` is one of the probe's. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly reason: SessionFault
  /** The server's own word for a refusal (`leaseFaults`), where it gave one. */
  readonly code: string | undefined
  constructor(reason: SessionFault, message: string, options?: ErrorOptions & { readonly code?: string }) {
    super(message, options)
    this.reason = reason
    this.code = options?.code
  }
}
export type SessionFault =
  'server_unreachable' | 'upgrade_blocked' | 'lease_refused' | 'server_busy' | 'server_port_too_small' | 'link_down'
