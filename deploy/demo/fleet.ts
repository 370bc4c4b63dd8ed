import { createHash } from 'node:crypto'
import Type from 'typebox'
import type { Gap } from '../../contract/batch.ts'
import {
  agentIdOf,
  EnrolAnswer,
  enrolmentProof,
  fingerprintOf,
  parseToken,
  tokenHash,
  type EnrolRequest
} from '../../contract/enrolment.ts'
import { parseJson } from '../../contract/parse.ts'
import type { WireReading } from '../../contract/reading.ts'
import { limits } from '../../contract/limits.ts'
import { rawPublicKey } from '../../contract/signature.ts'
import { keyFrom, signBatch, signMessage, type Sender, type Signer } from './wire.ts'
import type { Measured } from './measured.ts'

/** A simulated agent: one device, one boot, one spool. */
export interface DemoAgent extends Signer {
  readonly school: string
  readonly device: string
  readonly boot: string
  /** When it was switched on, ms since 1970. */
  readonly bootMs: number
  /** Its wall clock less the truth, ms. */
  readonly skewMs: number
  nextSeq: number
}

export interface AgentPlan {
  readonly school: string
  readonly device: string
  readonly bootMs: number
  readonly skewMs: number
  /** As it tells it; the ledger's device is found by it. */
  readonly hostname: string
}

/** Enrols the agents of one school through the public interface: a token of its own, and a signed request each. */
export const enrolSchool = async (
  sender: Sender,
  secret: string,
  seed: number,
  plans: readonly AgentPlan[],
  nowMs: number
): Promise<DemoAgent[]> => {
  const [first] = plans
  if (first === undefined) return []
  const asked = Buffer.from(JSON.stringify({ school: first.school, uses: plans.length, days: 1 }))
  const answer = await sender.send({
    path: '/v1/tokens',
    body: asked,
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'content-length': String(asked.length)
    }
  })
  if (answer.status !== 201) throw new Error(`no token for ${first.school}: ${answer.status} ${answer.text}`)
  const { token: line } = parseJson(Type.Object({ token: Type.String() }), answer.text, 'answer of /v1/tokens')
  const token = parseToken(line, 'answer of /v1/tokens')
  const agents: DemoAgent[] = []
  for (const plan of plans) {
    const agent = agentOf(seed, plan)
    const publicKey = rawPublicKey(agent.privateKey).toString('base64')
    const request: EnrolRequest = {
      token: token.id,
      public_key: publicKey,
      proof: enrolmentProof(tokenHash(token.secret), publicKey),
      machine: {
        fingerprint: fingerprintOf(Buffer.from(plan.device)),
        hostname: plan.hostname,
        macs: [],
        platform: 'linux-x64',
        version: '0.1.0'
      }
    }
    const message = signMessage(
      { ...agent, spool: '-' },
      '/v1/enroll',
      JSON.stringify(request),
      0,
      sentOf(agent, nowMs),
      'identity'
    )
    const { status, text } = await sender.send(message)
    if (status !== 200) throw new Error(`${plan.device} was not enrolled: ${status} ${text}`)
    parseJson(EnrolAnswer, text, 'answer of /v1/enroll')
    agents.push(agent)
  }
  return agents
}

/** The same plan and seed give the same agent; each `life` has a spool of its own. */
export const agentOf = (seed: number, plan: AgentPlan, life = 'months'): DemoAgent => {
  const privateKey = keyFrom('demo', seed, plan.device)
  const name = (word: string): string => createHash('sha256').update(`${word} ${seed} ${plan.device}`).digest('hex')
  return {
    ...plan,
    id: agentIdOf(rawPublicKey(privateKey)),
    privateKey,
    spool: name(`spool ${life}`).slice(0, 32),
    boot: name('boot').slice(0, 32),
    nextSeq: 1
  }
}

const sentOf = (agent: DemoAgent, nowMs: number) => ({
  boot: agent.boot,
  up_ms: nowMs - agent.bootMs,
  wall_ms: nowMs + agent.skewMs
})

/** Uploads in the order of the agent's life, as many batches as it takes. Rejects when the collector does not store one. */
export const upload = async (
  sender: Sender,
  agent: DemoAgent,
  measured: readonly Measured[],
  nowMs: number,
  gaps: readonly Gap[] = []
): Promise<{ readonly readings: number; readonly batches: number }> => {
  const readings = measured.map(one => wireReading(agent, one))
  let batches = 0
  for (let from = 0; from < readings.length || (batches === 0 && gaps.length > 0); from += mostReadings) {
    const batch = {
      readings: readings.slice(from, from + mostReadings),
      gaps: from === 0 ? [...gaps] : [],
      markers: []
    }
    const message = signBatch(agent, agent.nextSeq, sentOf(agent, nowMs), batch)
    const { status, text } = await sender.send(message)
    if (status !== 202) throw new Error(`a batch of ${agent.device} was not stored: ${status} ${text.slice(0, 300)}`)
    const { rejected } = parseJson(
      Type.Object({ rejected: Type.Array(Type.Object({ reason: Type.String(), pointer: Type.String() })) }),
      text,
      'answer of /v1/batches'
    )
    if (rejected[0] !== undefined)
      throw new Error(`a reading of ${agent.device} was rejected: ${rejected[0].reason} at ${rejected[0].pointer}`)
    agent.nextSeq += 1
    batches += 1
  }
  return { readings: readings.length, batches }
}
const mostReadings = Math.min(250, limits.readingsPerBatch)

const wireReading = (agent: DemoAgent, one: Measured): WireReading => ({
  check: `${one.check}@1`,
  device: agent.device,
  ...(one.part === undefined ? {} : { part: one.part }),
  boot: agent.boot,
  up_ms: one.atMs - agent.bootMs,
  wall_ms: one.atMs + agent.skewMs,
  took_ms: 20,
  outcome: one.outcome,
  ...(one.reason === undefined ? {} : { reason: one.reason }),
  fields: { ...one.fields },
  ...(one.labels === undefined ? {} : { labels: { ...one.labels } })
})
