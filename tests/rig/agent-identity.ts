import { generateKeyPairSync } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { LightMyRequestResponse as Response } from 'fastify'
import { agentIdOf } from '../../contract/enrolment.ts'
import { formatSent, type Sent } from '../../contract/sent.ts'
import {
  contentDigest,
  publicKeyFromRaw,
  rawPublicKey,
  signRequest,
  verifyAnswer,
  type SignedRequest
} from '../../contract/signature.ts'
import type { AgentKey } from '../../agent/identity.ts'
import type { CollectorRig } from './collector.ts'
import { nowMs } from './ledger.ts'

export const boot = '00000000-0000-4000-8000-000000000001'
export const spool = 'ab'.repeat(16)
/** One hour after the boot, clocks right. */
export const sentNow: Sent = { boot, up_ms: 3_600_000, wall_ms: nowMs }

export const makeKey = (): AgentKey => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const raw = rawPublicKey(privateKey)
  return { id: agentIdOf(raw), privateKey, publicKey: raw.toString('base64') }
}

export interface Wish {
  readonly method?: 'GET' | 'POST'
  readonly path?: string
  readonly body?: Uint8Array
  readonly seq?: number
  readonly spool?: string
  readonly sent?: Sent | string
  readonly encoding?: string
  readonly protocol?: string
  /** Replaced after signing: what somebody between would do. `undefined` takes a header away. */
  readonly tamper?: Readonly<Record<string, string | undefined>>
  readonly key?: AgentKey
  /** Whom the headers name; the key's own id unless said. */
  readonly agent?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A signed request as an agent would send it, in pieces that a test can replace. */
export const signed = (key: AgentKey, wish: Wish = {}) => {
  const body = wish.body ?? new Uint8Array()
  const sent = wish.sent ?? sentNow
  const request: SignedRequest = {
    method: wish.method ?? 'POST',
    path: wish.path ?? '/v1/batches',
    contentDigest: contentDigest(body),
    contentType: 'application/json',
    contentEncoding: wish.encoding ?? 'gzip',
    protocol: wish.protocol ?? '1',
    agent: wish.agent ?? key.id,
    spool: wish.spool ?? spool,
    seq: String(wish.seq ?? 1),
    sent: typeof sent === 'string' ? sent : formatSent(sent)
  }
  const signature = signRequest(request, (wish.key ?? key).privateKey)
  const headers: Record<string, string | undefined> = {
    ...wish.headers,
    'content-type': request.contentType,
    'content-encoding': request.contentEncoding,
    'content-digest': request.contentDigest,
    'campus-gauge-protocol': request.protocol,
    'campus-gauge-agent': request.agent,
    'campus-gauge-spool': request.spool,
    'campus-gauge-seq': request.seq,
    'campus-gauge-sent': request.sent,
    ...signature,
    ...wish.tamper
  }
  const kept = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
  return { method: wish.method ?? 'POST', url: request.path, payload: Buffer.from(body), headers: kept, signature }
}

export const packed = (value: unknown): Buffer => gzipSync(JSON.stringify(value))

export interface Parts {
  readonly readings?: readonly unknown[]
  readonly gaps?: readonly unknown[]
  readonly markers?: readonly unknown[]
}
export const batchOf = (parts: Parts): Buffer => packed({ readings: [], gaps: [], markers: [], ...parts })

/** A good reading of the gateway's host check, ten seconds before it was sent. */
export const readingOf = (over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  check: 'gw-1-host@1',
  boot,
  up_ms: sentNow.up_ms - 10_000,
  wall_ms: nowMs - 10_000,
  took_ms: 3,
  outcome: 'ok',
  fields: { load_pct: 12.5 },
  ...over
})

export interface WireAgent {
  readonly key: AgentKey
  send(wish?: Wish): Promise<Response & { readonly verified: boolean; readonly problem: Record<string, unknown> }>
}

/** An agent the collector already knows, speaking through inject. */
export const knownAgent = async (
  rig: CollectorRig,
  device: string | null = 'gw-1',
  school = 's-1'
): Promise<WireAgent> => {
  const key = makeKey()
  const token = key.id.slice(2, 18)
  await rig.store.createToken({
    id: token,
    hash: '00',
    school,
    usesLeft: 1,
    expiresMs: nowMs + 86_400_000,
    revokedMs: undefined
  })
  const machine = {
    fingerprint: '0'.repeat(64),
    hostname: 'of-the-test',
    macs: [],
    platform: 'linux-x64',
    version: '0.0.0'
  }
  await rig.store.enrol({ agent: key.id, token, publicKey: key.publicKey, machine, device: device ?? undefined, nowMs })
  await rig.roster.reloadAgent(key.id)
  return wireAgent(rig, key)
}

export const wireAgent = (rig: CollectorRig, key: AgentKey): WireAgent => ({
  key,
  send: async (wish = {}) => {
    const { signature, ...request } = signed(key, wish)
    const answer = await rig.app.inject(request)
    const parsed: unknown = answer.body === '' ? {} : JSON.parse(answer.body)
    return Object.assign(answer, {
      verified: isSigned(rig, answer, wish.tamper?.['signature'] ?? signature.signature),
      problem: { ...(parsed as object) }
    })
  }
})

/** Whether an answer is signed by this collector, for this very request. */
export const isSigned = (rig: CollectorRig, answer: Response, requestSignature: string): boolean => {
  const word = (name: string): string => String(answer.headers[name] ?? '')
  return (
    word('content-digest') === contentDigest(answer.rawPayload) &&
    verifyAnswer(
      {
        status: answer.statusCode,
        contentDigest: word('content-digest'),
        contentType: word('content-type'),
        protocol: word('campus-gauge-protocol'),
        requestSignature
      },
      { 'signature-input': word('signature-input'), signature: word('signature') },
      publicKeyFromRaw(Buffer.from(rig.key.publicKey, 'base64'))
    )
  )
}
