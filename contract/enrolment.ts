import { createHash, createHmac } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { RegistryId } from './registry-id.ts'
import { SentenceError } from './parse.ts'

/**
 * Enrolment: the token's secret never travels. The agent proves that it holds it by an HMAC over its own public key,
 * so a listener on a plain-HTTP school network learns nothing that enrols another machine.
 */
export const EnrolRequest = Type.Object(
  {
    /** Which token: public part of the token. */
    token: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    /** Ed25519 public key, raw 32 bytes, base64. */
    public_key: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }),
    /** `enrolmentProof(secret, public_key)`, hex. */
    proof: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    machine: Type.Object(
      {
        /** SHA-256 over what identifies the hardware, hex: a copied disk image shows a different one. */
        fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$' }),
        hostname: Type.String({ maxLength: 253 }),
        serial: Type.Optional(Type.String({ maxLength: 128 })),
        macs: Type.Array(Type.String({ pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' }), { maxItems: 64 }),
        platform: Type.String({ maxLength: 64 }),
        version: Type.String({ maxLength: 64 })
      },
      { additionalProperties: false }
    )
  },
  { additionalProperties: false, $id: 'EnrolRequest' }
)
export type EnrolRequest = Static<typeof EnrolRequest>
export type Machine = EnrolRequest['machine']

export const EnrolAnswer = Type.Object(
  {
    agent: RegistryId,
    /** `pending`: known, but a person must say which device it is. */
    state: Type.Enum(['approved', 'pending']),
    school: RegistryId,
    device: Type.Optional(RegistryId),
    /** Ed25519 public key of the collector, raw 32 bytes, base64; its fingerprint must equal the token's. */
    collector_key: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }),
    server_time: Type.String({ format: 'date-time' })
  },
  { $id: 'EnrolAnswer' }
)
export type EnrolAnswer = Static<typeof EnrolAnswer>

export interface EnrolmentToken {
  /** Public part, 8 bytes hex. */
  readonly id: string
  /** 20 random bytes, hex. */
  readonly secret: string
  /** SHA-256 of the collector's raw public key, hex. */
  readonly collectorFingerprint: string
}

/** `cg1.<id>.<secret>.<collector fingerprint>`: one line in a file, short enough for a QR code. */
export const formatToken = (token: EnrolmentToken): string =>
  `cg1.${token.id}.${token.secret}.${token.collectorFingerprint}`

/** Reads a token line; the error never repeats the secret. */
export const parseToken = (text: string, place: string): EnrolmentToken => {
  const match = /^cg1\.([0-9a-f]{16})\.([0-9a-f]{40})\.([0-9a-f]{64})$/.exec(text.trim())
  const [, id, secret, collectorFingerprint] = match ?? []
  if (id === undefined || secret === undefined || collectorFingerprint === undefined)
    throw new SentenceError(
      `${place} must hold one enrolment token (cg1.….….…, 126 characters), got ${text.trim().length} characters`
    )
  return { id, secret, collectorFingerprint }
}

/** What the collector keeps of a token's secret: a hash, which is also the key of the proof. */
export const tokenHash = (secret: string): string =>
  createHash('sha256').update('campus-gauge token\0').update(secret).digest('hex')

export const enrolmentProof = (hash: string, publicKey: string): string =>
  createHmac('sha256', Buffer.from(hash, 'hex')).update('campus-gauge enrol\0').update(publicKey).digest('hex')

/** The id of an agent follows from its key: a repeated enrolment is the same agent. */
export const agentIdOf = (rawPublicKey: Uint8Array): string =>
  `a-${createHash('sha256').update(rawPublicKey).digest('hex').slice(0, 24)}`

export const fingerprintOf = (rawPublicKey: Uint8Array): string =>
  createHash('sha256').update(rawPublicKey).digest('hex')
