import type { Socket } from 'node:net'
import { bandwidthLimits, ClientMessage, type ServerMessage } from '../../contract/bandwidth.ts'
import { fits } from '../../contract/parse.ts'
import { openLines } from '../../contract/lines.ts'

/** The control stream of a test: lines of JSON. */
export interface Control {
  send(message: ServerMessage): void
  /** Sends a last message and closes; a client that never closes loses the connection after `lingerMs`. */
  finish(message: ServerMessage): void
}

/** A client that does not read its closing record is let go after this time, ms. */
export const lingerMs = 1_000

/** `onGone`: the client closed, or said something that is no line of JSON. Messages of types that are not known are ignored. */
export const openControl = (
  socket: Socket,
  onMessage: (type: ClientMessage['type']) => void,
  onGone: () => void
): Control => {
  const gone = (): void => {
    socket.pause()
    onGone()
  }
  const feed = openLines(bandwidthLimits.lineBytes, line => {
    const message = jsonOf(line)
    if (message === undefined) gone()
    else if (fits(ClientMessage, message)) onMessage(message.type)
  })
  socket.setNoDelay(true)
  const hear = (bytes: Buffer): void => {
    if (!feed(bytes)) gone()
  }
  socket.on('data', hear)
  socket.on('end', gone)
  socket.on('close', gone)
  // A client that reads nothing gets no more: counted lines are worth nothing late.
  const send = (message: ServerMessage): void => {
    if (socket.writable && socket.writableLength <= bandwidthLimits.lineBytes)
      socket.write(`${JSON.stringify(message)}\n`)
  }
  return {
    send,
    finish: message => {
      if (socket.writable) socket.end(`${JSON.stringify(message)}\n`)
      const timer = setTimeout(() => socket.destroy(), lingerMs)
      socket.once('close', () => clearTimeout(timer))
      // Whatever still comes is read and dropped, so that the end is seen: not kept, or a line without end would grow here.
      socket.off('data', hear)
      socket.resume()
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
