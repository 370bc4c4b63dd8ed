import { bandwidthLimits, ServerMessage, type ClosingRecord } from '../../../contract/bandwidth.ts'
import { openLines } from '../../../contract/lines.ts'
import { fits } from '../../../contract/parse.ts'
import { SessionError } from './session-types.ts'
import type { RawStream } from './upgrade.ts'

export type Hello = Extract<ServerMessage, { type: 'hello' }>

/** The client's end of the control stream. */
export interface Talk {
  readonly hello: Promise<Hello>
  /** The server's closing record, or undefined when the stream ended without one. */
  readonly closing: Promise<ClosingRecord | undefined>
  /** What the server has counted of an upload, by its clock. */
  counted(): { readonly ms: number; readonly bytes: number }
  /** When the server was last heard of: the last value of `now`, ms. */
  heardMs(): number
  send(type: 'start' | 'stop'): void
}

/** Lines that are no message are passed over; a line without end closes the stream. `now`: monotonic, ms. */
export const openTalk = ({ socket, onBytes }: RawStream, now: () => number): Talk => {
  const hello = Promise.withResolvers<Hello>()
  const closing = Promise.withResolvers<ClosingRecord | undefined>()
  // Whoever is not waiting for it any more must not be told.
  hello.promise.catch(() => undefined)
  let counted = { ms: 0, bytes: 0 }
  let heardMs = now()

  const feed = openLines(bandwidthLimits.lineBytes, line => {
    const message = jsonOf(line)
    if (!fits(ServerMessage, message)) return
    heardMs = now()
    switch (message.type) {
      case 'hello':
        hello.resolve(message)
        return
      case 'counted':
        // Time and bytes only grow: a tally that went back would be somebody's mistake, not a measurement.
        if (message.bytes >= counted.bytes && message.ms >= counted.ms)
          counted = { ms: message.ms, bytes: message.bytes }
        return
      case 'closing':
        closing.resolve(message.record)
        return
    }
  })
  socket.once('close', () => {
    hello.reject(new SessionError('server_unreachable', 'the test server must say hello, but it closed the connection'))
    closing.resolve(undefined)
  })
  onBytes(bytes => {
    if (!feed(bytes)) socket.destroy()
  })
  return {
    hello: hello.promise,
    closing: closing.promise,
    counted: () => counted,
    heardMs: () => heardMs,
    send: type => {
      if (socket.writable) socket.write(`${JSON.stringify({ type })}\n`)
    }
  }
}

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
