import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Type from 'typebox'
import { openStore } from '../collector/store/sqlite.ts'
import { parse } from '../contract/parse.ts'
import { readingsPerBatch, signBatches } from './batches.ts'
import { startCollector, storeDirectory } from './collector.ts'
import { enrolFleet, fleetLedger } from './fleet.ts'
import { measureBothLoads, type Measured, type Plan } from './measure.ts'
import { node, start } from './processes.ts'
import { circumstances, goalLine, tableOf, type Column } from './table.ts'

const options = {
  agents: { type: 'string', default: '200' },
  batches: { type: 'string', default: '12000' },
  rate: { type: 'string', default: '167' },
  seconds: { type: 'string', default: '20' },
  /** Pause between rollups of the collector; a long one leaves the cost of receiving alone. */
  'upkeep-ms': { type: 'string', default: '2000' },
  /** Directory for a CPU profile of the collector. */
  profile: { type: 'string' }
} as const

const bareFastify = fileURLToPath(new URL('./bare-fastify.ts', import.meta.url))

const columns: readonly Column[] = [
  { name: 'subject' },
  { name: 'load' },
  { name: 'batches' },
  { name: 'batches/s', digits: 0 },
  { name: 'CPU µs/batch', digits: 0 },
  { name: '× verify', digits: 2 },
  { name: 'p50 ms', digits: 1 },
  { name: 'p99 ms', digits: 1 },
  { name: 'RSS MiB', digits: 0 }
]

/** What accepting a batch costs: the collector as it runs (upkeep included), against a raw signature check and a bare web server. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const rate = Number(values.rate)
  const n = { saturated: Number(values.batches), paced: Math.round(rate * Number(values.seconds)) }
  const where = circumstances(['npm run bench -- ingest', ...argv].join(' '))
  const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-ingest-'))
  try {
    const ledger = fleetLedger(Number(values.agents))
    const fleet = await enrolFleet(storeDirectory(directory), ledger)
    // First-time costs (compilation, caches) are left out: about two seconds of each load go before the clock.
    const plan: Plan = {
      fleet,
      rate,
      warmSaturated: signBatches(fleet, Math.ceil(n.saturated / 4)),
      saturated: signBatches(fleet, n.saturated),
      warmPaced: signBatches(fleet, Math.min(2 * rate, n.paced)),
      paced: signBatches(fleet, n.paced)
    }
    const bareChild = start([node, bareFastify])
    const { url } = parse(Type.Object({ url: Type.String() }), await bareChild.ready, 'the first line of bare Fastify')
    const bare = await measureBothLoads(plan, url, bareChild.pid)
    await bareChild.stop()
    const real = await startCollector({
      directory,
      ledger,
      config: { upkeep_ms: Number(values['upkeep-ms']) },
      nodeFlags: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
    })
    const collector = await measureBothLoads(plan, real.url, real.process.pid)
    await real.process.stop()

    const us = collector.saturated.verifyUs
    const row = (name: string, load: string, m: Measured) => [
      ...[name, load, m.batches, m.perSecond, m.cpuUs, m.ratio, m.p50, m.p99, m.rssMb]
    ]
    console.log(
      tableOf(columns, [
        ['raw Ed25519 verify', 'one thread', '', 1e6 / us, us, 1, NaN, NaN, NaN],
        row('bare Fastify', 'saturated', bare.saturated),
        row('collector', 'saturated', collector.saturated),
        row('bare Fastify', `${rate}/s`, bare.paced),
        row('collector', `${rate}/s`, collector.paced)
      ])
    )
    console.log(goalLine('collector CPU / verify CPU, saturated', collector.saturated.ratio, 4, '×', 2))
    console.log(goalLine('p99 above bare Fastify', collector.paced.p99 - bare.paced.p99, 30, ' ms'))
    const accepted = plan.warmSaturated.length + plan.saturated.length + plan.warmPaced.length + plan.paced.length
    await checkStored(directory, accepted)
    console.log(where)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A number from a collector that lost or invented something would be worth nothing. */
const checkStored = async (directory: string, accepted: number): Promise<void> => {
  const store = await openStore(storeDirectory(directory))
  const { batches, readings, rejected } = await store.counts()
  await store.close()
  if (batches !== accepted || readings !== accepted * readingsPerBatch || rejected !== 0)
    throw new Error(
      `the store must hold ${accepted} batches, it has ${batches} with ${readings} readings, ${rejected} rejected`
    )
  console.log(`✔ accepted ${accepted} batches, stored ${batches} batches and ${readings} readings`)
}
