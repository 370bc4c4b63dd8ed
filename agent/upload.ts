import type { Logger } from 'pino'
import { Acknowledgement } from '../contract/acknowledgement.ts'
import { fits, parseJson } from '../contract/parse.ts'
import { Problem } from '../contract/problem.ts'
import { delayAfter, noFailures, retryAfterMs } from './backoff.ts'
import type { Client, ClientAnswer } from './client.ts'
import type { Retry } from './config.ts'
import { fractionOf } from './schedule.ts'
import type { Frozen, Spool } from './spool.ts'

export interface Upload {
  /** There is something new; `urgent` does not wait for the period. */
  notify(urgent: boolean): void
  set(options: UploadOptions): void
  stop(): Promise<void>
}

export interface UploadOptions {
  readonly periodMs: number
  readonly maxReadings: number
}

export interface UploadDeps {
  readonly spool: Spool
  readonly client: Pick<Client, 'exchange'>
  readonly agent: string
  readonly retry: Retry
  readonly options: UploadOptions
  readonly now: () => number
  readonly wallMs: () => number
  readonly random: () => number
  readonly setTimer: (work: () => void, ms: number) => () => void
  readonly log: Logger
  /** A verified acknowledgement arrived. */
  readonly onAcknowledged?: (acknowledgement: Acknowledgement, batch: Frozen) => void
}

/** What an attempt means for the next one. */
type Ending =
  | { readonly kind: 'progress' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'retry'; readonly retryAfterMs: number | undefined }

/** A change of outcome waits this long for others of the same moment. */
const gatherMs = 250

/** Sends the spool, one batch at a time, for ever. Nothing is deleted but on an answer signed by the pinned collector. */
export const startUpload = (deps: UploadDeps): Upload => {
  const { spool, log } = deps
  const abort = new AbortController()
  let options = deps.options
  let most = options.maxReadings
  let periodMs = options.periodMs
  let backoff = noFailures
  let cancelTimer: (() => void) | undefined
  let dueMs = Infinity
  let attempt: Promise<void> | undefined
  /** Until then nobody may hurry: the collector asked for patience or the last attempt failed. */
  let notBeforeMs = 0
  /** Something urgent came while an attempt was under way. */
  let urgentMeanwhile = false

  const plan = (ms: number): void => {
    if (abort.signal.aborted || attempt !== undefined) return
    const atMs = Math.max(deps.now() + ms, notBeforeMs)
    if (atMs >= dueMs) return
    cancelTimer?.()
    dueMs = atMs
    cancelTimer = deps.setTimer(run, Math.max(0, atMs - deps.now()))
  }

  /** The agent's own offset within the period, so that a city does not upload in one second. */
  const untilOffset = (): number => {
    const offset = fractionOf(deps.agent) * periodMs
    const into = (((deps.now() - offset) % periodMs) + periodMs) % periodMs
    return periodMs - into
  }

  const run = (): void => {
    cancelTimer = undefined
    dueMs = Infinity
    urgentMeanwhile = false
    attempt = once()
      .catch((err: unknown): Ending => {
        if (!abort.signal.aborted) log.warn({ err }, 'upload failed')
        return { kind: 'retry', retryAfterMs: undefined }
      })
      .then(ending => {
        attempt = undefined
        settle(ending)
      })
  }

  const settle = (ending: Ending): void => {
    switch (ending.kind) {
      case 'progress':
        backoff = noFailures
        notBeforeMs = 0
        plan(0)
        return
      case 'idle':
        backoff = noFailures
        notBeforeMs = 0
        plan(urgentMeanwhile ? gatherMs : untilOffset())
        return
      case 'refused':
        notBeforeMs = deps.now() + deps.retry.refusedMs
        plan(deps.retry.refusedMs)
        return
      case 'retry': {
        const { delayMs, backoff: next } = delayAfter(backoff, deps.retry, deps.random(), ending.retryAfterMs)
        backoff = next
        notBeforeMs = deps.now() + delayMs
        plan(delayMs)
        return
      }
    }
  }

  const once = async (): Promise<Ending> => {
    const batch = spool.freeze(most)
    if (batch === undefined) return { kind: 'idle' }
    const answer = await deps.client.exchange(
      { method: 'POST', path: '/v1/batches', body: batch.body, encoding: 'gzip', spool: batch.spool, seq: batch.seq },
      abort.signal
    )
    if (answer.status === 200 || answer.status === 202) return acknowledged(answer, batch)
    return refused(answer, batch)
  }

  const acknowledged = (answer: ClientAnswer, batch: Frozen): Ending => {
    if (!answer.verified) {
      log.error(
        { status: answer.status },
        'an acknowledgement was not signed by the enrolled collector: the readings are kept'
      )
      return { kind: 'retry', retryAfterMs: undefined }
    }
    const acknowledgement = parseJson(Acknowledgement, answer.text, 'acknowledgement')
    if (acknowledgement.high_water < batch.seq) {
      log.error(
        { seq: batch.seq, high_water: acknowledgement.high_water },
        'an acknowledgement does not cover its batch: the readings are kept'
      )
      return { kind: 'retry', retryAfterMs: undefined }
    }
    spool.acknowledge(batch.seq)
    if (acknowledgement.rejected.length > 0)
      log.warn({ rejected: acknowledgement.rejected.slice(0, 5) }, 'the collector set readings aside')
    deps.onAcknowledged?.(acknowledgement, batch)
    // The collector sets the pace: it knows how busy it is.
    periodMs = Math.max(1, acknowledgement.next_ms)
    most = Math.min(options.maxReadings, acknowledgement.max_readings)
    // A backlog is sent in one go, whatever cap cut the batch.
    return batch.more ? { kind: 'progress' } : { kind: 'idle' }
  }

  const refused = (answer: ClientAnswer, batch: Frozen): Ending => {
    const later: Ending = { kind: 'retry', retryAfterMs: retryAfterMs(answer.headers['retry-after'], deps.wallMs()) }
    const problem = problemIn(answer)
    log.warn(
      { status: answer.status, problem: problem?.detail, verified: answer.verified },
      'the collector refused a batch'
    )
    switch (answer.status) {
      case 401:
      case 403:
        return { kind: 'refused' }
      case 409:
        if (!answer.verified) return later
        if (problem?.code === 'rolled_back') spool.renew()
        else if (problem?.expect !== undefined && problem.expect < batch.seq) spool.rewind(problem.expect)
        else return later
        return { kind: 'progress' }
      case 400:
      case 413:
      case 422:
        // Something in it cannot be taken: smaller batches find out what. Only a signed answer may take a batch apart: it may be stored
        // already, and its number under other bytes would make the collector call this spool rolled back and store the rest twice.
        if (!answer.verified) return later
        if (batch.entries > 1) {
          most = Math.max(1, Math.floor(batch.entries / 2))
          spool.thaw()
          return { kind: 'progress' }
        }
        spool.drop(batch.seq)
        return { kind: 'progress' }
      default:
        return later
    }
  }

  plan(0)
  return {
    notify: urgent => {
      urgentMeanwhile ||= urgent
      plan(urgent ? gatherMs : untilOffset())
    },
    set: next => {
      options = next
      most = next.maxReadings
      periodMs = next.periodMs
    },
    stop: async () => {
      abort.abort()
      cancelTimer?.()
      await attempt
    }
  }
}

const problemIn = (answer: ClientAnswer): Problem | undefined => {
  try {
    const raw: unknown = JSON.parse(answer.text)
    return fits(Problem, raw) ? raw : undefined
  } catch {
    return undefined
  }
}
