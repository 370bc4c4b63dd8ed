import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openWriter } from '../collector/sinks/influx/line.ts'
import { openWorld } from '../collector/sinks/influx/world.ts'
import { openStore } from '../collector/store/sqlite.ts'
import type { CommitBatch } from '../collector/store/store.ts'
import { openInfluxd, type Influxd } from '../tests/rig/influxd.ts'
import { cpuMs } from './processes.ts'
import type { BareConfig, BarePoint } from './sink-bare.ts'
import type { ChildConfig } from './sink-child.ts'
import { batchOf, fillSinkCity, readingAt } from './sink-city.ts'
import { openPeer, type Peer, type Round } from './sink-peer.ts'
import { settingsFor, sinkName } from './sink-settings.ts'
import { quantile } from './stats.ts'
import { tableOf } from './table.ts'

const flushPoints = 5_000
const rateGoal = 0.8
const readingsPerBatch = 8

export interface Printed {
  readonly table: string
  readonly lines: readonly string[]
}

/** The sink (store, points, lines, HTTP) and the bare client send the same points to the same influxd, in turns. */
export const againstBareClient = async (
  directory: string,
  after: (work: () => unknown) => void,
  {
    points,
    rounds,
    profile
  }: { readonly points: number; readonly rounds: number; readonly profile: string | undefined }
): Promise<Printed> => {
  mkdirSync(directory, { recursive: true })
  const data = join(directory, 'collector')
  const lines = await fillLog(data, points)
  const influxd = await openInfluxd(after)
  const { admin } = influxd

  const ofSink: ChildConfig = {
    data,
    settings: settingsFor(influxd, directory, { batchPoints: flushPoints, historyPointsPerS: 1_000_000, pollMs: 10 }),
    haste: 1
  }
  const pointsFile = join(directory, 'points.ndjson')
  writeFileSync(pointsFile, `${lines.map(line => JSON.stringify(parsed(line))).join('\n')}\n`)
  const ofBare: BareConfig = { url: influxd.url, ...admin, file: pointsFile, flushPoints }
  const open = async (module: string, config: unknown): Promise<Peer> => {
    const file = join(directory, `${module}.json`)
    writeFileSync(file, JSON.stringify(config))
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
    const peer = await openPeer(fileURLToPath(new URL(module, import.meta.url)), file, flags)
    after(() => peer.stop())
    return peer
  }
  const senders = [
    { name: 'bare client', peer: await open('./sink-bare.ts', ofBare), rounds: [] as Measured[] },
    { name: 'sink', peer: await open('./sink-rounds.ts', ofSink), rounds: [] as Measured[] }
  ] as const
  // The first two warm up: series are made, code is compiled.
  for (let i = 0; i < rounds + 2; i += 1)
    for (const sender of i % 2 === 0 ? senders : senders.toReversed()) {
      const measured = await measure(sender.peer, influxd)
      if (i >= 2) sender.rounds.push(measured)
    }
  for (const { peer } of senders) await peer.stop()
  await checkTaken(influxd, lines.length)

  const [bare, sink] = senders
  const rate = medianOf(sink.rounds, perSecond) / medianOf(bare.rounds, perSecond)
  const cpu = medianOf(sink.rounds, cpuPerThousand) / medianOf(bare.rounds, cpuPerThousand)
  return {
    table: tableOf(
      columns,
      senders.map(({ name, rounds: own }) => [
        name,
        own.length,
        lines.length,
        medianOf(own, perSecond),
        name === 'sink' ? rate : 1,
        medianOf(own, cpuPerThousand),
        name === 'sink' ? cpu : 1,
        medianOf(own, round => (1000 * round.influxdMs) / round.points)
      ])
    ),
    lines: [
      `${rate >= rateGoal ? '✔' : '✖'} points/s of the sink against the bare client: ${rate.toFixed(2)}× (goal ≥ ${rateGoal}×)`,
      `${cpu <= 1 / rateGoal ? '✔' : '✖'} points per CPU-second against the bare client: ${(1 / cpu).toFixed(2)}× (goal ≥ ${rateGoal}×)`,
      `✔ ${lines.length} points of each round lie in InfluxDB, each once`
    ]
  }
}

const columns = [
  { name: 'sender' },
  { name: 'rounds' },
  { name: 'points a round' },
  { name: 'points/s', digits: 0 },
  { name: '× bare', digits: 2 },
  { name: 'CPU ms/1,000 points', digits: 2 },
  { name: '× bare', digits: 2 },
  { name: 'CPU ms of influxd/1,000', digits: 2 }
]

interface Measured extends Round {
  readonly influxdMs: number
}
const measure = async (peer: Peer, influxd: Influxd): Promise<Measured> => {
  const pid = influxd.pid() ?? 0
  const before = cpuMs(pid)
  const round = await peer.round()
  return { ...round, influxdMs: cpuMs(pid) - before }
}
const perSecond = ({ points, seconds }: Round): number => points / seconds
const cpuPerThousand = ({ points, cpuMs: ms }: Round): number => (1000 * ms) / points
const medianOf = (rounds: readonly Measured[], figure: (round: Measured) => number): number =>
  quantile(rounds.map(figure), 0.5)

/** A log of batches as agents send them, and the lines that the sink makes of them. */
const fillLog = async (data: string, points: number): Promise<string[]> => {
  const agents = await fillSinkCity(data, 100, 5)
  const store = await openStore(data)
  const nowMs = Date.now()
  const batches: CommitBatch[] = Array.from({ length: Math.ceil(points / (readingsPerBatch + 1)) }, (_, i) => {
    const agent = agents[i % agents.length]
    if (agent === undefined) throw new Error('the city must have agents, got none')
    const beforeMs = 120_000 - Math.floor(i / agents.length) * 500
    return batchOf(
      agent,
      nowMs - beforeMs,
      agent.checks.slice(0, readingsPerBatch).map((check, c) => readingAt(check, nowMs - beforeMs - 7 * c, i + c))
    )
  })
  for (let from = 0; from < batches.length; from += 500) await store.commitBatches(batches.slice(from, from + 500))

  const world = openWorld(store, sinkName, Date.now)
  await world.refresh()
  const writePoint = openWriter()
  const lines: string[] = []
  for (let after = 0; ;) {
    const page = await store.batchLog(after, Number.MAX_SAFE_INTEGER, 5_000)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.arrival
    await world.refresh(page)
    for (const point of page.flatMap(batch => world.batchPoints(batch))) {
      const written = writePoint(point, Date.now())
      if ('fault' in written) throw new Error(`every point must be sound, got ${written.says}`)
      lines.push(written.line)
    }
  }
  await store.close()
  return lines
}

/** Our own lines escape nothing, because nothing that would need it gets into them. */
const parsed = (line: string): BarePoint => {
  const [series = '', fields = '', ns = ''] = line.split(' ')
  const [measurement = '', ...tags] = series.split(',')
  const pairs = (parts: readonly string[]): (readonly [string, string])[] =>
    parts.map(part => {
      const [name = '', value = ''] = part.split('=')
      return [name, value]
    })
  const all = pairs(fields.split(','))
  return {
    measurement,
    tags: pairs(tags),
    floats: all.filter(([, value]) => !value.endsWith('i')).map(([name, value]) => [name, Number(value)]),
    integers: all.filter(([, value]) => value.endsWith('i')).map(([name, value]) => [name, Number(value.slice(0, -1))]),
    ns
  }
}

/** A rate of something that dropped points would be worth nothing. */
const checkTaken = async (influxd: Influxd, wanted: number): Promise<void> => {
  let found = 0
  for (const [measurement, field] of [
    ...['host', 'port', 'ping', 'clock', 'portal'].map(name => [name, 'outcome'] as const),
    ['agent', 'readings_n'] as const
  ])
    for (const { values } of await influxd.query('readiness', `SELECT count("${field}") FROM "${measurement}"`))
      found += Number(values[0]?.[1] ?? 0)
  if (found !== wanted) throw new Error(`influxd must hold ${wanted} points, it has ${found}`)
}
