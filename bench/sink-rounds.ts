import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { startInflux } from '../collector/sinks/influx/influx.ts'
import { firstRow } from '../collector/sinks/influx/progress.ts'
import type { SinkRow } from '../collector/store/sink-store.ts'
import { enterStore, openStore } from '../collector/store/sqlite.ts'
import type { ChildConfig } from './sink-child.ts'
import { servePeer } from './sink-peer.ts'

/** The sink as a sender: every round it follows the whole log from its beginning, from the start check to the cursor behind the last batch. */
const { data, settings } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ChildConfig
const opened = await openStore(data)
const log = pino({ level: 'warn', base: null }, pino.destination(2))

const send = async (): Promise<number> => {
  const head = await opened.logHead()
  await opened.putSink(firstRow('influx', { arrival: 0 }, Date.now()))
  const entered = enterStore(opened.share())
  const { promise: arrived, resolve } = Promise.withResolvers<SinkRow>()
  const store: typeof entered = {
    ...entered,
    putSink: async (row, letters) => {
      await entered.putSink(row, letters)
      if (row.arrival >= head.arrival) resolve(row)
    }
  }
  const sink = startInflux(settings, {
    store,
    now: Date.now,
    sleep: (ms, signal) => pause(ms, undefined, { signal }),
    random: Math.random,
    log,
    uploadMs: 60_000
  })
  const { pointsN, refusedN, tooOldN } = await arrived
  if (refusedN + tooOldN > 0) throw new Error(`every point must be taken, got ${refusedN} refused, ${tooOldN} too old`)
  await sink.stop()
  await entered.close()
  return pointsN
}

servePeer(send, () => opened.close())
