import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import type { Ledger } from '../collector/ledger/ledger.ts'
import { openStore } from '../collector/store/sqlite.ts'
import { agentIdOf, fingerprintOf, tokenHash } from '../contract/enrolment.ts'
import { rawPublicKey } from '../contract/signature.ts'

/** An approved agent of the collector under test, played by the bench. */
export interface FleetAgent {
  readonly id: string
  readonly device: string
  readonly privateKey: KeyObject
  readonly spool: string
  readonly boot: string
  nextSeq: number
}

const name = (i: number): string => String(i).padStart(4, '0')

/** One county with so many schools of one gateway each. */
export const fleetLedger = (n: number): Ledger => ({
  areas: [{ id: 'county', level: 'county', name: '测速区', packs: ['yulin-2022'] }],
  schools: Array.from({ length: n }, (_, i) => ({
    id: `school-${name(i)}`,
    code: `61080000${name(i)}`,
    name: `第 ${i} 小学`,
    area: 'county',
    stage: 'primary' as const,
    zone: 'rural' as const
  })),
  devices: Array.from({ length: n }, (_, i) => ({
    id: `gateway-${name(i)}`,
    school: `school-${name(i)}`,
    kind: 'gateway' as const,
    name: '网关'
  }))
})

/** Enrols the gateways of a ledger through the store's own operations, before the collector starts on that directory. */
export const enrolFleet = async (storeDirectory: string, ledger: Ledger): Promise<FleetAgent[]> => {
  const store = await openStore(storeDirectory)
  try {
    await store.putLedger(ledger)
    const agents: FleetAgent[] = []
    for (const device of ledger.devices ?? []) {
      const { privateKey } = generateKeyPairSync('ed25519')
      const publicKey = rawPublicKey(privateKey)
      const id = agentIdOf(publicKey)
      const token = randomBytes(8).toString('hex')
      const nowMs = Date.now()
      await store.createToken({
        id: token,
        hash: tokenHash(randomBytes(20).toString('hex')),
        school: device.school,
        usesLeft: 1,
        expiresMs: nowMs + 60_000,
        revokedMs: undefined
      })
      const machine = {
        fingerprint: fingerprintOf(randomBytes(16)),
        hostname: device.id,
        macs: [],
        platform: 'linux-x64',
        version: '0.1.0'
      }
      const result = await store.enrol({
        agent: id,
        token,
        publicKey: publicKey.toString('base64'),
        machine,
        device: device.id,
        nowMs
      })
      if (result.kind !== 'enrolled' || result.state !== 'approved') throw new Error(`${device.id} was not approved`)
      agents.push({
        id,
        device: device.id,
        privateKey,
        spool: randomBytes(16).toString('hex'),
        boot: randomBytes(16).toString('hex'),
        nextSeq: 1
      })
    }
    return agents
  } finally {
    await store.close()
  }
}
