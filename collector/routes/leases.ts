import { LeaseRequest } from '../../contract/bandwidth.ts'
import { parseJson } from '../../contract/parse.ts'
import { ProblemError } from '../errors.ts'
import type { Desk } from '../leases/desk.ts'
import { authenticAgent, inflate } from '../receive/batches.ts'
import { openOnce, sentRecently } from '../receive/fresh.ts'
import type { Roster } from '../receive/roster.ts'
import type { RawAnswer, RawRequest } from '../receive/signed-request.ts'

/** A request for a lease is a few words. */
const mostBytes = 4_096

export interface LeaseRequestDeps {
  readonly roster: Roster
  readonly desk: Desk
  readonly now: () => number
}

/** POST /v1/leases: may I test now? The answer is a lease or when to ask again. Throws ProblemErrors; the caller signs them. */
export const openLeaseRequests = ({ roster, desk, now }: LeaseRequestDeps) => {
  const isNew = openOnce()
  return async (request: RawRequest): Promise<RawAnswer> => {
    const { record, encoding, sent } = authenticAgent(request, roster)
    if (record.state === 'pending')
      throw new ProblemError('pending', `agent "${record.id}" waits until the bureau says which device it is`)
    if (request.body.length > mostBytes)
      throw new ProblemError('too_large', `the body must be at most ${mostBytes} bytes, got ${request.body.length}`)
    const wish = parseJson(LeaseRequest, inflate(request.body, encoding, mostBytes), 'body')
    // A lease is a permission to send: whoever copied a request on its way must not get one by sending it again.
    if (!sentRecently(sent, await roster.boots(record), now()))
      throw new ProblemError(
        'unauthorised',
        'header campus-gauge-sent must be of the last two minutes by the uptime of a known boot or by the wall clock: upload a batch first, it anchors the boot'
      )
    if (!isNew(String(request.headers['signature']), now()))
      throw new ProblemError('unauthorised', 'this very request was answered before: sign a new one')
    const answer = await desk.answer({ agent: record.id, devices: record.devices, ip: request.ip }, wish)
    return { status: 200, contentType: 'application/json', body: JSON.stringify(answer) }
  }
}
