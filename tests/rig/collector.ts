import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { buildApp } from '../../collector/app.ts'
import { loadAdminSecret, loadCollectorKey, type CollectorKey } from '../../collector/keys.ts'
import { draftChecks } from '../../collector/ledger/checks.ts'
import type { Roster } from '../../collector/receive/roster.ts'
import { openStore } from '../../collector/store/sqlite.ts'
import type { Store } from '../../collector/store/store.ts'
import { ledger, nowMs, pack, templates } from './ledger.ts'
import { openStoreHere } from './store-here.ts'

/** What ends with the test: `t.teardown` or a list of the test's own. */
export type After = (work: () => unknown) => void

export const temporaryDirectory = (after: After): string => {
  const directory = mkdtempSync(join(tmpdir(), 'cg-test-'))
  after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** With CI=true the store as the collector has it, over two threads; else in this one, which is half the CPU of these tests. */
export const openStoreCheaply = async (directory: string): Promise<Store> =>
  process.env['CI'] === 'true' ? openStore(directory) : openStoreHere(directory)

/** A store in a directory of its own, with the small ledger, its pack and its checks. `openStore` where threads of the product enter it. */
export const openFilledStore = async (
  after: After,
  directory = temporaryDirectory(after),
  open = openStoreCheaply
): Promise<Store> => {
  const store = await open(directory)
  await store.putPack(pack)
  await store.putLedger(ledger)
  await store.putChecks(draftChecks(await store.devices(), templates), nowMs - 86_400_000)
  after(() => store.close().catch(() => undefined))
  return store
}

export interface CollectorRig {
  readonly app: FastifyInstance
  readonly store: Store
  readonly roster: Roster
  readonly key: CollectorKey
  readonly secret: string
  readonly directory: string
  /** The collector's clock: the test moves it. */
  readonly clock: { ms: number }
  /** Every line that was logged. */
  readonly lines: readonly string[]
  /** Listens on a free port of loopback. */
  listen(): Promise<string>
  close(): Promise<void>
}

export interface RigOptions {
  /** Of a collector that ran before. */
  readonly directory?: string
  readonly uploadMs?: number
  /** Stands between the app and its store. */
  readonly around?: (store: Store) => Store
}

/** A real collector: its app over a real store, key and secret in a temporary directory. */
export const openCollector = async (after: After, options: RigOptions = {}): Promise<CollectorRig> => {
  const directory = options.directory ?? temporaryDirectory(after)
  const store = await openFilledStore(after, directory)
  const key = loadCollectorKey(directory)
  const { secret } = loadAdminSecret(directory)
  const clock = { ms: nowMs }
  const lines: string[] = []
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(line) })
  const around = options.around ?? ((inner: Store) => inner)
  const { app, roster } = await buildApp(
    { uploadMs: options.uploadMs ?? 60_000, foldMs: 300_000, maxReadings: 500 },
    { store: around(store), key, adminSecret: secret, now: () => clock.ms, log, version: '0.0.0-test' }
  )
  const close = async (): Promise<void> => {
    await app.close()
    await store.close().catch(() => undefined)
  }
  after(close)
  return {
    app,
    store,
    roster,
    key,
    secret,
    directory,
    clock,
    lines,
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    close
  }
}
