import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { bandwidthUpgrade, serverHeader, type LeaseFault } from '../../contract/bandwidth.ts'

/** Why a stream is not let in: a closed list and a sentence with place, expectation and value. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly fault: LeaseFault
  /** With `server_busy`: worth asking again after this time, s. */
  readonly retryAfterS: number | undefined
  constructor(fault: LeaseFault, detail: string = sentences[fault][1], retryAfterS?: number) {
    super(detail)
    this.fault = fault
    this.retryAfterS = retryAfterS
  }
}

/** Status and, where nobody has a better one, sentence of each fault. */
const sentences = {
  lease_missing: [401, 'a stream must carry Authorization: Bearer and a lease'],
  lease_invalid: [401, 'the lease must be signed for this server'],
  lease_expired: [403, 'the lease must not have expired'],
  lease_early: [403, 'the lease does not hold yet'],
  lease_used: [403, 'a lease can be used once, and this one was'],
  lease_foreign_address: [403, 'the lease must be used from the address that asked for it'],
  lease_foreign_server: [403, 'the lease must be for this server'],
  server_busy: [503, 'this server has no room for another test now'],
  server_port_too_small: [409, 'the port of this server is too small for this test'],
  bad_stream: [400, 'a test has one control stream, then data streams 1 to n, once each']
} as const satisfies Record<LeaseFault, readonly [number, string]>

/** Answers an Upgrade with a problem document and closes. No byte of payload ever goes to a stream that is refused. */
export const refuse = (socket: Socket, refusal: Refusal): void => {
  const [status] = sentences[refusal.fault]
  answer(socket, status, { code: refusal.fault, detail: refusal.message }, refusal.retryAfterS)
}

/** An Upgrade to something else than a bandwidth test. */
export const refuseTarget = (socket: Socket): void =>
  answer(socket, 404, { code: 'not_found', detail: 'only /bw/v1 can be upgraded here, to bwtest/1' })

const answer = (
  socket: Socket,
  status: number,
  problem: { readonly code: string; readonly detail: string },
  retryAfterS?: number
): void => {
  const title = STATUS_CODES[status] ?? 'Refused'
  const body = JSON.stringify({ type: `urn:campus-gauge:problem:${problem.code}`, title, status, ...problem })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    `${serverHeader}: 1`,
    ...(retryAfterS === undefined ? [] : [`retry-after: ${retryAfterS}`])
  ]
  socket.on('error', () => undefined)
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Not end(): a client that never closes would keep the other half open.
  socket.destroySoon()
}

/** The answer that turns a connection into a stream. */
export const switchProtocols = `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${bandwidthUpgrade}\r\n${serverHeader}: 1\r\n\r\n`
