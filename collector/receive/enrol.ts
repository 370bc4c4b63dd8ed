import { timingSafeEqual } from 'node:crypto'
import { agentIdOf, enrolmentProof, EnrolRequest, type EnrolAnswer, type Machine } from '../../contract/enrolment.ts'
import { parseJson } from '../../contract/parse.ts'
import { publicKeyFromRaw } from '../../contract/signature.ts'
import { localTime } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import type { CollectorKey } from '../keys.ts'
import { matchDevice } from '../ledger/match.ts'
import type { Store } from '../store/store.ts'
import type { Roster } from './roster.ts'
import { authenticate, claimedAgent, type RawAnswer, type RawRequest } from './signed-request.ts'

export interface EnrolDeps {
  readonly store: Store
  readonly roster: Roster
  readonly key: CollectorKey
  readonly now: () => number
}

/** Takes in a new agent: the request is signed with the key it brings, and the token's proof covers that key. */
export const receiveEnrolment = async (request: RawRequest, deps: EnrolDeps): Promise<RawAnswer> => {
  const claimed = claimedAgent(request)
  const body = parseJson(EnrolRequest, Buffer.from(request.body).toString('utf8'), 'body')
  const raw = Buffer.from(body.public_key, 'base64')
  const agent = agentIdOf(raw)
  if (claimed !== agent)
    throw new ProblemError(
      'unauthorised',
      `header campus-gauge-agent must be "${agent}", the id of the key in the body`
    )
  authenticate(request, agent, publicKeyFromRaw(raw))

  const token = await deps.store.token(body.token)
  const proof = Buffer.from(token === undefined ? '' : enrolmentProof(token.hash, body.public_key))
  if (token === undefined || !timingSafeEqual(proof, Buffer.from(body.proof)))
    throw new ProblemError('token_refused', refusals.unknown)

  const result = await deps.store.enrol({
    agent,
    token: token.id,
    publicKey: body.public_key,
    machine: body.machine,
    device: await ledgerDevice(deps.store, token.school, body.machine),
    nowMs: deps.now()
  })
  if (result.kind === 'refused') throw new ProblemError('token_refused', refusals[result.why])
  await deps.roster.reloadAgent(agent)
  const answer: EnrolAnswer = {
    agent,
    state: result.state,
    school: result.school,
    ...(result.device === undefined ? {} : { device: result.device }),
    collector_key: deps.key.publicKey,
    server_time: localTime(deps.now())
  }
  return { status: 200, contentType: 'application/json', body: JSON.stringify(answer) }
}

const refusals = {
  unknown: 'this enrolment token is not known here: check that the token file belongs to this collector',
  used_up: 'this enrolment token is used up: ask the bureau for a new one',
  expired: 'this enrolment token has expired: ask the bureau for a new one',
  revoked: 'this enrolment token or agent was revoked: ask the bureau for a new token'
} as const

/** The one ledger device that this machine is; the store leaves it out when another agent speaks for it already. */
const ledgerDevice = async (store: Store, school: string, machine: Machine): Promise<string | undefined> =>
  // A fleet enrols device by device: each reads the devices of its own school only.
  matchDevice(await store.devices([school]), machine)?.id
