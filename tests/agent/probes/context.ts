import type { ProbeContext } from '../../../agent/probe.ts'
import type { RunDeps } from '../../../agent/run-check.ts'
import type { System } from '../../../agent/system.ts'

/** A machine that is nobody's: fixed boot, clocks as given, files under `root`. */
export const systemOf = (known: Partial<System> = {}): System => ({
  platform: 'linux',
  bootId: '0f0e0d0c-0b0a-4909-8807-060504030201',
  upMs: () => 3_600_000,
  wallMs: Date.now,
  root: '/nowhere',
  ports: () => Promise.resolve([]),
  machine: () => Promise.reject(new Error('not asked for here')),
  ...known
})

/** What a run gets when no runner is in between. */
export const contextOf = (known: Partial<ProbeContext> = {}): ProbeContext => ({
  signal: new AbortController().signal,
  timeoutMs: 5_000,
  system: systemOf(),
  now: Date.now,
  clockOffsetMs: () => undefined,
  collectorUrl: 'http://127.0.0.1:1',
  collectorTime: () => Promise.reject(new Error('the collector is away')),
  exchange: undefined,
  dataDirectory: undefined,
  asked: () => false,
  ...known
})

export const depsOf = (known: Partial<RunDeps> = {}): RunDeps => ({
  signal: new AbortController().signal,
  system: systemOf(),
  clockOffsetMs: () => undefined,
  collectorUrl: 'http://127.0.0.1:1',
  collectorTime: () => Promise.reject(new Error('the collector is away')),
  exchange: undefined,
  dataDirectory: undefined,
  asked: () => false,
  ...known
})

/** The message of what a function throws, '' when it does not. */
export const thrown = (work: () => unknown): string => {
  try {
    work()
    return ''
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

/** What could keep the process alive: sockets, children, timers. Handles of the test's own servers are among them. */
export const openHandles = async (want?: readonly string[]): Promise<string[]> => {
  // A destroyed socket is closed in the next turns of the loop; on a busy machine a moment later.
  for (let turn = 0; turn < 100; turn++) {
    for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
    if (want === undefined || String(handlesNow()) === String(want)) break
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return handlesNow()
}

const handlesNow = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter(kind => kind !== 'Immediate')
    .sort()
