import { LeaseRequest } from '../../contract/bandwidth.ts'
import { parseJson } from '../../contract/parse.ts'
import { ProblemError } from '../errors.ts'
import type { Desk } from '../leases/desk.ts'
import { authenticAgent, inflate } from '../receive/batches.ts'
import { openOnce, sentRecently, signatureName } from '../receive/fresh.ts'
import type { Roster } from '../receive/roster.ts'
import type { RawAnswer, RawRequest } from '../receive/signed-request.ts'

/** A request for a lease is a few words. */
const mostBytes = 4_096

export interface LeaseRequestDeps {
  readonly roster: Roster
  readonly desk: Desk
  readonly now: () => number
  /** Monotonic, ms; the process's own by default. */
  readonly uptimeMs?: () => number
}

/** POST /v1/leases: may I test now? The answer is a lease or when to ask again. Throws ProblemErrors; the caller signs them. */
export const openLeaseRequests = ({ roster, desk, now, uptimeMs = () => performance.now() }: LeaseRequestDeps) => {
  const isNew = openOnce()
  const openedMs = uptimeMs()
  return async (request: RawRequest): Promise<RawAnswer> => {
    const { record, encoding, sent } = authenticAgent(request, roster)
    if (record.state === 'pending')
      throw new ProblemError('pending', `agent "${record.id}" waits until the bureau says which device it is`)
    if (request.body.length > mostBytes)
      throw new ProblemError('too_large', `the body must be at most ${mostBytes} bytes, got ${request.body.length}`)
    const wish = parseJson(LeaseRequest, inflate(request.body, encoding, mostBytes), 'body')
    // A lease is a permission to send: whoever copied a request on its way must not get one by sending it again.
    const offsets = await roster.boots(record)
    if (!sentRecently(sent, offsets, now()))
      throw new ProblemError(
        'unauthorised',
        'header campus-gauge-sent must be of the last two minutes by the uptime of a known boot or by the wall clock: upload a batch first, it anchors the boot'
      )
    // By the clock of now, whatever it was at the start: a collector that started an hour ahead must not refuse everybody for an hour.
    if (!sentRecently(sent, offsets, now(), Math.floor(now() - (uptimeMs() - openedMs))))
      throw new ProblemError('overloaded', 'the collector has started since this request was sent: ask again')
    if (!isNew(signatureName(String(request.headers['signature'])), now()))
      throw new ProblemError('unauthorised', 'this very request was answered before: sign a new one')
    const answer = await desk.answer({ agent: record.id, devices: record.devices, ip: request.ip }, wish)
    return { status: 200, contentType: 'application/json', body: JSON.stringify(answer) }
  }
}
