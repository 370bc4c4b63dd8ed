import { pino } from 'pino'
import { limits } from '../contract/limits.ts'
import { publicKeyFromRaw } from '../contract/signature.ts'
import { buildApp } from './app.ts'
import { loadSettings, type Settings } from './config.ts'
import { loadAdminSecret, loadCollectorKey } from './keys.ts'
import { defaultTemplates, draftChecks } from './ledger/checks.ts'
import { loadLedger, loadPacks } from './ledger/load.ts'
import { storeBook } from './leases/book.ts'
import { ownServerId } from './leases/servers.ts'
import { openStore } from './store/sqlite.ts'
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

/** Starts a collector from its settings: store, ledger and packs, HTTP, upkeep. Rejects with a sentence. */
export const startCollector = async (settings: Settings, version: string): Promise<RunningCollector> => {
  const log = pino({ level: settings.log, base: null }, pino.destination(2))
  const ledger = settings.ledger === undefined ? undefined : loadLedger(settings.ledger)
  const packs = loadPacks(settings.packs)
  const store = await openStore(settings.data)
  try {
    const key = loadCollectorKey(settings.data)
    const secret = loadAdminSecret(settings.data)
    for (const pack of packs) await store.putPack(pack)
    if (ledger !== undefined) await store.putLedger(ledger)
    const { app, roster } = await buildApp(
      {
        uploadMs: settings.uploadMs,
        foldMs: settings.foldMs,
        maxReadings: limits.readingsPerBatch,
        bandwidth: settings.bandwidth,
        simulated: settings.simulated
      },
      { store, key, adminSecret: secret.secret, now: Date.now, log, version }
    )
    const own = settings.bandwidth.servers.find(server => server.id === ownServerId)
    const testServer =
      own === undefined
        ? undefined
        : attachTestServer(app.server, {
            publicKey: publicKeyFromRaw(Buffer.from(key.publicKey, 'base64')),
            serverId: own.id,
            portMbps: own.portMbps,
            book: storeBook(store, Date.now),
            log
          })
    const url = await app.listen({ host: settings.host, port: settings.port })
    const templates = settings.checks ?? defaultTemplates(settings.publicUrl ?? url)
    await store.putChecks(draftChecks(await store.devices(), templates, await store.uplinks()), Date.now())
    await roster.reload()
    const upkeep = startUpkeepThread(store, settings.upkeepMs, log)
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
          await upkeep.stop()
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
