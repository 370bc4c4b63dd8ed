import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** What this machine was doing during a test. */
export interface HostLoad {
  /** 99th percentile of how late the event loop came to its timers, ms. */
  readonly loopP99Ms: number
  /** The machine's processors, percent busy (without steal) and percent that the hypervisor took. */
  readonly cpuPct: number | undefined
  readonly stealPct: number | undefined
  /** Percent of the time in which this process ran or waited for a processor; undefined where the kernel does not say. */
  readonly ownPct: number | undefined
}

export interface HostWatch {
  stop(): HostLoad
}

/** How often the loop's delay is looked at, ms: part of what the histogram shows, and taken off again. */
const resolutionMs = 10

/** Watches from now to `stop`. `root` is where the kernel's files are. */
export const watchHost = (root: string): HostWatch => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const began = momentOf(root)
  return {
    stop: () => {
      delay.disable()
      const ended = momentOf(root)
      const total = ended.cpu.total - began.cpu.total
      const share = (part: number) => (total > 0 ? Math.min(100, Math.max(0, (100 * part) / total)) : undefined)
      const own = ended.ownNs === undefined || began.ownNs === undefined ? undefined : ended.ownNs - began.ownNs
      const wallNs = (ended.atMs - began.atMs) * 1e6
      const p99 = delay.percentile(99) / 1e6 - resolutionMs
      return {
        // A test too short for a single look has an empty histogram.
        loopP99Ms: Number.isFinite(p99) ? Math.max(0, p99) : 0,
        cpuPct: share(ended.cpu.busy - began.cpu.busy),
        stealPct: share(ended.cpu.steal - began.cpu.steal),
        ownPct: own === undefined || wallNs <= 0 ? undefined : Math.min(100, (100 * own) / wallNs)
      }
    }
  }
}

interface Cpu {
  readonly busy: number
  readonly steal: number
  readonly total: number
}

const momentOf = (root: string) => ({
  atMs: performance.now(),
  cpu: cpuOf(text(root, 'proc/stat')),
  ownNs: ownNsOf(text(root, 'proc/self/schedstat'))
})

/** user nice system idle iowait irq softirq steal (proc(5)). */
const cpuOf = (stat: string | undefined): Cpu => {
  const columns = /^cpu +([\d ]+)$/m
    .exec(stat ?? '')?.[1]
    ?.trim()
    .split(/ +/)
    .slice(0, 8)
    .map(Number)
  if (columns === undefined || columns.length < 4) return fromOs()
  const total = columns.reduce((sum, ticks) => sum + ticks, 0)
  const steal = columns[7] ?? 0
  return { total, steal, busy: total - steal - (columns[3] ?? 0) - (columns[4] ?? 0) }
}

const fromOs = (): Cpu => {
  let busy = 0
  let total = 0
  for (const { times } of os.cpus()) {
    const active = times.user + times.nice + times.sys + times.irq
    busy += active
    total += active + times.idle
  }
  return { busy, steal: 0, total }
}

/** Time on a processor and time waiting for one, ns, of the main thread (Documentation/scheduler/sched-stats.rst). */
const ownNsOf = (schedstat: string | undefined): number | undefined => {
  const [ran, waited] = (schedstat ?? '').trim().split(/\s+/).map(Number)
  return ran === undefined || waited === undefined || !Number.isFinite(ran + waited) || ran === 0
    ? undefined
    : ran + waited
}

const text = (root: string, file: string): string | undefined => {
  try {
    return readFileSync(path.join(root, file), 'utf8')
  } catch {
    return undefined
  }
}
