import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { dayOf } from '../../../collector/calendar/day.ts'
import { loadSettings, type Settings } from '../../../collector/config.ts'
import { startCollector } from '../../../collector/main.ts'
import { startInflux } from '../../../collector/sinks/influx/influx.ts'
import type { InfluxSettings } from '../../../collector/sinks/influx/config.ts'
import type { Store } from '../../../collector/store/store.ts'
import { startUpkeep, type Upkeep } from '../../../collector/upkeep.ts'
import { openChance } from '../../../deploy/demo/chance.ts'
import { uplinkReadings } from '../../../deploy/demo/uplink.ts'
import { livingAgents } from '../../../deploy/demo/simulate.ts'
import { demoSimulation, type DemoTerms } from '../../../deploy/demo/terms.ts'
import { upload } from '../../../deploy/demo/fleet.ts'
import { openSender } from '../../../deploy/demo/wire.ts'
import type { After } from '../collector.ts'
import { listOf } from './city.ts'
import { morning } from './morning.ts'

const run = promisify(execFile)
const bin = resolve(import.meta.dirname, '../../../deploy/bin.js')

/** A demo city with its collector, whose clock the test sets and which then goes at its usual pace, and a sink on it. */
export interface LiveCity {
  readonly terms: DemoTerms
  readonly url: string
  readonly store: Store
  readonly settings: Settings
  now(): number
  setClock(ms: number): void
  /** Some schools' agents say what a morning brought; the others stay silent. Resolves when it is rolled up and judged. */
  liveMorning(): Promise<void>
  /** Resolves when nothing is left to be sent; throws after five minutes. */
  delivered(): Promise<void>
  /** The same, after somebody asked for everything again. */
  sentAgain(): Promise<void>
}

export interface LiveCityOptions {
  readonly terms: DemoTerms
  readonly data: string
  readonly influx: InfluxSettings
  /** What the collector's clock says when it starts. */
  readonly startMs: number
  /** Stands between the sink and its collector's store. */
  readonly around?: (store: Store) => Store
}

/** Makes the city as `npm run demo` does, and starts its collector with the sink. */
export const openLiveCity = async (after: After, options: LiveCityOptions): Promise<LiveCity> => {
  const { terms, data, influx, startMs, around = store => store } = options
  const { schools, days, seed, untilMs } = terms
  const words = ['--schools', schools, '--days', days, '--seed', seed, '--until', new Date(untilMs).toISOString()]
  await run(process.execPath, [bin, 'demo', '--only', '--json', '--data', data, ...words.map(String)])

  let aheadMs = startMs - Date.now()
  const now = (): number => Date.now() + aheadMs
  const made: { store?: Store; upkeep?: Upkeep } = {}
  const settings: Settings = {
    ...loadSettings(join(data, 'collector.yaml')),
    host: '127.0.0.1',
    port: 0,
    log: 'error',
    influx
  }
  const collector = await startCollector(settings, '0.0.0-test', {
    now,
    upkeep: (store, log) => {
      made.store = store
      made.upkeep = startUpkeep({ store, now, everyMs: 0x7fff_ffff, log })
      return made.upkeep
    },
    sinks: (store, log) => {
      // The demo was judged on the day before: a sink that is faster than today's first judgement would give that day's figures, too.
      const sink = made.upkeep?.run().then(() =>
        startInflux(influx, {
          store: around(store),
          now,
          log,
          uploadMs: settings.uploadMs,
          sleep: (ms, signal) => pause(ms, undefined, { signal })
        })
      )
      return { stop: async () => (await sink)?.stop() }
    }
  })
  after(() => collector.stop())
  const { store, upkeep } = made
  if (store === undefined || upkeep === undefined) throw new Error('the collector must have started its upkeep')

  const left = async (): Promise<string> => {
    const [sink] = await listOf<{ behind_n: number; history_n: number; state: string }>(collector.url, '/v1/sinks')
    const [row] = await store.sinks()
    if (sink === undefined || row === undefined) return 'the sink has no row yet'
    const changed = [
      ...(await store.changes('rollup', row.rollupSeq, 1)),
      ...(await store.changes('period', row.periodSeq, 1))
    ]
    const rest = { ...sink, changed: changed[0]?.key ?? '' }
    return sink.behind_n === 0 && sink.history_n === 0 && changed.length === 0 ? '' : JSON.stringify(rest)
  }
  return {
    terms,
    url: collector.url,
    store,
    settings,
    now,
    setClock: ms => {
      aheadMs = ms - Date.now()
    },
    liveMorning: async () => {
      const simulation = demoSimulation(terms)
      const { devices = [] } = simulation.city.ledger
      const sender = openSender(collector.url, 4)
      try {
        for (const agent of livingAgents(
          simulation,
          devices.map(device => device.id)
        )) {
          const { measured, gaps } = morning(agent, now())
          const school = simulation.city.schools.find(one => one.id === agent.school)
          const night =
            school !== undefined && agent.device.endsWith('-gw')
              ? uplinkReadings(school, dayOf(now()), openChance(terms.seed))
              : []
          if (measured.length > 0) await upload(sender, agent, [...night, ...measured], now(), gaps)
        }
      } finally {
        sender.close()
      }
      await upkeep.run()
    },
    delivered: () => until(left),
    sentAgain: async () => {
      await until(async () => ((await store.rewindWished('influx')) ? 'the wish is not taken yet' : ''))
      await until(left)
    }
  }
}

/** Asks until nothing is left. */
const until = async (left: () => Promise<string>): Promise<void> => {
  const endMs = performance.now() + 300_000
  for (let rest = await left(); rest !== ''; rest = await left()) {
    if (performance.now() > endMs) throw new Error(`the sink must have sent everything within 5 minutes, got ${rest}`)
    await pause(100)
  }
}
