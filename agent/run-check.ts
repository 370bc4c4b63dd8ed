import { performance } from 'node:perf_hooks'
import type { WireReading } from '../contract/reading.ts'
import { legalReading, redact, type Statement } from './probes/legal-reading.ts'
import { NothingToSay, runnerReasons, Unavailable, type Probe, type ProbeContext, type Reading } from './probe.ts'

/** A probe after `prepare`: its options are checked and it can run any number of times. */
export type PreparedProbe = ReturnType<Probe['prepare']>

/** Which check runs, and on which device of the ledger. */
export interface RunSpec {
  readonly check: string
  readonly device?: string
}

/** What a run needs from the agent. `signal` is the agent's own: it aborts at shutdown. */
export interface RunDeps extends Omit<ProbeContext, 'timeoutMs' | 'now'> {
  /** Total time of this run, ms. Default: the probe's. */
  readonly timeoutMs?: number
  /** Told of an exception that is not an `Unavailable`; the reading carries only its first 200 characters. */
  readonly onFault?: (fault: unknown) => void
}

type Ending =
  | { readonly kind: 'readings'; readonly readings: readonly Reading[] }
  | { readonly kind: 'threw'; readonly cause: unknown }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'shutdown' }

/**
 * Runs one check once and says what the wire may carry of it. Never rejects.
 *
 * Boot, up_ms (ms since boot, with suspend) and wall_ms (ms since 1970) are those of the start of the run; took_ms is
 * monotonic. An exception becomes `unavailable`, and so does a run that passes its deadline, even when the probe ignores its
 * signal. A run that shutdown cut off is no measurement, nor is one that had nothing to say: the answer is empty.
 */
export const runCheck = async (
  probe: Probe,
  prepared: PreparedProbe,
  spec: RunSpec,
  deps: RunDeps
): Promise<WireReading[]> => {
  if (deps.signal.aborted) return []
  const { system } = deps
  const stamp = {
    check: spec.check,
    ...(spec.device === undefined ? {} : { device: spec.device }),
    boot: system.bootId,
    up_ms: Math.max(0, Math.round(system.upMs())),
    wall_ms: Math.max(0, Math.round(system.wallMs()))
  }
  const timeoutMs = deps.timeoutMs ?? probe.timeoutMs
  const started = performance.now()
  const ending = await race(prepared, timeoutMs, deps)
  const took_ms = Math.max(0, performance.now() - started)
  return statementsOf(ending, probe, timeoutMs, deps).map(statement => ({ ...stamp, took_ms, ...statement }))
}

/** The types end where a probe lies about them; a reading that cannot even be read is one more way to fail inside. */
const statementsOf = (ending: Ending, probe: Probe, timeoutMs: number, deps: RunDeps): Statement[] => {
  try {
    return readingsOf(ending, probe, timeoutMs, deps).map(reading => legalReading(reading, probe))
  } catch (cause) {
    return readingsOf({ kind: 'threw', cause }, probe, timeoutMs, deps).map(reading => legalReading(reading, probe))
  }
}

/** The first of: the probe's own end, the deadline, shutdown. The timer and the listener never outlive the run. */
const race = (prepared: PreparedProbe, timeoutMs: number, deps: RunDeps): Promise<Ending> => {
  const { promise, resolve } = Promise.withResolvers<Ending>()
  const controller = new AbortController()
  const end = (ending: Ending) => {
    clearTimeout(timer)
    deps.signal.removeEventListener('abort', shutdown)
    resolve(ending)
  }
  const shutdown = () => {
    end({ kind: 'shutdown' })
    controller.abort(deps.signal.reason)
  }
  const timer = setTimeout(() => {
    end({ kind: 'deadline' })
    controller.abort(new DOMException(`the run passed its ${timeoutMs} ms`, 'TimeoutError'))
  }, timeoutMs)
  deps.signal.addEventListener('abort', shutdown, { once: true })

  // Both handlers are attached whatever happens first, so a late rejection of an abandoned probe is not an unhandled one.
  const run = async () => prepared(contextOf(deps, timeoutMs, controller.signal))
  void run().then(
    readings => end({ kind: 'readings', readings }),
    (cause: unknown) => end({ kind: 'threw', cause })
  )
  return promise
}

const contextOf = (deps: RunDeps, timeoutMs: number, signal: AbortSignal): ProbeContext => ({
  signal,
  timeoutMs,
  system: deps.system,
  now: () => deps.system.wallMs(),
  clockOffsetMs: () => deps.clockOffsetMs(),
  collectorUrl: deps.collectorUrl,
  collectorTime: () => deps.collectorTime(),
  exchange: deps.exchange,
  dataDirectory: deps.dataDirectory,
  asked: () => deps.asked()
})

const readingsOf = (ending: Ending, probe: Probe, timeoutMs: number, deps: RunDeps): readonly Reading[] => {
  switch (ending.kind) {
    case 'shutdown':
      return []
    case 'deadline':
      return [unavailable('timeout', `${runnerReasons.timeout} of ${timeoutMs} ms`)]
    case 'readings':
      return ending.readings.length > 0
        ? ending.readings
        : [unavailable('error', `the probe ${probe.name} returned no reading`)]
    case 'threw': {
      const { cause } = ending
      if (cause instanceof NothingToSay) return []
      if (cause instanceof Unavailable) return [unavailable(cause.reason, cause.message, cause.labels)]
      deps.onFault?.(cause)
      return [unavailable('error', cause instanceof Error ? cause.message : String(cause))]
    }
  }
}

const unavailable = (reason: string, message: string, labels: Readonly<Record<string, string>> = {}): Reading => ({
  outcome: 'unavailable',
  reason,
  fields: {},
  labels: { ...labels, message: redact(message).slice(0, 200) }
})
