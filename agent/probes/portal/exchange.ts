import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'
import { atMost } from '../until-aborted.ts'
import type { Subject } from './options.ts'
import type { Family } from './resolve.ts'
import { shakeHands, type Certificate } from './tls.ts'

export interface Dial {
  readonly subject: Subject
  readonly address: string
  readonly family: Family
  readonly maxBytes: number
  /** PEM; undefined: those Node comes with. */
  readonly trusted: readonly string[] | undefined
}

export interface Answered {
  readonly status: number
  readonly location?: string
  readonly contentType?: string
  /** The first bytes, not more than asked for. */
  readonly body: Buffer
}

/** Where an exchange broke off, and the system's word for it; `deadline` when our time was up. */
export interface Broken {
  readonly phase: 'tcp' | 'tls' | 'http'
  readonly code: string
}

/** One GET as far as it came. Times in ms, each of its own phase. */
export interface Exchange {
  tcpMs?: number
  tlsMs?: number
  ttfbMs?: number
  certificate?: Certificate
  /** Set when the certificate does not prove the subject; then no request was sent. */
  distrust?: string
  answered?: Answered
  broken?: Broken
}

const connectMs = 5_000

/**
 * Connects to exactly this address and asks for the subject once: no second address behind our back, no kept connection, no
 * redirect followed, no more of the body than asked for. Never rejects; whatever happens, its socket is destroyed.
 */
export const exchange = async (dial: Dial, signal: AbortSignal): Promise<Exchange> => {
  const seen: Exchange = {}
  let phase: Broken['phase'] = 'tcp'
  const { address, family, subject } = dial
  const socket = net.connect({ host: address, port: subject.port, family, autoSelectFamily: false })
  // Each phase listens for its own errors; one that comes after must not end the agent.
  socket.on('error', () => undefined)
  try {
    const started = performance.now()
    await once(socket, 'connect', { signal: atMost(signal, connectMs) })
    seen.tcpMs = performance.now() - started
    let stream: Duplex = socket
    if (subject.secure) {
      phase = 'tls'
      const shaken = await shakeHands(socket, subject.host, dial.trusted, signal)
      seen.tlsMs = shaken.ms
      if (shaken.certificate !== undefined) seen.certificate = shaken.certificate
      if (shaken.distrust !== undefined) return { ...seen, distrust: shaken.distrust }
      stream = shaken.socket
    }
    phase = 'http'
    return { ...seen, ...(await ask(stream, dial, signal)) }
  } catch (cause) {
    return { ...seen, broken: { phase, code: codeOf(cause) } }
  } finally {
    socket.destroy()
  }
}

const ask = async (
  stream: Duplex,
  { subject, maxBytes }: Dial,
  signal: AbortSignal
): Promise<{ ttfbMs: number; answered: Answered }> => {
  const request = http.get({
    createConnection: () => stream,
    path: subject.path,
    setHost: false,
    headers: { host: subject.hostHeader, 'user-agent': 'campus-gauge', accept: '*/*', 'accept-encoding': 'identity' }
  })
  const stop = () => request.destroy(deadline())
  request.on('error', () => undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const started = performance.now()
    const response = await responseOf(request, signal)
    const ttfbMs = performance.now() - started
    const { statusCode: status = 0, headers } = response
    const body = await firstBytes(response, maxBytes)
    // A body without a length ends when its connection does, also when it was us who ended it.
    if (signal.aborted) throw deadline()
    return {
      ttfbMs,
      answered: {
        status,
        body,
        ...(headers.location === undefined ? {} : { location: headers.location }),
        ...(headers['content-type'] === undefined ? {} : { contentType: headers['content-type'] })
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    request.destroy()
  }
}

const responseOf = (request: http.ClientRequest, signal: AbortSignal): Promise<http.IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  request.once('response', resolve)
  request.once('error', reject)
  // An answer that switches protocols or just closes is no answer to a GET.
  request.once('close', () => reject(new Error('closed')))
  if (signal.aborted) reject(deadline())
  return promise
}

const firstBytes = async (response: http.IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  if (maxBytes === 0) return Buffer.alloc(0)
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    chunks.push(chunk)
    size += chunk.length
    if (size >= maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}

const deadline = (): DOMException => new DOMException('the time of this run is up', 'AbortError')

const codeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return 'unknown'
  if (cause.name === 'AbortError' || cause.name === 'TimeoutError') return 'deadline'
  return 'code' in cause ? String(cause.code) : cause.message
}
