import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openStore } from '../collector/store/sqlite.ts'
import type { SinkRow } from '../collector/store/sink-store.ts'
import type { Store } from '../collector/store/store.ts'
import { openInfluxd, type Influxd } from '../tests/rig/influxd.ts'
import { openInfluxProxy } from '../tests/rig/influx-double.ts'
import { node, start, type Running } from './processes.ts'
import { actsOf, type Act, type Stage } from './sink-acts.ts'
import type { ChildConfig } from './sink-child.ts'
import { fillSinkCity } from './sink-city.ts'
import { hasReadings, novelCheck, openFeed, poisonFields, type Feed } from './sink-feed.ts'
import { watchLetters, type Isolation, type LetterWatch } from './sink-letters.ts'
import { watchMemory, type MemoryGrowth, type MemoryWatch } from './sink-memory.ts'
import { settingsFor, sinkName } from './sink-settings.ts'
import { tallyOf, type SinkTally } from './sink-tally.ts'

export interface StormOptions {
  /** Root of the code under test: the clone, or a patched copy. */
  readonly root: string
  /** An empty directory. */
  readonly directory: string
  readonly points: number
  readonly random: () => number
  /** `long`: outages of a minute, waits as they are. `short`: outages of a second or two, waits divided by twenty. */
  readonly form: 'long' | 'short'
  /** How long after an act everything must be delivered, ms. */
  readonly patienceMs: number
  /** Names of acts; all when left out. */
  readonly only?: readonly string[] | undefined
  /** No whole pages before the first fault: memory is compared with that of a sink that never had much to do. */
  readonly cold?: boolean
  readonly say?: (line: string) => void
}

export interface StormResult {
  readonly acts: readonly ActResult[]
  /** False when something still waited long after a fault: the run ends there. */
  readonly drained: boolean
  readonly points: number
  readonly poisons: number
  /** With the refused ones out; and after their cause was removed and they were sent again. */
  readonly before: SinkTally
  readonly after: SinkTally
  readonly letters: Isolation
  readonly lettersLeft: number
  readonly memory: MemoryGrowth
}
export interface ActResult {
  readonly name: string
  readonly points: number
  readonly poisons: number
  /** How long the fault lasted, and how long after it everything was delivered, s. */
  readonly faultS: number
  readonly drainedS: number
  /** States that the sink said it was in, and those that it had to. */
  readonly states: readonly string[]
  /** What it said last. */
  readonly sentence: string
  readonly saidSo: boolean
}

/** A store that is fed, the sink in a process of its own, a real influxd behind a proxy, one fault after the other; every point is counted. */
export const storm = async (options: StormOptions): Promise<StormResult> => {
  const endings: (() => unknown)[] = []
  try {
    return await play(options, work => void endings.unshift(work))
  } finally {
    for (const end of endings) await end()
  }
}

const play = async (options: StormOptions, after: (work: () => unknown) => void): Promise<StormResult> => {
  const { directory, form, random, say = () => undefined } = options
  const data = join(directory, 'collector')
  const agents = await fillSinkCity(data, 40, 5, [novelCheck])
  const store = await openStore(data)
  after(() => store.close())
  const feed = openFeed(store, agents, random)
  const influxd = await openInfluxd(after)
  await plantConflict(influxd, feed.plantedMs)
  const proxy = await openInfluxProxy(after, influxd)
  proxy.refuses = line => line.includes(poisonFields.named)
  const letters = watchLetters(store, serial => feed.poisons.has(serial), Date.now)
  const takers: (() => void)[] = []
  const refusers: (() => void)[] = []
  const sufferers: (() => void)[] = []
  proxy.onAnswer = ({ atMs, status, lines }) => {
    if (proxy.weather !== 'pass') for (const sufferer of sufferers.splice(0)) sufferer()
    if (status === 400) letters.refused(lines, atMs)
    if (status === 204) for (const taker of takers.splice(0)) taker()
    if (status === 500 && hasReadings(lines)) for (const refuser of refusers.splice(0)) refuser()
  }
  const sink = sinkProcess(options, data, influxd, proxy.url)
  after(() => sink.kill())
  await sink.start()
  if (!(await until(async () => (await rowOf(store))?.state === 'delivering', startMs)))
    throw new Error(`the sink must deliver within ${startMs} ms after its start`)
  const memory = watchMemory(sink.pid())
  after(() => memory.stop())

  const stage: Stage = {
    influxd,
    proxy,
    killSink: async () => {
      memory.phase = 'over'
      await sink.kill()
    },
    startSink: sink.start,
    nextTaken: () => new Promise(resolve => void takers.push(resolve)),
    nextSuffered: () => new Promise(resolve => void sufferers.push(resolve)),
    nextRefused: () => new Promise(resolve => void refusers.push(resolve))
  }
  const acts = actsOf(form, options).map(act => (options.cold === true ? { ...act, burst: undefined } : act))
  const results: ActResult[] = []
  for (const act of acts) {
    const weights = acts.slice(results.length).map(({ burst }) => (burst === undefined ? 1 : 2))
    const points = Math.ceil(
      ((options.points - feed.points()) * (weights[0] ?? 1)) / weights.reduce((a, b) => a + b, 0)
    )
    const result = await playAct(act, points, { ...options, stage, store, feed, letters, memory })
    results.push(result)
    say(JSON.stringify(result))
    if (Number.isNaN(result.drainedS)) break
  }
  const drained = results.every(({ drainedS }) => !Number.isNaN(drainedS))
  const before = await tallyOf(influxd, feed, new Set(feed.poisons.keys()))
  const found = letters.found()

  proxy.refuses = undefined
  await removeConflict(influxd, feed.plantedMs)
  await store.replayDeadLetters(sinkName, undefined, Date.now())
  const left = async (): Promise<number> => (await store.deadLetterCounts(sinkName)).total
  await until(async () => (await left()) === 0, drained ? options.patienceMs : 0)
  return {
    acts: results,
    drained,
    points: feed.points(),
    poisons: feed.poisons.size,
    before,
    after: await tallyOf(influxd, feed),
    letters: found,
    lettersLeft: await left(),
    memory: memory.growth()
  }
}

/** On a machine that is busy with other things. */
const startMs = 60_000

interface Playing extends StormOptions {
  readonly stage: Stage
  readonly store: Store
  readonly feed: Feed
  readonly letters: LetterWatch
  readonly memory: MemoryWatch
}

/** Feeds a stretch of readings, has the fault somewhere in it, and waits until all of it is delivered; drainedS is NaN when it never is. */
const playAct = async (act: Act, points: number, playing: Playing): Promise<ActResult> => {
  const { stage, store, feed, letters, memory, random } = playing
  const states = new Set<string>()
  let sentence = ''
  const from = feed.points()
  const leadMs = playing.form === 'long' ? 1_000 + random() * 4_000 : 50 + random() * 200
  const feedMs = leadMs + act.faultMs + (playing.form === 'long' ? 2_000 : 100)
  const quiet = act.name === 'quiet'
  if (memory.phase !== 'over') memory.phase = quiet ? 'warm_up' : 'fault'

  const watch = { on: true }
  const looking = (async () => {
    while (watch.on) {
      await letters.look()
      const row = await rowOf(store)
      if (row !== undefined) states.add(row.state)
      sentence = row?.sentence ?? ''
      await pause(50)
    }
  })()
  if (act.burst !== undefined) await feed.commit(Math.floor(act.burst * points))
  const feeding = feedOver(feed, points - (feed.points() - from), act.poisons, feedMs)
  await pause(leadMs)
  if (quiet) setTimeout(() => (memory.phase = 'steady'), act.faultMs / 2)
  const faultFromMs = performance.now()
  await act.begin(stage)
  await pause(Math.max(0, act.faultMs - (performance.now() - faultFromMs)))
  await act.end(stage)
  const endedMs = performance.now()
  await feeding
  const drained = await until(() => isDrained(store), playing.patienceMs)
  const drainedMs = performance.now()
  watch.on = false
  await looking
  await letters.look()
  return {
    name: act.name,
    points: feed.points() - from,
    poisons: act.poisons,
    faultS: (endedMs - faultFromMs) / 1000,
    drainedS: drained ? (drainedMs - endedMs) / 1000 : NaN,
    states: [...states],
    sentence,
    saidSo: act.says === undefined || states.has(act.says)
  }
}

/** So many points over that time, in commits as the collector makes them. */
const feedOver = async (feed: Feed, points: number, poisons: number, ms: number): Promise<void> => {
  const steps = Math.max(1, Math.ceil(ms / 100))
  const until = feed.points() + points
  for (let i = 0; i < steps && feed.points() < until; i += 1) {
    const more = Math.ceil((until - feed.points()) / (steps - i))
    const share = Math.floor(((i + 1) * poisons) / steps) - Math.floor((i * poisons) / steps)
    await feed.commit(more, share)
    await pause(ms / steps)
  }
}

const rowOf = async (store: Store): Promise<SinkRow | undefined> =>
  (await store.sinks()).find(({ name }) => name === sinkName)

const isDrained = async (store: Store): Promise<boolean> => {
  const [row, head] = [await rowOf(store), await store.logHead()]
  return row !== undefined && row.arrival >= head.arrival && row.history === undefined
}

/** Polls; false when it did not come in time. */
const until = async (done: () => Promise<boolean>, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms
  for (;;) {
    if (await done()) return true
    if (performance.now() > deadline) return false
    await pause(20)
  }
}

const sinkProcess = (
  { root, directory, form }: StormOptions,
  data: string,
  influxd: Influxd,
  url: string
): { start(): Promise<void>; kill(): Promise<void>; pid(): number } => {
  const short = { pollMs: 50, timeoutMs: 400 }
  const config: ChildConfig = {
    data,
    settings: settingsFor(influxd, directory, { url, ...(form === 'short' ? short : { timeoutMs: 5_000 }) }),
    haste: form === 'short' ? 20 : 1
  }
  const file = join(directory, 'child.json')
  writeFileSync(file, JSON.stringify(config))
  let running: Running | undefined
  return {
    start: async () => {
      running = start([node, join(root, 'bench/sink-child.ts'), file])
      await running.ready
    },
    kill: async () => {
      running?.kill('SIGKILL')
      await running?.ended
    },
    pid: () => running?.pid ?? 0
  }
}

/** Text where the poisoned readings bring a number: in 1.x types are fixed for a measurement's week, so that nothing else is touched. */
const plantConflict = (influxd: Influxd, plantedMs: number): Promise<void> =>
  influxd.write('readiness', [`${novelCheck.probe},device=planted ${poisonFields.typed}="text" ${plantedMs}000000`])

const removeConflict = async (influxd: Influxd, plantedMs: number): Promise<void> => {
  for (const { columns, values } of await influxd.query('', 'SHOW SHARDS'))
    for (const row of values) {
      const cell = (name: string): string => String(row[columns.indexOf(name)])
      if (cell('database') !== 'readiness') continue
      if (Date.parse(cell('start_time')) <= plantedMs && plantedMs < Date.parse(cell('end_time')))
        await influxd.query('', `DROP SHARD ${cell('id')}`)
    }
}
