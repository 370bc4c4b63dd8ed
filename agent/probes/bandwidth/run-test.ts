import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { childWord, type ChildMessage, type TestJob, type TestReport } from './test-job.ts'

/** Runs a test in a process of its own, low in priority, which lives only as long as the test. Rejects on abort. */
export type RunTest = (job: TestJob, signal: AbortSignal) => Promise<TestReport>

/** Connecting, the last counts and the closing record take this much beside the test itself, ms. */
const aroundMs = 16_000

export const runInChild: RunTest = (job, signal) => inChild(startChild, job, signal)

export const inChild = (start: () => ChildProcess, job: TestJob, signal: AbortSignal): Promise<TestReport> => {
  signal.throwIfAborted()
  const child = start()
  const { promise, resolve, reject } = Promise.withResolvers<TestReport>()
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-400)))
  const died = (message: string) => resolve({ kind: 'not_run', reason: 'child_died', message })
  const onAbort = () =>
    reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'))
  signal.addEventListener('abort', onAbort, { once: true })
  const deadlineMs = job.maxMs + aroundMs
  const timer = setTimeout(() => died(`the process of the test gave no result within ${deadlineMs} ms`), deadlineMs)
  child.on('error', cause => died(`the process of the test could not be started: ${cause.message}`))
  child.on('close', (code, by) =>
    died(`the process of the test ended with ${by ?? code ?? 'nothing'} before its result${complaintIn(words)}`)
  )
  child.on('message', (message: ChildMessage) => {
    if (message.kind === 'report') resolve(message.report)
    else died(`the process of the test failed: ${message.message}`)
  })
  child.send(job, cause => {
    if (cause !== null) died(`the process of the test took no job: ${cause.message}`)
  })
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    // Whatever it still does, it is over.
    child.kill('SIGKILL')
  })
}

/** The line that names the error, out of a whole stack trace. */
const complaintIn = (words: string): string => {
  const lines = words.split('\n').filter(line => line.trim() !== '')
  const line = lines.find(one => /^\S*Error\b/.test(one)) ?? lines[0]
  return line === undefined ? '' : `: ${line.trim()}`
}

const startChild = (): ChildProcess => {
  const inClone = import.meta.url.endsWith('.ts')
  return fork(
    fileURLToPath(inClone ? new URL('./child.ts', import.meta.url) : import.meta.url),
    inClone ? [] : [childWord],
    // A structured clone keeps Infinity and undefined, which JSON does not.
    { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }
  )
}
