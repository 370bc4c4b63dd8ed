import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { ClientAnswer, ClientRequest } from '../../agent/client.ts'
import { openSpool, type Spool } from '../../agent/spool.ts'
import { startUpload, type Upload } from '../../agent/upload.ts'
import { Batch } from '../../contract/batch.ts'
import { parseJson } from '../../contract/parse.ts'
import { problem, type ProblemCode } from '../../contract/problem.ts'
import type { WireReading } from '../../contract/reading.ts'
import { fakeClock, type FakeClock } from './clock.ts'

export const retry = { firstMs: 60_000, baseMs: 8_000, capMs: 300_000, refusedMs: 300_000 }

export interface Exchange {
  readonly request: ClientRequest
  readonly batch: Batch
  /** The `i` field of every reading. */
  readonly numbers: readonly (number | undefined)[]
  readonly atMs: number
}
export type Script = (exchange: Exchange) => ClientAnswer | Error

export interface UploadRig {
  readonly clock: FakeClock
  readonly spool: Spool
  readonly upload: Upload
  readonly sent: Exchange[]
  script: Script
  record(...numbers: number[]): void
}

/** An uploader over a real spool, a fake clock, and a collector that the test writes. */
export const openUploader = async (
  t: Test,
  script: Script,
  over: { maxReadings?: number } = {}
): Promise<UploadRig> => {
  const clock = fakeClock()
  const spool = openSpool({
    directory: join(t.testdir(), 'data'),
    maxBytes: 10_000_000,
    wallMs: () => 1_700_000_000_000
  })
  const sent: Exchange[] = []
  const exchange = (request: ClientRequest): Promise<ClientAnswer> => {
    const batch = parseJson(Batch, gunzipSync(request.body ?? new Uint8Array()).toString('utf8'), 'batch')
    const one = { request, batch, numbers: batch.readings.map(reading => reading.fields['i']), atMs: clock.now() }
    sent.push(one)
    const answer = rig.script(one)
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const upload = startUpload({
    spool,
    client: { exchange },
    agent: 'a-1',
    retry,
    options: { periodMs: 60_000, maxReadings: over.maxReadings ?? 500 },
    now: clock.now,
    wallMs: () => 1_700_000_000_000,
    random: () => 0.5,
    setTimer: clock.setTimer,
    log: pino({ level: 'silent' })
  })
  const rig: UploadRig = {
    clock,
    spool,
    upload,
    sent,
    script,
    record: (...numbers) => spool.record(numbers.map(reading), new Map())
  }
  t.teardown(async () => {
    await upload.stop()
    spool.close()
  })
  await clock.advance(0)
  return rig
}

const reading = (i: number): WireReading => ({
  check: 'gw-1-host@1',
  boot: '00000000-0000-4000-8000-000000000001',
  up_ms: i,
  wall_ms: 1_700_000_000_000 + i,
  took_ms: 1,
  outcome: 'ok',
  fields: { i }
})

export const acknowledged = (seq: number, over: Partial<ClientAnswer> = {}, more: object = {}): ClientAnswer => ({
  status: 202,
  headers: {},
  text: JSON.stringify({
    high_water: seq,
    server_time: '2026-11-03T10:00:00.000+08:00',
    next_ms: 60_000,
    max_readings: 500,
    rejected: [],
    ...more
  }),
  verified: true,
  ...over
})

export const refused = (
  code: ProblemCode,
  over: Partial<ClientAnswer> = {},
  more: { expect?: number } = {}
): ClientAnswer => {
  const value = problem(code, 'of the test', more)
  return { status: value.status, headers: {}, text: JSON.stringify(value), verified: true, ...over }
}
