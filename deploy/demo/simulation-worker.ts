import { parentPort, workerData } from 'node:worker_threads'
import { demoSimulation, type DemoTerms } from './terms.ts'
import { simulate } from './simulate.ts'
import type { FromWorker } from './months.ts'

/** The agents' side in a thread of its own: making and signing a city's batches costs as much as storing them. */
const port = parentPort
if (port === null) throw new Error('deploy/demo/simulation-worker.ts must run as a worker thread')
const { url, adminSecret, terms } = workerData as { url: string; adminSecret: string; terms: DemoTerms }

let answered: (() => void) | undefined
// The one thing that is ever said to it: what was asked for is done.
port.on('message', () => answered?.())
const ask = (message: FromWorker): Promise<void> =>
  new Promise(resolve => {
    answered = resolve
    port.postMessage(message)
  })

const done = await simulate(demoSimulation(terms), {
  url,
  adminSecret,
  setClock: ms => ask({ kind: 'clock', ms }),
  upkeep: () => ask({ kind: 'upkeep' }),
  progress: state => port.postMessage({ kind: 'progress', ...state } satisfies FromWorker)
})
port.postMessage({
  kind: 'end',
  readings: done.readings,
  batches: done.batches,
  alive: done.agents.map(({ device }) => device)
} satisfies FromWorker)
port.close()
