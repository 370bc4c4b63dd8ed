import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Store, StoreReads, StoreWrites } from './store.ts'

/** Opens (and on first use makes) the SQLite store in a directory. Rejects with a sentence when it cannot be opened. */
export const openStore = async (directory: string): Promise<Store> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'store.sqlite')
  const writer = await startThread(file, 'writer')
  const reader = await startThread(file, 'reader')
  const write = operationsOf<StoreWrites>(writer.call, writeNames)
  const read = operationsOf<StoreReads>(reader.call, readNames)
  return {
    ...write,
    ...read,
    close: async () => {
      await reader.close()
      await writer.close()
    }
  }
}

const writeNames = {
  commitBatches: true,
  putLedger: true,
  putChecks: true,
  putPack: true,
  createToken: true,
  revokeToken: true,
  enrol: true,
  approveAgent: true,
  revokeAgent: true,
  putRollups: true,
  putVerdicts: true
} satisfies Record<keyof StoreWrites, true>

const readNames = {
  token: true,
  agents: true,
  agent: true,
  boots: true,
  areas: true,
  schools: true,
  rooms: true,
  devices: true,
  facts: true,
  checks: true,
  checksOf: true,
  packs: true,
  packScopes: true,
  readings: true,
  latest: true,
  dirtyDays: true,
  readingsOfDay: true,
  rollups: true,
  verdicts: true,
  shares: true,
  gaps: true,
  rejected: true,
  counts: true
} satisfies Record<keyof StoreReads, true>

type Caller = (operation: string, args: readonly unknown[]) => Promise<unknown>

/** The thread answers with what the operation of that name returns: the one place where a message becomes a type again. */
const operationsOf = <Operations>(call: Caller, names: Record<keyof Operations, true>): Operations =>
  Object.fromEntries(Object.keys(names).map(name => [name, (...args: unknown[]) => call(name, args)])) as Operations

interface Thread {
  readonly call: Caller
  close(): Promise<void>
}

const startThread = async (file: string, role: 'writer' | 'reader'): Promise<Thread> => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { file, role } })
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  let dead: Error | undefined
  const ready = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }))
  const fail = (error: Error) => {
    dead = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('message', (answer: { id: number; value?: unknown; error?: Error }) => {
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.error !== undefined) call?.reject(answer.error)
    else call?.resolve(answer.value)
  })
  worker.on('error', error => fail(new Error(`store ${file} (${role}) failed`, { cause: error })))
  worker.on('exit', () => fail(new Error(`store ${file} is closed`)))
  const call: Caller = (operation, args) => {
    if (dead !== undefined) return Promise.reject(dead)
    const id = ++last
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, operation, args })
    })
  }
  await ready
  return {
    call,
    close: async () => {
      await call('close', [])
      await worker.terminate()
    }
  }
}
