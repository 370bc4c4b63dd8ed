import { createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { bandwidthLimits, Direction, TestKind, Tier } from './bandwidth.ts'
import { parseJson, SentenceError } from './parse.ts'
import { RegistryId } from './registry-id.ts'

/** What a lease token binds: who, from where, with which server, how much, when, once. Times are ms since 1970 by the collector's clock. */
export const LeaseClaims = Type.Object(
  {
    lease: RegistryId,
    agent: RegistryId,
    server: RegistryId,
    /** Source address of the request for the lease, canonical text; undefined in laboratories. */
    ip: Type.Optional(Type.String({ minLength: 2, maxLength: 45 })),
    direction: Direction,
    tier: Tier,
    kind: TestKind,
    cap_mbps: Type.Number({ minimum: 1, maximum: 100_000 }),
    max_bytes: Type.Integer({ minimum: 1 }),
    max_ms: Type.Integer({ minimum: 1_000, maximum: bandwidthLimits.maxMs }),
    streams: Type.Integer({ minimum: 1, maximum: bandwidthLimits.streams }),
    issued_ms: Type.Integer({ minimum: 0 }),
    not_before_ms: Type.Integer({ minimum: 0 }),
    expires_ms: Type.Integer({ minimum: 0 })
  },
  { additionalProperties: false }
)
export type LeaseClaims = Static<typeof LeaseClaims>

/** Ed25519 by the collector, or HMAC-SHA256 with a shared secret (laboratories). */
export type LeaseSigner =
  { readonly kind: 'collector'; readonly privateKey: KeyObject } | { readonly kind: 'lab'; readonly secret: string }
export type LeaseVerifier =
  { readonly kind: 'collector'; readonly publicKey: KeyObject } | { readonly kind: 'lab'; readonly secret: string }

const prefixes = { collector: 'bw1', lab: 'bw1lab' } as const

/** `bw1.<claims, base64url JSON>.<signature, base64url>`; the signature covers prefix and claims. */
export const formatLease = (claims: LeaseClaims, signer: LeaseSigner): string => {
  const signed = `${prefixes[signer.kind]}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  const bytes = Buffer.from(signed)
  const signature = signer.kind === 'collector' ? sign(null, bytes, signer.privateKey) : mac(bytes, signer.secret)
  return `${signed}.${signature.toString('base64url')}`
}

/** The claims of a token whose signature holds. Throws a SentenceError that never repeats the token. */
export const readLease = (token: string, verifier: LeaseVerifier): LeaseClaims => {
  const [prefix = '', body = '', signature = '', ...rest] = token.split('.')
  const bytes = Buffer.from(`${prefix}.${body}`)
  const given = Buffer.from(signature, 'base64url')
  const holds =
    rest.length === 0 &&
    token.length <= 4_096 &&
    prefix === prefixes[verifier.kind] &&
    (verifier.kind === 'collector'
      ? verify(null, bytes, verifier.publicKey, given)
      : equal(mac(bytes, verifier.secret), given))
  if (!holds)
    throw new SentenceError(
      `the lease must be signed by ${verifier.kind === 'collector' ? 'the collector' : 'the shared secret of this laboratory server'}, got ${token.length} characters that are not`
    )
  return parseJson(LeaseClaims, Buffer.from(body, 'base64url').toString('utf8'), 'lease')
}

const mac = (bytes: Uint8Array, secret: string): Buffer =>
  createHmac('sha256', secret).update('campus-gauge lease\0').update(bytes).digest()

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
