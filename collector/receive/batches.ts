import { hash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { Acknowledgement } from '../../contract/acknowledgement.ts'
import { limits } from '../../contract/limits.ts'
import { ProblemError } from '../errors.ts'
import { localTime } from '../calendar/day.ts'
import { betterOffset } from './anchor.ts'
import type { Committer } from './committer.ts'
import { sortBatch } from './readings.ts'
import type { Roster, RosterAgent } from './roster.ts'
import { authenticate, claimedAgent, type Authentic, type RawAnswer, type RawRequest } from './signed-request.ts'

export interface ReceiveDeps {
  readonly roster: Roster
  readonly committer: Committer
  readonly now: () => number
  readonly uploadMs: number
  /** Wire ids of checks that a person wants run now, from memory. */
  readonly due: (agent: RosterAgent) => readonly string[]
  /** Told of what was measured, once it is stored. */
  readonly measured: (agent: string, readings: readonly { readonly atMs: number }[]) => void
}

/** The known, approved agent behind a request whose signature holds. Throws a ProblemError. */
export const authenticAgent = (request: RawRequest, roster: Roster): Authentic & { readonly record: RosterAgent } => {
  const id = claimedAgent(request)
  const record = roster.agent(id)
  if (record === undefined)
    throw new ProblemError(
      'unauthorised',
      `agent "${id.slice(0, 64)}" is not enrolled here: enrol it with a token of its school`
    )
  const authentic = authenticate(request, id, record.key)
  if (record.state === 'revoked')
    throw new ProblemError('revoked', `agent "${id}" was revoked: enrol again with a new token`)
  return { ...authentic, record }
}

/**
 * Verify, inflate, parse, sort, commit, acknowledge: a 2xx means every reading is on disk, stored or quarantined.
 * Throws ProblemErrors; the caller signs them.
 */
export const receiveBatch = async (request: RawRequest, deps: ReceiveDeps): Promise<RawAnswer> => {
  const { record, ...authentic } = authenticAgent(request, deps.roster)
  if (record.state === 'pending')
    throw new ProblemError(
      'pending',
      `agent "${record.id}" waits until the bureau says which device it is; it keeps its readings meanwhile`
    )
  if (authentic.spool === '-' || authentic.seq < 1)
    throw new ProblemError('bad_request', 'a batch needs a spool and a sequence number from 1')
  const receivedMs = deps.now()
  const offsets = await deps.roster.boots(record)
  const known = offsets.get(authentic.sent.boot)
  const offset = betterOffset(known, receivedMs - authentic.sent.up_ms)
  const sorted = sortBatch(inflate(request.body, authentic.encoding, limits.inflatedBytes), {
    sent: authentic.sent,
    receivedMs,
    offsets,
    devices: record.devices,
    check: deps.roster.check
  })
  const answer = await deps.committer.commit({
    agent: record.id,
    spool: authentic.spool,
    seq: authentic.seq,
    sha256: hash('sha256', request.body, 'hex'),
    receivedMs,
    seenIp: request.ip,
    boot: authentic.sent.boot,
    bootOffsetMs: offset === known ? undefined : offset,
    skewMs: receivedMs - authentic.sent.wall_ms,
    // A copy of its own: the bytes are a view of a pool of 64 KiB, and the way to the store's thread would clone all of that.
    body: new Uint8Array(request.body),
    ...sorted
  })
  switch (answer.kind) {
    case 'out_of_order':
      throw new ProblemError('out_of_order', `header campus-gauge-seq must be ${answer.expect}, got ${authentic.seq}`, {
        expect: answer.expect
      })
    case 'rolled_back':
      throw new ProblemError(
        'rolled_back',
        `sequence number ${authentic.seq} was stored before with other bytes: this spool went back in time, open a new one`
      )
    case 'stored':
      offsets.set(authentic.sent.boot, offset)
      deps.measured(record.id, sorted.readings)
      break
    case 'duplicate':
      break
  }
  const due = deps.due(record)
  const acknowledgement: Acknowledgement = {
    high_water: answer.highWater,
    server_time: localTime(receivedMs),
    next_ms: deps.uploadMs,
    max_readings: limits.readingsPerBatch,
    rejected: sorted.rejected.map(({ i, reason, pointer }) => ({ i, reason, pointer })),
    config: deps.roster.configuration(record).etag,
    ...(due.length === 0 ? {} : { due: [...due] })
  }
  return {
    status: answer.kind === 'stored' ? 202 : 200,
    contentType: 'application/json',
    body: JSON.stringify(acknowledgement)
  }
}

/** A body as text. Throws a ProblemError. */
export const inflate = (body: Uint8Array, encoding: string, mostBytes: number): string => {
  if (encoding === 'identity') return Buffer.from(body).toString('utf8')
  if (encoding !== 'gzip')
    throw new ProblemError(
      'media_type',
      `header content-encoding must be gzip or identity, got "${encoding.slice(0, 40)}"`
    )
  try {
    // A batch inflates to a few KiB: the default first buffer of 16 KiB costs half of the work in garbage.
    return gunzipSync(body, { maxOutputLength: mostBytes, chunkSize: 8_192 }).toString('utf8')
  } catch (error) {
    if (error instanceof RangeError)
      throw new ProblemError('too_large', `the body must inflate to at most ${mostBytes} bytes`)
    throw new ProblemError('bad_request', 'the body must be whole gzip data')
  }
}
