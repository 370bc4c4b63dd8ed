import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { fillSinkCity } from '../../bench/sink-city.ts'
import { novelCheck, openFeed } from '../../bench/sink-feed.ts'
import { settingsFor, sinkName } from '../../bench/sink-settings.ts'
import { tallyOf } from '../../bench/sink-tally.ts'
import { startInflux } from '../../collector/sinks/influx/influx.ts'
import { openStore } from '../../collector/store/sqlite.ts'
import { scratch } from '../delivery/scratch.ts'
import { seeded } from '../delivery/seeded.ts'
import { hasInfluxd, openInfluxd, type Influxd } from '../rig/influxd.ts'
import { openInfluxProxy } from '../rig/influx-proxy.ts'

// Real processes on a busy machine: the bound is for a dead-lock, not for speed.
t.setTimeout(300_000)

const log = pino({ level: 'silent' })
const databases = ['readiness', 'readiness_rollup']
/** As a server with a new disk, whose set-up ran again. */
const empty = async (influxd: Influxd): Promise<void> => {
  for (const name of databases) {
    await influxd.query('', `DROP DATABASE "${name}"`)
    await influxd.query('', `CREATE DATABASE "${name}"`)
  }
}

const needs = hasInfluxd() ? {} : { skip: 'influxd is not installed here' }
void t.test(
  'a real InfluxDB that lost everything gets everything again, without a word from anybody',
  needs,
  async t => {
    const directory = scratch(t)
    const data = join(directory, 'collector')
    const agents = await fillSinkCity(data, 20, 3, [novelCheck])
    const store = await openStore(data)
    t.teardown(() => store.close())
    const feed = openFeed(store, agents, seeded(3))
    const influxd = await openInfluxd(t.teardown)
    const proxy = await openInfluxProxy(t.teardown, influxd)
    const settings = settingsFor(influxd, directory, { url: proxy.url, pollMs: 50 })
    // Waits of minutes are of no interest here.
    const sleep = (ms: number, signal: AbortSignal): Promise<void> => pause(ms / 20, undefined, { signal })
    const start = () => startInflux(settings, { store, now: Date.now, sleep, random: Math.random, log })
    /** The states that the sink was in on the way there. */
    const until = async (done: () => Promise<boolean>): Promise<Set<string | undefined>> => {
      const states = new Set<string | undefined>()
      do {
        states.add((await store.sinks()).find(({ name }) => name === sinkName)?.state)
        await pause(20)
      } while (!(await done()))
      return states
    }
    const lost = async (): Promise<number> => {
      const { lost, lostBatches, twice, misplaced, invented } = await tallyOf(influxd, feed)
      t.same([twice, misplaced, invented], [0, 0, 0])
      return lost.length + lostBatches
    }
    const rollupsN = async (): Promise<number> => (await influxd.query('readiness_rollup', 'SHOW SERIES')).length
    const isWhole = async (): Promise<boolean> => (await lost()) === 0

    /** What is looked for next time: it came from the sink that runs. */
    let tells = 0
    proxy.onAnswer = ({ status, lines }) => {
      if (status === 204 && lines.some(line => line.startsWith('pipeline,'))) tells += 1
    }
    const told = (): Promise<unknown> => until(async () => tells > 0 && (await store.sinks())[0]?.seen === true)

    const first = start()
    await feed.commit(500)
    await until(isWhole)
    await told()

    await t.test('while the sink was away', async t => {
      await first.stop()
      await empty(influxd)
      t.equal(await lost(), feed.points())
      await feed.commit(100)
    })
    const second = start()
    await until(isWhole)
    await second.stop()
    tells = 0
    const third = start()
    t.teardown(() => third.stop())

    await t.test('in an outage, with databases made anew behind it', async t => {
      await told()
      const before = await rollupsN()
      proxy.weather = '500'
      await feed.commit(100)
      t.ok((await until(async () => (await store.sinks())[0]?.state === 'backing_off')).has('delivering'))
      await empty(influxd)
      proxy.weather = 'pass'
      await until(isWhole)
      await until(async () => (await rollupsN()) >= before)
      t.equal(await lost(), 0)
    })
  }
)
