import os from 'node:os'
import { runTest } from './in-child.ts'
import type { ChildMessage, TestJob } from './test-job.ts'

/** The process of one test: takes one job from its parent, answers once and ends; ends at once when the parent does. */
export const serveTest = (): void => {
  lowerPriority()
  const abort = new AbortController()
  process.once('disconnect', () => {
    abort.abort()
    process.exit()
  })
  const answer = (message: ChildMessage): void => {
    process.send?.(message, () => process.exit())
  }
  process.once('message', message => {
    // Written by run-test.ts of this very version: the types hold on both sides.
    void runTest(message as TestJob, abort.signal).then(
      report => answer({ kind: 'report', report }),
      (cause: unknown) => answer({ kind: 'fault', message: cause instanceof Error ? cause.message : String(cause) })
    )
  })
}

/** The machine's own work goes first. A system that forbids it loses nothing but that. */
const lowerPriority = (): void => {
  try {
    os.setPriority(10)
  } catch {
    // Said nowhere: the guards see a starved process anyway.
  }
}
