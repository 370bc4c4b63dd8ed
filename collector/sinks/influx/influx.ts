import { SentenceError } from '../../../contract/parse.ts'
import type { SinkDeps, RunningSink } from '../sink.ts'
import { openAllowance } from './allowance.ts'
import { checkServer } from './check.ts'
import type { InfluxSettings } from './config.ts'
import { openDelivery } from './delivery.ts'
import { lacksDelivered, openKeeping, type Keeping } from './emptied.ts'
import { openFigures, type Figures } from './figures.ts'
import { openWriter, type WritePoint } from './line.ts'
import { history, live, openLane, type Step } from './lane.ts'
import { openMoments } from './moments.ts'
import { openProgress, type Progress } from './progress.ts'
import { openReplay } from './replay.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import { openSettling, type Settling } from './settling.ts'
import { openShipping, serverRefused, type Retention } from './shipping.ts'
import { sentenceText } from '../sentence.ts'
import { openWorld } from './world.ts'

export const influxName = 'influx'

/** What of the sink tests stand in for. */
export interface InfluxParts {
  readonly checkServer: typeof checkServer
  readonly lacksDelivered: typeof lacksDelivered
  readonly openDelivery: typeof openDelivery
  readonly openWorld: typeof openWorld
  readonly loadSecrets: typeof loadSecrets
}
const ownParts: InfluxParts = { checkServer, lacksDelivered, openDelivery, openWorld, loadSecrets }

export interface InfluxDeps extends Omit<SinkDeps, 'random'> {
  readonly random?: () => number
  /** How often agents upload when nothing changes, ms: silence follows from it. A minute unless said. */
  readonly uploadMs?: number
}

/** More than these are no poison, but something that a person must look at first: nothing more is set aside, and nothing is thrown away. */
export const mostLetters = 100_000
/**
 * Points that are at fault by themselves are set aside up to here and only counted from then on: their readings are in the store, and an agent that
 * makes up fields or parts must not stop the copies of a whole city.
 */
export const mostFaults = mostLetters / 2
/** What only people ask for (replays, going back) is looked for this often at most. */
const lookMs = 10_000
/** The store failed (a full disk, say): everything begins again at the last cursor. */
const againMs = 10_000
const checkFirstMs = 1_000
const checkCapMs = 60_000

/** Copies readings and figures to InfluxDB: one loop, one write at a time, live data first. */
export const startInflux = (settings: InfluxSettings, deps: InfluxDeps, parts: InfluxParts = ownParts): RunningSink => {
  const abort = new AbortController()
  const { signal } = abort
  const { store, now, uploadMs = 60_000 } = deps
  const lasting = { settling: openSettling({ sink: influxName, store, now, uploadMs }), writePoint: openWriter() }
  const ended = (async () => {
    while (!signal.aborted) {
      try {
        await lasting.settling.look()
        await follow(settings, deps, parts, lasting, signal)
      } catch (err) {
        if (stopped(signal)) return
        deps.log.error({ err, sink: influxName }, 'sink failed')
        await deps.sleep(againMs, signal).catch(() => undefined)
      }
    }
  })()
  return {
    stop: () => {
      abort.abort(new Error('the sink is stopping'))
      return ended
    }
  }
}

/** What outlives a failure of the store. */
interface Lasting {
  readonly settling: Settling
  readonly writePoint: WritePoint
}

/** Read anew: a signal changes while something is awaited. */
const stopped = (signal: AbortSignal): boolean => signal.aborted

/** Until the signal aborts or the store fails: rejects then. */
const follow = async (
  settings: InfluxSettings,
  deps: InfluxDeps,
  parts: InfluxParts,
  { settling, writePoint }: Lasting,
  signal: AbortSignal
): Promise<never> => {
  const { store, now, sleep, random = Math.random, uploadMs = 60_000, log } = deps
  const { pollMs } = settings
  const progress = await openProgress(influxName, deps)
  await progress.say('starting', '')
  const retention = await reached(settings, deps, parts, progress, signal)
  await progress.aimAt(targetOf(settings))
  let keeping: Keeping | undefined
  const delivery = parts.openDelivery({
    settings,
    secrets: () => parts.loadSecrets(settings),
    onState: (state, sentence) => {
      if (state !== 'delivering') keeping?.doubt()
      // A row that the store does not take fails the next move as well: that one is heard.
      void progress.say(state, sentence).catch(() => undefined)
    },
    now,
    sleep,
    random
  })
  try {
    const world = parts.openWorld(store, influxName, now, { uploadMs })
    await world.refresh()
    const shipping = openShipping({
      sink: influxName,
      writePoint,
      delivery,
      retention,
      atOnce: settings.batchPoints,
      now,
      signal
    })
    const allowance = openAllowance(settings.historyPointsPerS, now)
    const shared = { store, world, shipping, progress, allowance, now }
    const laneDeps = { ...shared, pagePoints: settings.batchPoints }
    const lanes = { live: openLane(live, laneDeps), history: openLane(history, laneDeps) }
    const figures = openFigures({ ...shared, everyMs: settings.rollupEveryMs })
    const moments = openMoments({ ...shared, settling })
    const replay = openReplay({ ...shared, figures, sink: influxName, delivery, signal })
    keeping = openKeeping({
      ...shared,
      sink: influxName,
      moments,
      lacks: async deliveredMs => {
        const access = secretsOf(settings, parts)
        return access === undefined ? undefined : parts.lacksDelivered(settings, access, deliveredMs, signal)
      },
      retentionMs: retention.raw,
      log
    })
    const look = openLook(deps, progress, keeping, figures, Math.min(lookMs, 10 * pollMs))

    const turn = async (): Promise<number> => {
      const seen = await look()
      const first = seen.full ? 'idle' : await lanes.live.step()
      // Also when nothing else goes: they tell why.
      await moments.step()
      // Behind live points: what the server takes and what it refuses are then told apart.
      if (seen.due) await replay.step()
      if (seen.full) return pollMs
      const second = await figures.step()
      const third = first === 'idle' ? await lanes.history.step() : 'idle'
      return Math.min(...[first, second, third].map(step => waitOf(step, pollMs)))
    }
    for (;;) {
      signal.throwIfAborted()
      const waitMs = await turn()
      if (waitMs > 0) await sleep(waitMs, signal)
    }
  } catch (error) {
    if (!stopped(signal)) log.debug({ sink: influxName }, 'sink begins again')
    throw error
  } finally {
    delivery.close()
  }
}

const targetOf = ({ url, org, databases: { raw, rollup } }: InfluxSettings): string =>
  [url, ...(org === undefined ? [] : [org]), raw, rollup].join(' ')

const waitOf = (step: Step, pollMs: number): number => {
  if (step === 'more') return 0
  return step === 'idle' ? pollMs : Math.min(step.waitMs, pollMs)
}

/** Asks the server until it is what the configuration says. Resolves to how long its databases keep points. */
const reached = async (
  settings: InfluxSettings,
  { sleep, random = Math.random, log }: InfluxDeps,
  parts: InfluxParts,
  progress: Progress,
  signal: AbortSignal
): Promise<Retention> => {
  for (let capMs = checkFirstMs; ; capMs = Math.min(checkCapMs, 2 * capMs)) {
    signal.throwIfAborted()
    const found = await ask(settings, parts, signal)
    if (found.ok) {
      for (const warning of found.warnings) log.warn({ sink: influxName, warning }, 'sink check')
      await progress.say('delivering', '')
      return found.retentionMs
    }
    await progress.say(found.kind === 'away' ? 'backing_off' : 'refused', found.sentence)
    await sleep(capMs * (0.5 + random() / 2), signal)
  }
}

/** undefined while they cannot be read: the next write says so. */
const secretsOf = (settings: InfluxSettings, parts: InfluxParts): Secrets | undefined => {
  try {
    return parts.loadSecrets(settings)
  } catch (error) {
    if (error instanceof SentenceError) return undefined
    throw error
  }
}

/** A secret that cannot be read is a state as well: whoever mends the file need not start the collector again. */
const ask: (
  settings: InfluxSettings,
  parts: InfluxParts,
  signal: AbortSignal
) => ReturnType<typeof checkServer> = async (settings, parts, signal) => {
  try {
    return await parts.checkServer(settings, parts.loadSecrets(settings), signal)
  } catch (error) {
    if (signal.aborted) throw error
    const sentence = error instanceof Error ? error.message : String(error)
    return { ok: false, kind: 'refused', exit: 'badConfiguration', sentence }
  }
}

/** What people did meanwhile: asked for replays, went back, dropped letters. */
const openLook = (
  { store, now, log }: InfluxDeps,
  progress: Progress,
  keeping: Keeping,
  figures: Pick<Figures, 'again'>,
  everyMs: number
) => {
  let lookedMs = -Infinity
  let seen = { due: false, full: false, crowded: false }
  return async (): Promise<typeof seen> => {
    const agoMs = now() - lookedMs
    if (agoMs >= 0 && agoMs < everyMs && !seen.due) return seen
    lookedMs = now()
    await keeping.look()
    if ((await store.rewindWished(influxName)) && (await progress.goBack())) figures.again()
    const { total, due } = await store.deadLetterCounts(influxName)
    const crowded = total >= mostFaults
    if (crowded && !seen.crowded) log.warn({ sink: influxName, letters: total }, 'points at fault are only counted')
    progress.setAside(letter => !crowded || letter.reason === serverRefused)
    const full = total >= mostLetters
    if (full) await progress.say('refused', tooManyLetters(total))
    else if (seen.full) await progress.say('delivering', '')
    seen = { due: due > 0, full, crowded }
    return seen
  }
}

const tooManyLetters = (n: number): string =>
  sentenceText(
    `已有 ${n} 条数据被拒收搁置（上限 ${mostLetters}），外送暂停：请查看 campus-gauge sink dead-letters，再重发（replay）或放弃（drop）。`,
    `${n} dead letters lie there (at most ${mostLetters}), nothing more is sent: look at campus-gauge sink dead-letters, then replay or drop them.`
  )
