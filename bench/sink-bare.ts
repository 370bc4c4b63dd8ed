import { readFileSync } from 'node:fs'
import { InfluxDB, Point } from '@influxdata/influxdb-client'
import { servePeer } from './sink-peer.ts'

/** A point as the bare client gets it: already in memory, with every text and number ready. */
export interface BarePoint {
  readonly measurement: string
  readonly tags: readonly (readonly [string, string])[]
  readonly floats: readonly (readonly [string, number])[]
  readonly integers: readonly (readonly [string, number])[]
  /** Nanoseconds. */
  readonly ns: string
}
export interface BareConfig {
  readonly url: string
  readonly username: string
  readonly password: string
  /** One BarePoint a line. */
  readonly file: string
  readonly flushPoints: number
}

/** The reference: the client's own Point class and write API, one flush of the same size, and nothing before or behind it. */
const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as BareConfig
const points = readFileSync(config.file, 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as BarePoint)
const authorization = `Basic ${Buffer.from(`${config.username}:${config.password}`).toString('base64')}`
const client = new InfluxDB({ url: config.url, headers: { authorization }, timeout: 60_000 })

const send = async (): Promise<number> => {
  const api = client.getWriteApi('', '', 'ns', {
    batchSize: config.flushPoints + 1,
    flushInterval: 0,
    maxRetries: 0,
    writeFailed: error => {
      throw error
    }
  })
  api.path = '/write?db=readiness&precision=ns'
  for (let from = 0; from < points.length; from += config.flushPoints) {
    for (const { measurement, tags, floats, integers, ns } of points.slice(from, from + config.flushPoints)) {
      const point = new Point(measurement)
      for (const [name, value] of tags) point.tag(name, value)
      for (const [name, value] of floats) point.floatField(name, value)
      for (const [name, value] of integers) point.intField(name, value)
      point.timestamp(ns)
      api.writePoint(point)
    }
    await api.flush()
  }
  await api.close()
  return points.length
}

servePeer(send)
