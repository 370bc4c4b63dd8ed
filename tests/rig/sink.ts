import { pino } from 'pino'
import type { CheckResult } from '../../collector/sinks/influx/check.ts'
import { influxSettingsOf, type InfluxConfig } from '../../collector/sinks/influx/config.ts'
import { startInflux, type InfluxParts } from '../../collector/sinks/influx/influx.ts'
import type { OnState } from '../../collector/sinks/influx/deliver.ts'
import type { Point } from '../../collector/sinks/influx/point.ts'
import type { World } from '../../collector/sinks/influx/world.ts'
import type { RunningSink } from '../../collector/sinks/sink.ts'
import type { SinkRow } from '../../collector/store/sink-store.ts'
import type { Store } from '../../collector/store/store.ts'
import type { After } from './collector.ts'
import { nowMs } from './ledger.ts'
import { openStoreHere } from './store-here.ts'

export interface Request {
  readonly atMs: number
  readonly database: string
  readonly lines: readonly string[]
}

/** The sink's engine over a real store; its server, its points and its time belong to the test. */
export interface SinkRig {
  readonly store: Store
  /** What the server does, and what came to it. */
  readonly server: {
    /** Every line of every request, in order. */
    readonly requests: Request[]
    /** Never answers. */
    hangs: boolean
    /** Lines with this text are refused. */
    poison: string | undefined
    check: CheckResult
    /** What was delivered is gone; undefined: nobody answers. */
    lacks: boolean | undefined
    /** Times that the sink asked about. */
    readonly askedAfter: number[]
    /** What the delivery says of it. */
    say: OnState
  }
  /** What the points are made of. */
  readonly world: {
    mended: boolean
    readonly blocks: string[]
    readonly periods: string[]
    /** When schools were asked for. */
    readonly schools: number[]
  }
  readonly lines: string[]
  now(): number
  start(around?: (store: Store) => Store, other?: Partial<InfluxConfig>): RunningSink
  /** Time passes: every sleep of the sink ends when its time has come, and the sink does what it does then. */
  advance(ms: number): Promise<void>
  /** Time passes and no sink runs. */
  pass(ms: number): void
  /** Until the sink sleeps. */
  asleep(): Promise<void>
  row(): Promise<SinkRow | undefined>
  /** Lines that came for a measurement, in order. */
  came(measurement: string): string[]
}

export const reached: Extract<CheckResult, { ok: true }> = {
  ok: true,
  version: '1.6.7',
  retentionMs: { raw: undefined, rollup: undefined },
  warnings: []
}

export const openSinkRig = (after: After, config: Partial<InfluxConfig> = {}): SinkRig => {
  const store = openStoreHere()
  const settingsOf = (other: Partial<InfluxConfig>) =>
    influxSettingsOf({ generation: 1, url: 'http://127.0.0.1:9', ...config, ...other }, '/')
  const time = openTime(nowMs)
  const server: SinkRig['server'] = {
    requests: [],
    hangs: false,
    poison: undefined,
    check: reached,
    lacks: false,
    askedAfter: [],
    say: () => undefined
  }
  const world: SinkRig['world'] = { mended: false, blocks: [], periods: [], schools: [] }
  const lines: string[] = []
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) })
  const parts: InfluxParts = {
    loadSecrets: () => ({ authorization: undefined, ca: undefined, hidden: [], warnings: [] }),
    checkServer: () => Promise.resolve(server.check),
    lacksDelivered: (_settings, _access, deliveredMs) => {
      server.askedAfter.push(deliveredMs)
      return Promise.resolve(server.lacks)
    },
    openWorld: () => plainWorld(world, time.now),
    openDelivery: ({ onState }) => ({
      write: (database, sent, signal) => {
        server.say = onState
        server.requests.push({ atMs: time.now(), database, lines: [...sent] })
        if (server.hangs)
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
          })
        const { poison } = server
        return Promise.resolve({
          refused: sent.flatMap((line, index) =>
            poison !== undefined && line.includes(poison) ? [{ index, answer: 'unable to parse' }] : []
          )
        })
      },
      close: () => undefined
    })
  }
  const running: RunningSink[] = []
  after(async () => {
    for (const sink of running) await sink.stop()
    await store.close()
  })
  return {
    store,
    server,
    world,
    lines,
    now: time.now,
    start: (around = inner => inner, other = {}) => {
      const sink = startInflux(
        settingsOf(other),
        { store: around(store), now: time.now, sleep: time.sleep, random: () => 0.5, log },
        parts
      )
      running.push(sink)
      return sink
    },
    advance: time.advance,
    pass: time.pass,
    asleep: time.asleep,
    row: async () => (await store.sinks())[0],
    came: measurement =>
      server.requests.flatMap(request => request.lines.filter(line => line.startsWith(`${measurement},`)))
  }
}

const openTime = (startMs: number) => {
  let ms = startMs
  const sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>()
  const watchers: (() => void)[] = []
  const asleep = (): Promise<void> =>
    sleepers.size > 0 ? Promise.resolve() : new Promise(resolve => watchers.push(resolve))
  const sleep = (lastsMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new Error('aborted'))
        return
      }
      const sleeper = { dueMs: ms + lastsMs, wake: resolve }
      sleepers.add(sleeper)
      signal.addEventListener(
        'abort',
        () => {
          sleepers.delete(sleeper)
          reject(new Error('aborted'))
        },
        { once: true }
      )
      for (const watch of watchers.splice(0)) watch()
    })
  const advance = async (passedMs: number): Promise<void> => {
    const untilMs = ms + passedMs
    for (;;) {
      await asleep()
      const first = [...sleepers].toSorted((a, b) => a.dueMs - b.dueMs)[0]
      if (first === undefined || first.dueMs > untilMs) break
      ms = Math.max(ms, first.dueMs)
      sleepers.delete(first)
      first.wake()
    }
    ms = untilMs
  }
  return { now: () => ms, pass: (passedMs: number) => void (ms += passedMs), sleep, asleep, advance }
}

/** A point a reading; parts named `bad` are at fault until somebody mends the world. */
const plainWorld = (notes: SinkRig['world'], now: () => number): World => {
  const figure = (measurement: string, check: string, atMs: number): Point => ({
    database: 'rollup',
    measurement,
    tags: { device: 'd-1', check },
    fields: measurement === 'host_1d' ? { ok_n: 1 } : { met_n: 1 },
    atMs,
    offsetNs: 0,
    arrival: 0
  })
  return {
    refresh: () => Promise.resolve(),
    forgetSent: () => undefined,
    batchPoints: ({ arrival, readings }) =>
      readings.map(({ atMs, checkId, part, twin }) => ({
        database: 'raw',
        measurement: 'host',
        tags: { device: 'd-1', check: `c-${checkId}`, part: part === '' ? 'none' : part },
        fields: { outcome: 0 },
        atMs,
        offsetNs: twin,
        arrival,
        ...(part === 'bad' && !notes.mended ? { refused: { fault: 'bad_tag', says: 'part is bad' } } : {})
      })),
    blockPoints: keys => {
      notes.blocks.push(...keys)
      return Promise.resolve(keys.map(key => figure('host_1d', key.replaceAll(' ', '-'), now())))
    },
    periodPoints: period => {
      notes.periods.push(period)
      return Promise.resolve([figure('target_1d', period, now())])
    },
    schoolPoints: () => {
      notes.schools.push(now())
      return Promise.resolve([])
    }
  }
}
