import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { SignedBatch } from './batches.ts'
import type { FleetAgent } from './fleet.ts'

/** CPU of one raw Ed25519 verification of a batch's signature base, µs, on this thread: the least that any collector pays. */
export const verifyUs = (batches: readonly SignedBatch[], fleet: readonly FleetAgent[]): number => {
  const keys = fleet.map(agent => createPublicKey(agent.privateKey))
  const cases = batches.map(batch => ({
    base: Buffer.from(baseOf(batch.headers)),
    signature: Buffer.from(batch.headers['signature']?.slice('cg=:'.length, -1) ?? '', 'base64'),
    key: keyOf(keys, batch)
  }))
  const round = () => {
    for (const { base, signature, key } of cases)
      if (!verify(null, base, key, signature)) throw new Error('a signature of the bench does not verify')
  }
  round()
  const before = process.cpuUsage()
  round()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / cases.length
}

const keyOf = (keys: readonly KeyObject[], batch: SignedBatch): KeyObject => {
  const key = keys[batch.agent]
  if (key === undefined) throw new Error(`there is no agent ${batch.agent}`)
  return key
}

/** The signature base of RFC 9421 section 2.5, by its general rule: what Signature-Input lists, line by line. */
const baseOf = (headers: Readonly<Record<string, string>>): string => {
  const params = headers['signature-input']?.slice('cg='.length) ?? ''
  const names =
    /^\(([^)]*)\)/
      .exec(params)?.[1]
      ?.split(' ')
      .map(name => name.slice(1, -1)) ?? []
  const derived: Readonly<Record<string, string>> = { '@method': 'POST', '@path': '/v1/batches' }
  const lines = names.map(name => `"${name}": ${derived[name] ?? headers[name] ?? ''}`)
  return [...lines, `"@signature-params": ${params}`].join('\n')
}
