import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SignedBatch } from './batches.ts'

export interface LoadResult {
  /** Of every answer in order of its end, ms; paced ones count from when they were due. */
  readonly latenciesMs: readonly number[]
  readonly tookMs: number
  /** Answers by status; 202 is what is wanted. */
  readonly statuses: Readonly<Record<number, number>>
}

const connections = 64

/** As fast as the other side answers: 64 keep-alive connections, each with its own share of the agents. */
export const saturate = async (url: string, batches: readonly SignedBatch[]): Promise<LoadResult> => {
  const sender = openSender(url)
  const lanes = Map.groupBy(batches, batch => batch.agent % connections)
  const startedMs = performance.now()
  await Promise.all(
    [...lanes.values()].map(async lane => {
      for (const batch of lane) await sender.send(batch, performance.now())
    })
  )
  return sender.end(startedMs)
}

/** Open loop: a batch falls due every 1/rate seconds whatever became of the others, so a slow answer cannot slow the load down. */
export const pace = async (url: string, batches: readonly SignedBatch[], perSecond: number): Promise<LoadResult> => {
  const sender = openSender(url)
  const lastOf = new Map<number, Promise<void>>()
  const startedMs = performance.now()
  for (const [i, batch] of batches.entries()) {
    const dueMs = startedMs + (i * 1000) / perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    // Batches of one agent keep their order; the wait for the one before counts.
    const before = lastOf.get(batch.agent) ?? Promise.resolve()
    lastOf.set(
      batch.agent,
      before.then(() => sender.send(batch, dueMs))
    )
  }
  await Promise.all(lastOf.values())
  return sender.end(startedMs)
}

const openSender = (url: string) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const latenciesMs: number[] = []
  const statuses: Record<number, number> = {}
  const send = (batch: SignedBatch, dueMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = http.request(
        { hostname, port, agent, method: 'POST', path: '/v1/batches', headers: batch.headers },
        response => {
          response.resume()
          response.once('end', () => {
            latenciesMs.push(performance.now() - dueMs)
            const status = response.statusCode ?? 0
            statuses[status] = (statuses[status] ?? 0) + 1
            resolve()
          })
        }
      )
      request.once('error', reject)
      request.end(batch.body)
    })
  const end = (startedMs: number): LoadResult => {
    agent.destroy()
    return { latenciesMs, tookMs: performance.now() - startedMs, statuses }
  }
  return { send, end }
}
