import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { firstRow } from '../collector/sinks/influx/progress.ts'
import { standingOf, type SinkStanding } from '../collector/sinks/standing.ts'
import type { SinkRow } from '../collector/store/sink-store.ts'
import { openStore } from '../collector/store/sqlite.ts'
import type { CommitBatch, Store } from '../collector/store/store.ts'
import { openInfluxd } from '../tests/rig/influxd.ts'
import { cpuMs, memory, node, start, type Running } from './processes.ts'
import type { ChildConfig } from './sink-child.ts'
import { batchOf, fillSinkCity, readingAt, type CityAgent } from './sink-city.ts'
import type { Printed } from './sink-rate.ts'
import { settingsFor, sinkName } from './sink-settings.ts'
import { tableOf } from './table.ts'

export interface BacklogOptions {
  readonly devices: number
  readonly minutes: number
  readonly rates: readonly number[]
  readonly seconds: number
}

const minute = 60_000
const devicesPerSchool = 5
/** How long a backlog may take before the bench gives up. */
const patienceMs = 1_800_000

/**
 * The sink was away for an hour of a city's life: how long until it has caught up while life goes on, and what it costs when nothing is
 * behind. Every device uploads each minute what its eight checks folded in five.
 */
export const backlog = async (
  directory: string,
  after: (work: () => unknown) => void,
  { devices, minutes, rates, seconds }: BacklogOptions
): Promise<Printed> => {
  mkdirSync(directory, { recursive: true })
  const data = join(directory, 'collector')
  const agents = await fillSinkCity(data, Math.ceil(devices / devicesPerSchool), devicesPerSchool)
  const store = await openStore(data)
  after(() => store.close())
  console.error(`filling ${minutes} minutes of ${agents.length} devices …`)
  const city = openCity(agents)
  for (let i = 0; i < minutes; i += 1) await commitMinute(store, city, Date.now() - (minutes - i) * minute)

  const rows: (string | number)[][] = []
  const idle: string[] = []
  for (const rate of rates) {
    const influxd = await openInfluxd(after)
    const file = join(directory, `child-${rate}.json`)
    const settings = settingsFor(influxd, directory, { historyPointsPerS: rate })
    writeFileSync(file, JSON.stringify({ data, settings, haste: 1 } satisfies ChildConfig))
    await store.putSink(awaySince(Date.now()))
    const live = openLife(store, city)
    after(() => live.stop())
    const child = start([node, fileURLToPath(new URL('./sink-child.ts', import.meta.url)), file])
    after(() => child.stop())
    await child.ready
    const caught = await catchUp(store, child)
    console.error(`${rate} points/s at most: caught up after ${caught.doneS.toFixed(0)} s`)
    if (rate === rates[0]) {
      idle.push(await watch(child, seconds, `${agents.length} devices, ${Math.round(agents.length / 60)} batches/s`))
      live.slow(devicesPerSchool)
      await pause(2_000)
      const some = Math.round(agents.length / devicesPerSchool)
      idle.push(await watch(child, seconds, `${some} devices, ${Math.round(some / 60)} batches/s`))
    }
    await child.stop()
    await live.stop()
    await influxd.stop()
    const { pointsN } = caught.last
    rows.push([
      ...[rate, agents.length, caught.behindN, pointsN, caught.fineS, caught.doneS, pointsN / caught.doneS],
      ...[caught.cpuS, (1000 * 1000 * caught.cpuS) / pointsN, caught.firstMb, caught.mostMb]
    ])
  }
  return { table: tableOf(columns, rows), lines: idle }
}

const columns = [
  { name: 'history_points_per_s' },
  { name: 'devices' },
  { name: 'batches behind' },
  { name: 'points sent' },
  { name: 's until < 60 s behind', digits: 0 },
  { name: 's until 0', digits: 0 },
  { name: 'points/s', digits: 0 },
  { name: 'CPU-s', digits: 1 },
  { name: 'CPU ms/1,000', digits: 1 },
  { name: 'RssAnon at start MiB', digits: 0 },
  { name: 'most MiB', digits: 0 }
]

const awaySince = (nowMs: number): SinkRow => ({
  ...firstRow(sinkName, { arrival: 0 }, nowMs),
  state: 'backing_off'
})

/** The batch of every device for a minute: of eight checks with five minutes each, one or two are due. */
interface City {
  readonly agents: readonly CityAgent[]
  batch(agent: CityAgent, i: number, receivedMs: number): CommitBatch
}
const openCity = (agents: readonly CityAgent[]): City => ({
  agents,
  batch: (agent, i, receivedMs) => {
    const turn = Math.floor(receivedMs / minute)
    const due = agent.checks.filter((_, c) => (turn + c + i) % 5 === 0)
    return batchOf(
      agent,
      receivedMs,
      due.map((check, c) => readingAt(check, receivedMs - 1_000 - 100 * c, turn + i + c))
    )
  }
})

const commitMinute = async (store: Store, city: City, fromMs: number): Promise<void> => {
  const n = city.agents.length
  for (let from = 0; from < n; from += 1_000)
    await store.commitBatches(
      city.agents
        .slice(from, from + 1_000)
        .map((agent, j) => city.batch(agent, from + j, fromMs + Math.floor(((from + j) * minute) / n)))
    )
}

/** Life goes on: every device once a minute, spread, until it stops. */
const openLife = (store: Store, city: City): { slow(by: number): void; stop(): Promise<void> } => {
  const watch = { on: true }
  let oneOf = 1
  let next = 0
  const life = (async () => {
    let owed = 0
    let lastMs = performance.now()
    while (watch.on) {
      const nowMs = performance.now()
      owed += ((nowMs - lastMs) * city.agents.length) / oneOf / minute
      lastMs = nowMs
      const batches: CommitBatch[] = []
      for (; owed >= 1; owed -= 1) {
        const agent = city.agents[next]
        if (agent !== undefined) batches.push(city.batch(agent, next, Date.now()))
        next = (next + 1) % city.agents.length
      }
      if (batches.length > 0) await store.commitBatches(batches)
      await pause(100)
    }
  })()
  return {
    slow: by => void (oneOf = by),
    stop: () => {
      watch.on = false
      return life
    }
  }
}

interface Caught {
  readonly behindN: number
  /** s from the start of the process. */
  readonly fineS: number
  readonly doneS: number
  readonly cpuS: number
  readonly firstMb: number
  readonly mostMb: number
  readonly last: SinkStanding
}

/** Done is when no batch waits that is older than two rounds of the sink: live ones come all the time. */
const catchUp = async (store: Store, child: Running): Promise<Caught> => {
  const begunMs = performance.now()
  const seconds = (): number => (performance.now() - begunMs) / 1000
  const firstMb = memory(child.pid).anonMb
  let [mostMb, fineS, behindN] = [firstMb, NaN, 0]
  for (;;) {
    await pause(250)
    mostMb = Math.max(mostMb, memory(child.pid).anonMb)
    const row = (await store.sinks()).find(({ name }) => name === sinkName)
    if (row === undefined) continue
    const standing = await standingOf(store, row, Date.now())
    behindN = Math.max(behindN, standing.behindN)
    if (Number.isNaN(fineS) && standing.behindS < 60) fineS = seconds()
    if (standing.behindS < 2.5)
      return { behindN, fineS, doneS: seconds(), cpuS: cpuMs(child.pid) / 1000, firstMb, mostMb, last: standing }
    if (seconds() * 1000 > patienceMs)
      throw new Error(`the sink must catch up in half an hour, it is ${standing.behindS} s behind`)
  }
}

const watch = async (child: Running, seconds: number, what: string): Promise<string> => {
  const before = cpuMs(child.pid)
  await pause(seconds * 1000)
  const share = (cpuMs(child.pid) - before) / (seconds * 10)
  return `✔ nothing behind, ${what}: ${share.toFixed(2)} % of a core, RssAnon ${memory(child.pid).anonMb.toFixed(0)} MiB (${seconds} s)`
}
