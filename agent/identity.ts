import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { agentIdOf } from '../contract/enrolment.ts'
import { parseJson, SentenceError } from '../contract/parse.ts'
import { RegistryId } from '../contract/registry-id.ts'
import { privateKeyFromPem, publicKeyFromRaw, rawPublicKey } from '../contract/signature.ts'
import { readIfThere, writePrivate } from './private-file.ts'

/** The agent's Ed25519 key: made on the device, never leaves it. Its id follows from it. */
export interface AgentKey {
  readonly id: string
  readonly privateKey: KeyObject
  /** Raw 32 bytes, base64. */
  readonly publicKey: string
}

export const loadOrMakeKey = (directory: string): AgentKey => {
  const file = join(directory, 'agent.key')
  const known = readIfThere(file)
  if (known !== undefined) return keyOf(privateKeyFromPem(known))
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  writePrivate(file, pem)
  return keyOf(privateKeyFromPem(pem))
}

const keyOf = (privateKey: KeyObject): AgentKey => {
  const raw = rawPublicKey(privateKey)
  return { id: agentIdOf(raw), privateKey, publicKey: raw.toString('base64') }
}

/** What enrolment left behind: which collector this agent believes, and what it was told. */
export const EnrolmentFile = Type.Object({
  url: Type.String(),
  agent: RegistryId,
  school: RegistryId,
  /** Raw Ed25519 key, base64: only answers signed with it are obeyed. */
  collector_key: Type.String(),
  /** Of this machine, at enrolment. */
  machine_fingerprint: Type.String()
})
export type EnrolmentFile = Static<typeof EnrolmentFile>

const enrolmentFile = (directory: string): string => join(directory, 'enrolment.json')

export const saveEnrolment = (directory: string, enrolment: EnrolmentFile): void =>
  writePrivate(enrolmentFile(directory), `${JSON.stringify(enrolment, null, 2)}\n`)

export interface Enrolment extends EnrolmentFile {
  readonly collectorKey: KeyObject
}

/** Throws a SentenceError that says how to enrol when there is no enrolment yet. */
export const loadEnrolment = (directory: string): Enrolment => {
  const file = enrolmentFile(directory)
  const text = readIfThere(file)
  if (text === undefined)
    throw new SentenceError(
      `${file} must exist: this machine is not enrolled yet. Run: campus-gauge enroll --url URL --token-file FILE --data ${directory}`
    )
  const enrolment = parseJson(EnrolmentFile, text, file)
  return { ...enrolment, collectorKey: publicKeyFromRaw(Buffer.from(enrolment.collector_key, 'base64')) }
}
