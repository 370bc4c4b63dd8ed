import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import { defaultTemplates, draftChecks } from '../../../collector/ledger/checks.ts'
import { serveAssets } from '../../../collector/routes/pages/assets.ts'
import { pages, type PageDeps } from '../../../collector/routes/pages/pages.ts'
import type { Store } from '../../../collector/store/store.ts'
import { sharesOf } from '../../../collector/verdicts/evaluate.ts'
import { agents, broadband, ledger, minute, nowMs, roomPort, verdicts } from './city-ledger.ts'
import { tierTests } from './tier-tests.ts'
import { uploadDay } from './readings-day.ts'
import { openStoreCheaply } from '../../rig/collector.ts'

export const fillLedger = async (store: Store): Promise<void> => {
  const text = readFileSync(join(import.meta.dirname, '../../../deploy/targets/yulin-2022.yaml'), 'utf8')
  await store.putPack({ id: 'yulin-2022', sha256: 'of-the-test', text })
  await store.putLedger(ledger)
  const devices = ledger.devices ?? []
  await store.putChecks(
    draftChecks(devices, defaultTemplates('http://127.0.0.1:8080'), await store.uplinks()),
    nowMs - 40 * 24 * 60 * minute
  )
}

export const fillCity = async (store: Store): Promise<void> => {
  await fillLedger(store)
  for (const school of ['s-1', 's-2', 's-3', 's-5'])
    await store.createToken({ id: school, hash: '', school, usesLeft: 10, expiresMs: nowMs, revokedMs: undefined })
  for (const { id, school, device, hostname } of agents) {
    const machine = {
      fingerprint: '0'.repeat(64),
      hostname: hostname ?? `host-${id}`,
      macs: [],
      platform: 'linux-x64',
      version: '0.1.0'
    }
    await store.enrol({ agent: id, token: school, publicKey: '', machine, device, nowMs: nowMs - 9 * 24 * 60 * minute })
  }
  await uploadDay(store)
  await store.putTierTests(tierTests)
  const rows = await store.schools()
  const goals = new Map([
    [broadband, 100],
    [roomPort, 95]
  ])
  await store.putVerdicts('2026-11', verdicts, sharesOf(await store.areas(), rows, verdicts, goals))
}

/** The pages over a store of their own, behind the collector's content security policy. Ends with the test. */
export const openCity = async (
  after: (work: () => Promise<void>) => void,
  fill: (store: Store) => Promise<void> = fillCity,
  options: Partial<Pick<PageDeps, 'bandwidth' | 'simulated' | 'now'>> = {}
): Promise<{ app: FastifyInstance; store: Store }> => {
  const directory = mkdtempSync(join(tmpdir(), 'cg-pages-'))
  const store = await openStoreCheaply(directory)
  await fill(store)
  const app = Fastify()
  await app.register(helmet, {
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        scriptSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"]
      }
    }
  })
  serveAssets(app)
  await app.register(pages({ store, now: () => nowMs, version: '0.1.0-test', openOnLoopback: true, ...options }))
  after(async () => {
    await app.close()
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { app, store }
}
