import { parentPort, workerData } from 'node:worker_threads'
import { periodNamed } from '../calendar/period.ts'
import { enterStore } from '../store/sqlite.ts'
import { openPeriod } from './gather.ts'
import { judgeSchools } from './judge-schools.ts'
import type { HalfPeriod } from './own-thread.ts'

/** Half of a city's schools, beside the thread that judges the other half. */
const { shared, period, nowMs, schools } = workerData as HalfPeriod
const port = parentPort
if (port === null) throw new Error('collector/judgement/judge-worker.ts must run as a worker thread')

const store = enterStore(shared)
const inputs = await openPeriod(store, periodNamed(period), nowMs)
const said = await judgeSchools(store, inputs, new Set(schools))
await store.close()
port.postMessage(said)
