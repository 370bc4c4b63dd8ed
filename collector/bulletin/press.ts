import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SentenceError } from '../../contract/parse.ts'
import type { Store } from '../store/store.ts'
import type { Job, JobResult } from './press-job.ts'

/** Runs jobs beside the collector, one after the other in a thread of their own, so that no batch waits for a bulletin. */
export interface Press {
  /** Rejects with what the job rejects with, or with a PressBusyError. */
  run<Kind extends Job['kind']>(job: Job & { kind: Kind }, nowMs: number): Promise<JobResult<Kind>>
  /** Of the job that runs now, when it says. */
  progress(): { readonly period: string; readonly done: number; readonly of: number } | undefined
  /** Resolves when what runs is done and the thread has ended; what waits is not begun. */
  close(): Promise<void>
}

/** Downloads of a whole city may queue up; more than this many are refused. */
const mostWaiting = 20
/** A thread without work ends after this time, ms: its memory is that of a city's evidence. */
const idleMs = 30_000

export const openPress = (store: Pick<Store, 'share'>): Press => {
  let line: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let closed = false
  let at: ReturnType<Press['progress']>
  let thread: Worker | undefined
  let idle: NodeJS.Timeout | undefined

  const ready = (): Worker => {
    clearTimeout(idle)
    if (thread !== undefined) return thread
    const shared = store.share()
    const worker = new Worker(new URL('./press-worker.ts', import.meta.url), {
      workerData: { shared },
      transferList: [shared.writer]
    })
    // Already at the error: what waits in line begins before the exit is told, and must not be given to the dead.
    for (const end of ['error', 'exit'])
      worker.on(end, () => {
        if (thread === worker) thread = undefined
      })
    thread = worker
    return worker
  }
  const stop = async (): Promise<void> => {
    clearTimeout(idle)
    if (thread === undefined) return
    const ended = once(thread, 'exit')
    thread.postMessage('stop')
    await ended
  }

  const inThread = (job: Job, nowMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const worker = ready()
      const settle = (end: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        at = undefined
        idle = setTimeout(() => void stop(), idleMs)
        idle.unref()
        end()
      }
      const onMessage = (message: Message): void => {
        if (message.progress !== undefined) at = { period: job.period, ...message.progress }
        else settle(() => answer(message, resolve, reject))
      }
      const onError = (error: unknown): void => settle(() => reject(errorOf(error)))
      const onExit = (): void =>
        settle(() => reject(new Error(`job ${job.kind} of bulletin ${job.period} ended without an answer`)))
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
      worker.postMessage({ job, nowMs })
    })

  return {
    run: async <Kind extends Job['kind']>(job: Job & { kind: Kind }, nowMs: number) => {
      if (closed || waiting >= mostWaiting) throw new PressBusyError()
      waiting += 1
      const mine = line
        .catch(() => undefined)
        .then(() => (closed ? Promise.reject(new PressBusyError()) : inThread(job, nowMs)))
        .finally(() => {
          waiting -= 1
        })
      line = mine
      // The thread answers with what the job of that kind gives: the one place where a message becomes a type again.
      return (await mine) as JobResult<Kind>
    },
    progress: () => at,
    close: async () => {
      closed = true
      await line.catch(() => undefined)
      await stop()
    }
  }
}

/** Too much waits already, or the collector is stopping. */
export class PressBusyError extends Error {
  override readonly name = 'PressBusyError'
  constructor() {
    super('the press is busy')
  }
}

interface Message {
  readonly progress?: { readonly done: number; readonly of: number }
  readonly value?: unknown
  readonly sentence?: string
  readonly error?: unknown
}

const answer = (message: Message, resolve: (value: unknown) => void, reject: (error: Error) => void): void => {
  if (message.sentence !== undefined) reject(new SentenceError(message.sentence))
  else if (message.error !== undefined) reject(errorOf(message.error))
  else resolve(message.value)
}

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
