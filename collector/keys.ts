import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fingerprintOf } from '../contract/enrolment.ts'
import { privateKeyFromPem, rawPublicKey } from '../contract/signature.ts'
import { readOrMake } from './private-file.ts'

/** The collector's Ed25519 key: signs every acknowledgement and configuration. Its fingerprint is in every enrolment token. */
export interface CollectorKey {
  readonly privateKey: KeyObject
  /** Raw 32 bytes, base64. */
  readonly publicKey: string
  /** SHA-256 of the raw key, hex. */
  readonly fingerprint: string
}

export const loadCollectorKey = (directory: string): CollectorKey => {
  const { text } = readOrMake(join(directory, 'collector.key'), () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
    return pem.toString()
  })
  const privateKey = privateKeyFromPem(text)
  const raw = rawPublicKey(privateKey)
  return { privateKey, publicKey: raw.toString('base64'), fingerprint: fingerprintOf(raw) }
}

/** The admin secret: made at first start, kept in a 0600 file, printed once. Opens human routes off loopback and all writes. */
export const loadAdminSecret = (directory: string): { secret: string; made: boolean; file: string } => {
  const file = join(directory, 'admin.secret')
  const { text, made } = readOrMake(file, () => `${randomBytes(24).toString('base64url')}\n`)
  return { secret: text.trim(), made, file }
}

export const readAdminSecret = (directory: string): string =>
  readFileSync(join(directory, 'admin.secret'), 'utf8').trim()
