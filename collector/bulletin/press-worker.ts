import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { SentenceError } from '../../contract/parse.ts'
import { enterStore } from '../store/sqlite.ts'
import type { SharedStore } from '../store/store.ts'
import { runJob, type Job } from './press-job.ts'

/** A thread for jobs, one at a time. In: {job, nowMs} or 'stop'. Out, for each job: any number of {progress}, then {value}, {sentence} or {error}. */
const { shared } = workerData as { shared: SharedStore }
const port: MessagePort | null = parentPort
if (port === null) throw new Error('collector/bulletin/press-worker.ts must run as a worker thread')

const store = enterStore(shared)
const work = async (job: Job, nowMs: number): Promise<void> => {
  try {
    const value = await runJob(store, job, nowMs, progress => port.postMessage({ progress }))
    port.postMessage({ value })
  } catch (error) {
    // A class does not survive the way between threads.
    port.postMessage(error instanceof SentenceError ? { sentence: error.message } : { error })
  }
}
port.on('message', (message: 'stop' | { job: Job; nowMs: number }) => {
  if (message === 'stop') void store.close().then(() => port.close())
  else void work(message.job, message.nowMs)
})
