import { performance } from 'node:perf_hooks'
import type { Logger } from 'pino'
import type { Configuration } from '../contract/configuration.ts'
import { SentenceError } from '../contract/parse.ts'
import { openConfiguration } from './central.ts'
import { openClient, type Client } from './client.ts'
import { collectorTime } from './collector-time.ts'
import type { AgentSettings } from './config.ts'
import { loadEnrolment, loadOrMakeKey } from './identity.ts'
import { Unavailable, type Probe } from './probe.ts'
import { runCheck, type PreparedProbe } from './run-check.ts'
import { startSchedule, type Job } from './schedule.ts'
import { openRecorder } from './recorder.ts'
import { openSpool, type Spool } from './spool.ts'
import type { System } from './system.ts'
import { startUpload } from './upload.ts'

export interface AgentDeps {
  readonly system: System
  readonly probes: readonly Probe[]
  readonly log: Logger
  /** Told after readings are on disk. */
  readonly onRecorded?: (n: number) => void
}

export interface Agent {
  readonly id: string
  /** Writes why, ends what runs, keeps the spool. Resolves within seconds. */
  stop(reason: string): Promise<void>
}

/** How often the configuration is asked for when no acknowledgement says that it changed, ms. */
const refreshMs = 600_000
/** While there is none yet (the agent waits for approval, or the collector is away): soon, then each minute. */
const firstRefreshMs = 5_000
const waitingRefreshMs = 60_000

/** Wires the parts: configuration → schedule → probes → folding → spool → upload. Throws a SentenceError when it is not enrolled. */
export const startAgent = (settings: AgentSettings, deps: AgentDeps): Agent => {
  const { system, log } = deps
  const enrolment = loadEnrolment(settings.data)
  const key = loadOrMakeKey(settings.data)
  if (key.id !== enrolment.agent)
    throw new SentenceError(
      `${settings.data}/agent.key must be the key that was enrolled as ${enrolment.agent}, but its id is ${key.id}: enrol again`
    )
  const spool = openSpool({
    directory: settings.data,
    maxBytes: settings.maxSpoolBytes,
    wallMs: system.wallMs,
    onMovedAside: (file, err) => log.error({ file, err }, 'the spool could not be read: moved aside, a gap is declared')
  })
  const client = openClient({ url: settings.url, key, collectorKey: enrolment.collectorKey, system })
  const configuration = openConfiguration(settings.data, client, log)
  const abort = new AbortController()
  const clock = { offsetMs: undefined as number | undefined }
  /** Checks that the collector asked for and that have not begun since. */
  const asked = new Set<string>()
  const recorder = openRecorder(spool, n => deps.onRecorded?.(n))

  const schedule = startSchedule({
    now: () => performance.now(),
    setTimer,
    onFault: (check, err) => log.error({ err, check }, 'a check could not be recorded')
  })
  const upload = startUpload({
    spool,
    client,
    agent: key.id,
    retry: settings.retry,
    options: optionsOf(configuration.current()),
    now: () => performance.now(),
    wallMs: system.wallMs,
    random: Math.random,
    setTimer,
    log,
    onAcknowledged: acknowledgement => {
      clock.offsetMs = Date.parse(acknowledgement.server_time) - system.wallMs()
      if (acknowledgement.config !== undefined && acknowledgement.config !== configuration.etag()) refresh()
      for (const check of acknowledgement.due ?? []) {
        asked.add(check)
        if (!schedule.runNow(check)) asked.delete(check)
      }
    }
  })

  const apply = (): void => {
    const current = configuration.current()
    if (current === undefined) return
    upload.set(optionsOf(current))
    recorder.keepOnly(current.checks.map(spec => spec.check))
    schedule.set(
      current.checks.map(spec =>
        jobOf(spec, deps.probes, async (probe, prepared, signal) => {
          const wanted = asked.delete(spec.check)
          const readings = await runCheck(
            probe,
            prepared,
            { check: spec.check, device: spec.device },
            {
              signal,
              system,
              ...(spec.timeout_ms === undefined ? {} : { timeoutMs: spec.timeout_ms }),
              collectorUrl: settings.url,
              clockOffsetMs: () => clock.offsetMs,
              collectorTime: () => collectorTime(settings.url, signal),
              exchange: request => client.exchange(request, signal),
              dataDirectory: settings.data,
              asked: () => wanted,
              onFault: err => log.error({ err, check: spec.check }, 'a probe failed inside')
            }
          )
          if (readings.length > 0) upload.notify(recorder.record(readings, probe, current.fold_ms))
        })
      )
    )
  }

  let cancelRefresh: () => void = () => undefined
  let refreshing = false
  let waitMs = firstRefreshMs
  const refresh = (): void => {
    if (refreshing || abort.signal.aborted) return
    refreshing = true
    cancelRefresh()
    configuration
      .refresh(abort.signal)
      .then(changed => {
        if (changed) apply()
      })
      .catch((err: unknown) => {
        if (!abort.signal.aborted) log.warn({ err }, 'the configuration could not be asked for')
      })
      .finally(() => {
        refreshing = false
        if (abort.signal.aborted) return
        cancelRefresh = setTimer(refresh, configuration.current() === undefined ? waitMs : refreshMs)
        waitMs = waitingRefreshMs
      })
  }

  spool.addMarker(markerOf(system, 'started'))
  log.info({ agent: key.id, school: enrolment.school, url: settings.url }, 'agent runs')
  warnOfOtherMachine(enrolment.machine_fingerprint, system, spool, log)
  apply()
  refresh()

  return {
    id: key.id,
    stop: async reason => {
      abort.abort()
      cancelRefresh()
      await schedule.stop()
      spool.addMarker(markerOf(system, 'stopping', reason))
      await upload.stop()
      await farewell(client, spool)
      client.close()
      spool.close()
      log.info({ reason }, 'agent stopped')
    }
  }
}

type Run = (probe: Probe, prepared: PreparedProbe, signal: AbortSignal) => Promise<void>

/** A check as a job. One that this agent cannot run says so, with the same period, instead of falling silent. */
const jobOf = (spec: Configuration['checks'][number], probes: readonly Probe[], run: Run): Job => {
  const probe = probes.find(candidate => candidate.name === spec.probe)
  const base = { key: spec.check, everyMs: spec.every_ms }
  if (probe === undefined) {
    const stand: Probe = { ...standIn, name: spec.probe }
    return {
      ...base,
      lock: spec.check,
      run: signal => run(stand, cannot('unknown_probe', `this agent has no probe "${spec.probe}": update it`), signal)
    }
  }
  try {
    const prepared = probe.prepare(spec.options)
    return { ...base, lock: probe.hostKey?.(spec.options) ?? probe.name, run: signal => run(probe, prepared, signal) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ...base, lock: spec.check, run: signal => run(probe, cannot('bad_options', why), signal) }
  }
}

const cannot =
  (reason: string, message: string): PreparedProbe =>
  () =>
    Promise.reject(new Unavailable(reason, message))

const standIn: Omit<Probe, 'name'> = {
  summary: 'a probe that this agent does not have',
  everyMs: 60_000,
  timeoutMs: 1_000,
  options: {},
  reasons: {},
  prepare: () => cannot('unknown_probe', 'this agent does not have this probe')
}

const optionsOf = (configuration: Configuration | undefined) => ({
  periodMs: configuration?.upload.period_ms ?? 60_000,
  maxReadings: configuration?.upload.max_readings ?? 500
})

const markerOf = (system: System, kind: string, reason?: string) => ({
  kind,
  boot: system.bootId,
  up_ms: Math.round(system.upMs()),
  wall_ms: Math.round(system.wallMs()),
  ...(reason === undefined ? {} : { reason })
})

/** A copied disk image brings another machine's key: two agents would then speak as one. It is said, and the collector sees it. */
const warnOfOtherMachine = (enrolled: string, system: System, spool: Spool, log: Logger): void => {
  void system.machine().then(
    machine => {
      if (machine.fingerprint === enrolled) return
      log.warn(
        'this machine is not the one that was enrolled: if its disk was copied from another, delete the data directory and enrol again'
      )
      spool.addMarker(markerOf(system, 'machine_changed'))
    },
    (err: unknown) => log.warn({ err }, 'the hardware could not be identified')
  )
}

/** One short attempt to say goodbye, so that planned power-off is told from loss. The frozen batch keeps its number if it fails. */
const farewell = async (client: Client, spool: Spool): Promise<void> => {
  const batch = spool.freeze(500)
  if (batch === undefined) return
  try {
    const answer = await client.exchange(
      { method: 'POST', path: '/v1/batches', body: batch.body, encoding: 'gzip', spool: batch.spool, seq: batch.seq },
      AbortSignal.timeout(2_000)
    )
    if (answer.verified && (answer.status === 200 || answer.status === 202)) spool.acknowledge(batch.seq)
  } catch {
    // It stays in the spool and is sent at the next start.
  }
}

export const setTimer = (work: () => void, ms: number): (() => void) => {
  const timer = setTimeout(work, Math.min(ms, 2_147_483_647))
  return () => clearTimeout(timer)
}
