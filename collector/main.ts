import { pino, type Logger } from 'pino'
import { limits } from '../contract/limits.ts'
import { publicKeyFromRaw } from '../contract/signature.ts'
import { buildApp } from './app.ts'
import { loadSettings, type Settings } from './config.ts'
import { loadAdminSecret, loadCollectorKey } from './keys.ts'
import { defaultTemplates } from './ledger/checks.ts'
import { applyStartLedger } from './ledger/import/start-ledger.ts'
import { loadCalendars, storeCalendars } from './ledger/calendar-files.ts'
import { admitPacks } from './ledger/admit-packs.ts'
import { loadLedger, loadPacks } from './ledger/load.ts'
import { redraftChecks } from './ledger/redraft.ts'
import { storeBook } from './leases/book.ts'
import { ownServerId } from './leases/servers.ts'
import { openStore } from './store/sqlite.ts'
import type { Store } from './store/store.ts'
import { startSinkThreads } from './sinks/sink-thread.ts'
import type { SinkSettings } from './sinks/sink.ts'
import { attachTestServer } from './testserver/attach.ts'
import { untilToldToStop } from '../contract/stop.ts'
import { startUpkeepThread } from './upkeep-thread.ts'

export interface RunningCollector {
  /** Where it listens, with the port the system gave when 0 was asked for. */
  readonly url: string
  readonly adminSecret: string
  /** True when the secret was made now: print it once. */
  readonly secretIsNew: boolean
  readonly secretFile: string
  /** Stops accepting, finishes what was accepted, closes the store. */
  stop(): Promise<void>
}

/** What moves a collector on: real time and a thread of its own, unless somebody (the demo) plays time. */
export interface Clockwork {
  readonly now: () => number
  readonly upkeep: (store: Store, log: Logger, everyMs: number) => { stop(): Promise<void> }
  /** What carries copies away; nothing does when it is left out. */
  readonly sinks?: (store: Store, log: Logger, settings: SinkSettings) => { stop(): Promise<void> }
}
const realTime: Clockwork = {
  now: Date.now,
  upkeep: (store, log, everyMs) => startUpkeepThread(store, everyMs, log),
  sinks: (store, log, settings) => startSinkThreads(store, settings, log)
}

/** Starts a collector from its settings: store, ledger and packs, HTTP, upkeep, sinks. Rejects with a sentence. */
export const startCollector = async (
  settings: Settings,
  version: string,
  clockwork: Clockwork = realTime
): Promise<RunningCollector> => {
  const { now } = clockwork
  const log = pino({ level: settings.log, base: null }, pino.destination(2))
  const ledger = settings.ledger === undefined ? undefined : loadLedger(settings.ledger)
  const packs = loadPacks(settings.packs)
  const calendars = loadCalendars(settings.calendars)
  const store = await openStore(settings.data)
  try {
    const key = loadCollectorKey(settings.data)
    // For ever: whatever is printed from this store says it, also by somebody who does not know this configuration.
    if (settings.simulated) await store.markSimulated()
    const secret = loadAdminSecret(settings.data)
    await admitPacks(store, packs, ledger)
    for (const pack of packs) await store.putPack(pack)
    if (settings.ledger !== undefined && ledger !== undefined)
      await applyStartLedger(store, settings.ledger, ledger, now())
    const listening = { url: '' }
    const templates = () => settings.checks ?? defaultTemplates(settings.publicUrl ?? listening.url)
    for (const warning of await storeCalendars(store, calendars, now())) log.warn({ warning }, 'calendar')
    const { app, roster } = await buildApp(
      {
        uploadMs: settings.uploadMs,
        foldMs: settings.foldMs,
        maxReadings: limits.readingsPerBatch,
        bandwidth: settings.bandwidth,
        simulated: settings.simulated
      },
      { store, key, adminSecret: secret.secret, now, log, version, templates }
    )
    const own = settings.bandwidth.servers.find(server => server.id === ownServerId)
    const testServer =
      own === undefined
        ? undefined
        : attachTestServer(app.server, {
            publicKey: publicKeyFromRaw(Buffer.from(key.publicKey, 'base64')),
            serverId: own.id,
            portMbps: own.portMbps,
            book: storeBook(store, now),
            log
          })
    const url = await app.listen({ host: settings.host, port: settings.port })
    listening.url = url
    await redraftChecks(store, templates(), now())
    await roster.reload()
    const upkeep = clockwork.upkeep(store, log, settings.upkeepMs)
    const sinks = clockwork.sinks?.(store, log, settings)
    log.info({ url, data: settings.data }, 'collector listens')
    return {
      url,
      adminSecret: secret.secret,
      secretIsNew: secret.made,
      secretFile: secret.file,
      stop: async () => {
        try {
          await testServer?.close()
          await app.close()
        } finally {
          await Promise.all([upkeep.stop(), sinks?.stop()])
          await store.close()
        }
        log.info('collector stopped')
      }
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** `campus-gauge collector --config FILE`: runs until SIGTERM or SIGINT. */
export const runCollector = async (
  file: string,
  over: { port?: number; host?: string; version: string }
): Promise<void> => {
  const settings = loadSettings(file)
  const running = await startCollector(
    { ...settings, port: over.port ?? settings.port, host: over.host ?? settings.host },
    over.version
  )
  process.stdout.write(`${JSON.stringify({ url: running.url, secret_file: running.secretFile })}\n`)
  if (running.secretIsNew) {
    // Shown once to a person; a log file must not hold it.
    const shown = process.stderr.isTTY ? running.adminSecret : '(in the file)'
    process.stderr.write(`管理口令 admin secret, kept in ${running.secretFile}: ${shown}\n`)
  }
  await untilToldToStop()
  await running.stop()
}
