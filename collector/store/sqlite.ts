import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { openLine, type Caller } from './line.ts'
import { lineOf, type LineWrites } from './operations/judgement.ts'
import { reads } from './operations/reads.ts'
import { rollupsFrom, type BlockReads } from './rollup-reads.ts'
import type { SharedStore, Store, StoreReads, StoreWrites } from './store.ts'

/** Opens (and on first use makes) the SQLite store in a directory. Rejects with a sentence when it cannot be opened. */
export const openStore = async (directory: string): Promise<Store> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'store.sqlite')
  const writer = await startThread(file, 'writer')
  const reader = await startThread(file, 'reader')
  const write = writesOver(writer.call)
  const read = readsOver(reader.call)
  return {
    ...write,
    ...read,
    share: () => ({ file, writer: writer.door() }),
    close: async () => {
      await reader.close()
      await writer.close()
    }
  }
}

/** The same store for another thread: it reads by itself, so that its long reads keep nobody waiting, and writes through the one writer. */
export const enterStore = ({ file, writer }: SharedStore): Store => {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  const operations: Readonly<Record<string, (...args: never[]) => unknown>> = { ...reads(db) }
  const here: Caller = (name, args) =>
    new Promise(resolve => resolve((operations[name] as (...args: readonly unknown[]) => unknown)(...args)))
  const line = openLine(writer)
  return {
    ...writesOver(line.call),
    ...readsOver(here),
    share: () => ({ file, writer: doorOf(writer) }),
    close: () => {
      writer.close()
      db.close()
      return Promise.resolve()
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
  forgetDirty: true,
  putVerdicts: true,
  putVerdictLines: true,
  putShares: true,
  dropRaw: true,
  putTierTests: true,
  putCalendars: true,
  putRankings: true,
  beginRevision: true,
  putRevisionPart: true,
  dropRevision: true,
  publishBulletin: true,
  markSimulated: true,
  putBulletin: true,
  putSubmission: true,
  putObjection: true,
  redateLeases: true,
  grantLease: true,
  openLease: true,
  closeLease: true,
  wishTest: true,
  dropWish: true,
  putPresence: true,
  putSink: true,
  putPlaces: true,
  replayDeadLetters: true,
  settleDeadLetters: true,
  dropDeadLetters: true,
  rewindSink: true,
  takeRewind: true
} satisfies Record<keyof ThreadWrites, true>

/** What the writing thread answers: verdicts cross as the text that is kept. */
type ThreadWrites = Omit<StoreWrites, 'putVerdictsOf'> & LineWrites

const writesOver = (call: Caller): StoreWrites => {
  const writes = operationsOf<ThreadWrites>(call, writeNames)
  return {
    ...writes,
    putVerdictsOf: (period, schools, verdicts) => writes.putVerdictLines(period, schools, verdicts.map(lineOf))
  }
}

const readNames = {
  token: true,
  agents: true,
  agent: true,
  boots: true,
  areas: true,
  schools: true,
  schoolAreas: true,
  ledgerImports: true,
  rooms: true,
  devices: true,
  facts: true,
  groups: true,
  portMap: true,
  calendars: true,
  answered: true,
  bulletins: true,
  rankings: true,
  judgedPeriods: true,
  evidence: true,
  evidenceHashes: true,
  objection: true,
  isSimulated: true,
  submissions: true,
  objections: true,
  shareHistory: true,
  judgedAt: true,
  checks: true,
  checksOf: true,
  ruleChecksOf: true,
  packs: true,
  packScopes: true,
  readings: true,
  latest: true,
  dirtyDays: true,
  readingsOfDay: true,
  rollupBlocks: true,
  rollupFigures: true,
  rolledDays: true,
  said: true,
  ledgerChanges: true,
  verdicts: true,
  shares: true,
  gaps: true,
  rejected: true,
  counts: true,
  uplinks: true,
  tierTests: true,
  leasesOf: true,
  liveLeases: true,
  wishes: true,
  presence: true,
  logHead: true,
  batchLog: true,
  receivedAfter: true,
  changes: true,
  sinks: true,
  places: true,
  deadLetters: true,
  deadLettersOf: true,
  rewindWished: true,
  deadLetterCounts: true
} satisfies Record<keyof ThreadReads, true>

/** What a reading thread answers: rollups cross in blocks and are unpacked here. */
type ThreadReads = Omit<StoreReads, 'rollups' | 'rollupsOf'> & BlockReads

const readsOver = (call: Caller): StoreReads => {
  const reads = operationsOf<ThreadReads>(call, readNames)
  return { ...reads, ...rollupsFrom(reads) }
}

/** The thread answers with what the operation of that name returns: the one place where a message becomes a type again. */
const operationsOf = <Operations>(call: Caller, names: Record<keyof Operations, true>): Operations =>
  Object.fromEntries(Object.keys(names).map(name => [name, (...args: unknown[]) => call(name, args)])) as Operations

interface Thread {
  readonly call: Caller
  /** A way in for another thread; goes over in a transfer list. */
  door(): MessagePort
  close(): Promise<void>
}

const startThread = async (file: string, role: 'writer' | 'reader'): Promise<Thread> => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { file, role } })
  const line = openLine(worker)
  worker.on('error', error => line.fail(new Error(`store ${file} (${role}) failed`, { cause: error })))
  worker.on('exit', () => line.fail(new Error(`store ${file} is closed`)))
  await line.ready
  return {
    call: line.call,
    door: () => doorOf(worker),
    close: async () => {
      await line.call('close', [])
      await worker.terminate()
    }
  }
}

/** Asks a writer for one more line to it. */
const doorOf = (writer: Pick<MessagePort, 'postMessage'>): MessagePort => {
  const { port1, port2 } = new MessageChannel()
  writer.postMessage({ id: -1, operation: 'door', args: [port1] }, [port1])
  return port2
}
