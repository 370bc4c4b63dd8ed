import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import type { InfluxSettings } from '../collector/sinks/influx/config.ts'
import { startInflux } from '../collector/sinks/influx/influx.ts'
import { startSinkThreads } from '../collector/sinks/sink-thread.ts'
import { enterStore, openStore } from '../collector/store/sqlite.ts'
import { untilToldToStop } from '../contract/stop.ts'

/** What the child is told, as JSON in a file. */
export interface ChildConfig {
  /** Directory of the store. */
  readonly data: string
  readonly settings: InfluxSettings
  /** 1: the sink as the collector runs it, in its thread. More: waits are divided by it, as a short run has no minute for a look at credentials. */
  readonly haste: number
}

/** A process that is nothing but a store and the sink that follows it: its memory and CPU are theirs. */
const { data, settings, haste } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ChildConfig
const opened = await openStore(data)
const log = pino({ level: 'fatal', base: null }, pino.destination(2))
const uploadMs = 60_000

const startHasty = (): { stop(): Promise<void> } => {
  const store = enterStore(opened.share())
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => pause(ms / haste, undefined, { signal })
  return startInflux(settings, { store, now: Date.now, sleep, random: Math.random, log, uploadMs })
}
const sink = haste === 1 ? startSinkThreads(opened, { influx: settings, uploadMs }, log) : startHasty()
process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`)
await untilToldToStop()
await sink.stop()
await opened.close()
