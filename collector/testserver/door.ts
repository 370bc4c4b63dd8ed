import type { IncomingMessage } from 'node:http'
import { bandwidthPath, bandwidthUpgrade, streamHeader } from '../../contract/bandwidth.ts'
import { readLease, type LeaseClaims, type LeaseVerifier } from '../../contract/lease-token.ts'
import { SentenceError } from '../../contract/parse.ts'
import { canonicalAddress } from './address.ts'
import { Refusal } from './refusal.ts'

/** One stream whose lease holds: which test, which of its streams, from where. */
export interface Entrant {
  readonly claims: LeaseClaims
  /** 0 is the control stream. */
  readonly stream: number
  /** Canonical text. */
  readonly ip: string
}

export interface DoorDeps {
  readonly verifier: LeaseVerifier
  readonly serverId: string
  /** Ms since 1970. */
  readonly now: () => number
}

/** A lease may be used this much before its time: clocks of two machines, and an agent that waited by its own. */
const earlyMs = 1_000

export const isBandwidthUpgrade = (request: IncomingMessage): boolean =>
  request.method === 'GET' &&
  request.url?.split('?', 1)[0] === bandwidthPath &&
  request.headers.upgrade?.trim().toLowerCase() === bandwidthUpgrade

/** Reads the head of an Upgrade. Throws a Refusal; its sentence never repeats the lease. */
export const readEntrant = (request: IncomingMessage, deps: DoorDeps): Entrant => {
  const [scheme, token] = request.headers.authorization?.trim().split(/ +/, 2) ?? []
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined) throw new Refusal('lease_missing')
  const claims = claimsOf(token, deps.verifier)
  if (claims.server !== deps.serverId)
    throw new Refusal(
      'lease_foreign_server',
      `the lease must be for this server, ${deps.serverId}, but it is for ${claims.server}`
    )
  const at = deps.now()
  if (at > claims.expires_ms)
    throw new Refusal(
      'lease_expired',
      `the lease must not have expired, but by this server's clock it did ${seconds(at - claims.expires_ms)} ago`
    )
  if (at < claims.not_before_ms - earlyMs)
    throw new Refusal(
      'lease_early',
      `the lease does not hold yet: by this server's clock it will in ${seconds(claims.not_before_ms - at)}`
    )
  const ip = canonicalAddress(request.socket.remoteAddress)
  if (ip === undefined) throw new Refusal('bad_stream', 'the stream must come from an IP address, but it has gone')
  const bound = canonicalAddress(claims.ip)
  if (claims.ip !== undefined && bound !== ip)
    throw new Refusal(
      'lease_foreign_address',
      `the lease must be used from the address that asked for it, not from ${ip}`
    )
  return { claims, stream: streamOf(request.headers[streamHeader], claims.streams), ip }
}

const claimsOf = (token: string, verifier: LeaseVerifier): LeaseClaims => {
  try {
    return readLease(token, verifier)
  } catch (cause) {
    if (!(cause instanceof SentenceError)) throw cause
    throw new Refusal('lease_invalid', cause.message)
  }
}

const streamOf = (header: string | string[] | undefined, streams: number): number => {
  if (header === 'control') return 0
  const stream = typeof header === 'string' && /^[1-9]\d?$/.test(header) ? Number(header) : NaN
  if (stream >= 1 && stream <= streams) return stream
  const got = typeof header === 'string' ? `"${header.slice(0, 20)}"` : 'nothing'
  throw new Refusal('bad_stream', `header ${streamHeader} must be control or 1 to ${streams}, got ${got}`)
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
