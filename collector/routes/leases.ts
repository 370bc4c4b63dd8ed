import { LeaseRequest } from '../../contract/bandwidth.ts'
import { parseJson } from '../../contract/parse.ts'
import { ProblemError } from '../errors.ts'
import type { Desk } from '../leases/desk.ts'
import { authenticAgent, inflate } from '../receive/batches.ts'
import type { Roster } from '../receive/roster.ts'
import type { RawAnswer, RawRequest } from '../receive/signed-request.ts'

/** A request for a lease is a few words. */
const mostBytes = 4_096

/** POST /v1/leases: may I test now? The answer is a lease or when to ask again. Throws ProblemErrors; the caller signs them. */
export const receiveLeaseRequest = async (
  request: RawRequest,
  { roster, desk }: { readonly roster: Roster; readonly desk: Desk }
): Promise<RawAnswer> => {
  const { record, encoding } = authenticAgent(request, roster)
  if (record.state === 'pending')
    throw new ProblemError('pending', `agent "${record.id}" waits until the bureau says which device it is`)
  if (request.body.length > mostBytes)
    throw new ProblemError('too_large', `the body must be at most ${mostBytes} bytes, got ${request.body.length}`)
  const wish = parseJson(LeaseRequest, inflate(request.body, encoding, mostBytes), 'body')
  const answer = await desk.answer({ agent: record.id, devices: record.devices, ip: request.ip }, wish)
  return { status: 200, contentType: 'application/json', body: JSON.stringify(answer) }
}
