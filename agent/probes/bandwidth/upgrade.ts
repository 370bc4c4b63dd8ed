import { connect, type Socket } from 'node:net'
import { bandwidthPath, bandwidthUpgrade, serverHeader, streamHeader } from '../../../contract/bandwidth.ts'
import { faultOf, parseHead, type AnswerHead } from './answer-head.ts'
import { SessionError } from './session-types.ts'

/** Where a stream goes, and what it is. */
export interface StreamOptions {
  /** A literal address: all streams of a test go to the same one. */
  readonly address: string
  readonly port: number
  /** For the Host header. */
  readonly host: string
  readonly token: string
  /** 0 is the control stream. */
  readonly stream: number
  readonly localAddress: string | undefined
  /** What arrives is read into it; streams may share it, for nothing is kept in it. */
  readonly buffer: Uint8Array
  readonly signal: AbortSignal
}

/** A connection after its 101. */
export interface RawStream {
  readonly socket: Socket
  /** From now on `take` gets what arrives, first what came right behind the head. Valid only during the call. */
  onBytes(take: (bytes: Uint8Array) => void): void
}

/** Head and body of a refusal, bytes. */
const answerLimit = 16_384

/**
 * Opens one stream: a TCP connection, an Upgrade by hand, the head of its answer. Rejects with a SessionError that says who refused: the
 * server (its header is on the answer) or something between. Aborting the signal ends it with the signal's reason.
 */
export const openStream = (options: StreamOptions): Promise<RawStream> =>
  new Promise((resolve, reject) => {
    const kept: Buffer[] = []
    let size = 0
    let asked = false
    const keep = (bytes: Uint8Array): void => {
      kept.push(Buffer.from(bytes))
      size += bytes.length
    }
    let take = (bytes: Uint8Array): void => {
      keep(bytes)
      const answer = parseHead(Buffer.concat(kept))
      if (answer === undefined) {
        if (size > answerLimit) fail(blocked('with more than 16 KiB that are no HTTP answer'))
      } else if (isOurs(answer)) accept(answer)
      else if (answer.complete || size > answerLimit) fail(faultOf(answer))
    }
    const socket = connect({
      host: options.address,
      port: options.port,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      noDelay: options.stream === 0,
      // One buffer for everything: `data` events would allocate one for every read (1.24 against 0.68 CPU-s/GB).
      onread: {
        buffer: options.buffer,
        callback: (length, buffer) => {
          take(buffer.subarray(0, length))
          return true
        }
      }
    })
    const settle = (): void => {
      options.signal.removeEventListener('abort', aborted)
      socket.off('error', failed)
      socket.off('close', closed)
      socket.on('error', () => undefined)
    }
    const fail = (error: unknown): void => {
      settle()
      socket.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    const accept = (answer: AnswerHead): void => {
      settle()
      kept.splice(0, Infinity, Buffer.from(answer.rest))
      take = keep
      resolve({
        socket,
        onBytes: next => {
          take = next
          for (const bytes of kept.splice(0)) if (bytes.length > 0) next(bytes)
        }
      })
    }
    const aborted = (): void => fail(options.signal.reason)
    const failed = (cause: Error): void =>
      fail(asked ? new ClosedAfterUpgrade(cause.message, { cause }) : unreachable(options, cause))
    const closed = (): void => {
      const answer = parseHead(Buffer.concat(kept))
      fail(answer === undefined ? new ClosedAfterUpgrade('it closed the connection') : faultOf(answer))
    }
    socket.on('error', failed)
    socket.on('close', closed)
    // The end of what the other side sends is the end: nothing else is read here.
    socket.on('end', () => socket.destroy())
    socket.once('connect', () => {
      asked = true
      socket.write(requestOf(options))
    })
    options.signal.addEventListener('abort', aborted, { once: true })
    if (options.signal.aborted) aborted()
  })

/** No answer to an Upgrade: the server's own fault, or somebody's who lets other requests through. */
export class ClosedAfterUpgrade extends Error {
  override readonly name = 'ClosedAfterUpgrade'
}

const requestOf = (options: StreamOptions): string =>
  [
    `GET ${bandwidthPath} HTTP/1.1`,
    `Host: ${hostHeader(options)}`,
    'Connection: Upgrade',
    `Upgrade: ${bandwidthUpgrade}`,
    `Authorization: Bearer ${options.token}`,
    `${streamHeader}: ${options.stream === 0 ? 'control' : options.stream}`,
    '',
    ''
  ].join('\r\n')

const hostHeader = ({ host, port }: Pick<StreamOptions, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

const isOurs = (answer: AnswerHead): boolean =>
  answer.status === 101 && answer.headers.has(serverHeader) && answer.headers.get('upgrade') === bandwidthUpgrade

/** `what`: how something answered, for example `with 403 Forbidden`. */
export const blocked = (what: string, cause?: unknown): SessionError =>
  new SessionError(
    'upgrade_blocked',
    `a proxy between here and the server blocks Upgrade (answered ${what})`,
    cause === undefined ? {} : { cause }
  )

export const unreachable = (where: Pick<StreamOptions, 'address' | 'port'>, cause: Error): SessionError => {
  const code = 'code' in cause ? String(cause.code) : ''
  return new SessionError(
    ['ENETUNREACH', 'ENETDOWN'].includes(code) ? 'link_down' : 'server_unreachable',
    `the test server at ${hostHeader({ host: where.address, port: where.port })} must accept a connection: ${cause.message}`,
    { cause }
  )
}

/** True when a plain request to the same place is answered at all: then it was the Upgrade that somebody did not like. */
export const answersPlainly = (options: StreamOptions): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({
      host: options.address,
      port: options.port,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress })
    })
    const end = (answered: boolean): void => {
      options.signal.removeEventListener('abort', aborted)
      socket.destroy()
      resolve(answered)
    }
    const aborted = (): void => end(false)
    socket.once('connect', () =>
      socket.write(`GET ${bandwidthPath} HTTP/1.1\r\nHost: ${hostHeader(options)}\r\nConnection: close\r\n\r\n`)
    )
    socket.once('data', bytes => end(bytes.toString('latin1').startsWith('HTTP/1.')))
    socket.on('error', () => end(false))
    socket.once('close', () => end(false))
    options.signal.addEventListener('abort', aborted, { once: true })
    if (options.signal.aborted) aborted()
  })
