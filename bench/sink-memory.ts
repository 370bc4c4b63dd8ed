import { memory } from './processes.ts'
import { most, quantile } from './stats.ts'

/** RssAnon of the sink's process, MiB: what it settles at before the first fault, and the most during faults. */
export interface MemoryGrowth {
  /** When it had just started. */
  readonly freshMb: number
  readonly steadyMb: number
  readonly maxMb: number
  /** 0 when there is nothing to compare. */
  readonly samples: number
}
export interface MemoryWatch {
  /** What is going on from now on: `steady` once it is warm, `fault` until everything is delivered again. */
  phase: 'warm_up' | 'steady' | 'fault' | 'over'
  growth(): MemoryGrowth
  stop(): void
}

/** Looks ten times a second, at one process: a new one has a warm-up of its own. */
export const watchMemory = (pid: number): MemoryWatch => {
  const samples: Record<'steady' | 'fault', number[]> = { steady: [], fault: [] }
  const freshMb = memory(pid).anonMb
  const look = (): void => {
    if (watch.phase === 'steady' || watch.phase === 'fault') samples[watch.phase].push(memory(pid).anonMb)
  }
  const timer = setInterval(look, 100)
  const watch: MemoryWatch = {
    phase: 'warm_up',
    growth: () => ({
      freshMb,
      steadyMb: quantile(samples.steady, 0.5),
      maxMb: most(samples.fault),
      samples: Math.min(samples.steady.length, samples.fault.length)
    }),
    stop: () => clearInterval(timer)
  }
  return watch
}
