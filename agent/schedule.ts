import { createHash } from 'node:crypto'

/** One thing to run again and again. */
export interface Job {
  /** Stable over restarts: the phase within the period follows from it. */
  readonly key: string
  readonly everyMs: number
  /** Jobs with an equal lock run one after the other. */
  readonly lock: string
  run(signal: AbortSignal): Promise<void>
}

export interface Schedule {
  /** Takes new jobs; running ones end by themselves, kept ones keep their phase. */
  set(jobs: readonly Job[]): void
  /** Makes a job due at once, behind its lock and its own last run like any other; its phase stays. False when there is none of that key. */
  runNow(key: string): boolean
  /** Aborts what runs and resolves when it has ended. */
  stop(): Promise<void>
}

export interface ScheduleDeps {
  /** Monotonic ms: a clock step must not make a burst. */
  readonly now: () => number
  readonly setTimer: (work: () => void, ms: number) => () => void
  /** Runs at the same time, at most. */
  readonly inFlight?: number
  /** First runs are spread over this time, ms, so that a new agent shows its readings soon. */
  readonly firstWithinMs?: number
  /** A job that rejects: its run already reported what it could. */
  readonly onFault?: (key: string, fault: unknown) => void
}

/**
 * When each check runs: its period, with a stable jitter so that a thousand agents do not ask in the same second; never twice at
 * once; one at a time for each host; at most 8 in flight. A run that was missed (suspend, a long queue) is not made up for.
 */
export const startSchedule = (deps: ScheduleDeps): Schedule => {
  const most = deps.inFlight ?? 8
  const abort = new AbortController()
  const due = new Map<string, { job: Job; atMs: number }>()
  const running = new Map<string, { lock: string; done: Promise<void> }>()
  let cancelTimer: (() => void) | undefined

  /** The first instant of the job's phase that is after now; rounding must never give now itself. */
  const next = (job: Job, now: number): number => {
    const phase = fractionOf(job.key) * job.everyMs
    const atMs = (Math.floor((now - phase) / job.everyMs) + 1) * job.everyMs + phase
    return atMs > now ? atMs : atMs + job.everyMs
  }

  const start = (job: Job): void => {
    const done = job
      .run(abort.signal)
      .catch((fault: unknown) => deps.onFault?.(job.key, fault))
      .then(() => {
        running.delete(job.key)
        wake()
      })
    running.set(job.key, { lock: job.lock, done })
  }

  const wake = (): void => {
    if (abort.signal.aborted) return
    cancelTimer?.()
    cancelTimer = undefined
    // One look at the clock: an entry that fell due between two looks would be neither started nor waited for.
    const now = deps.now()
    const ready = [...due.values()].filter(entry => entry.atMs <= now).sort((a, b) => a.atMs - b.atMs)
    for (const entry of ready) {
      if (running.size >= most) break
      // Its own last run or another on the same host is not over: it stays due and starts when that ends.
      if (running.has(entry.job.key) || [...running.values()].some(other => other.lock === entry.job.lock)) continue
      due.set(entry.job.key, { job: entry.job, atMs: next(entry.job, now) })
      start(entry.job)
    }
    const waiting = [...due.values()].map(entry => entry.atMs).filter(atMs => atMs > now)
    if (waiting.length > 0) cancelTimer = deps.setTimer(wake, Math.max(0, Math.min(...waiting) - now))
  }

  return {
    set: jobs => {
      const keys = new Set(jobs.map(job => job.key))
      for (const key of due.keys()) if (!keys.has(key)) due.delete(key)
      for (const job of jobs) {
        const known = due.get(job.key)
        const first = deps.now() + fractionOf(job.key) * Math.min(job.everyMs, deps.firstWithinMs ?? 3_000)
        due.set(job.key, { job, atMs: known?.job.everyMs === job.everyMs ? known.atMs : first })
      }
      wake()
    },
    runNow: key => {
      const entry = due.get(key)
      if (entry === undefined) return false
      due.set(key, { job: entry.job, atMs: Math.min(entry.atMs, deps.now()) })
      wake()
      return true
    },
    stop: async () => {
      abort.abort()
      cancelTimer?.()
      await Promise.all([...running.values()].map(run => run.done))
    }
  }
}

/** A number in [0, 1) that is always the same for a key. */
export const fractionOf = (key: string): number => createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32
