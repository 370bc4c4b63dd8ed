import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** The load of this process over one test. */
export interface LoadMeter {
  stop(): { readonly loop_p99_ms: number; readonly cpu_pct: number }
}

const resolutionMs = 5

/** Event-loop delay beyond the timer's own period (99th percentile) and CPU of this process; 100 is one core. */
export const startLoad = (): LoadMeter => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  return {
    stop: () => {
      histogram.disable()
      const { user, system } = process.cpuUsage(cpu)
      const tookMs = Math.max(1, performance.now() - startedMs)
      const p99 = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6 - resolutionMs
      return { loop_p99_ms: round(Math.max(0, p99)), cpu_pct: round((user + system) / 10 / tookMs) }
    }
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Congestion control of new connections; '' where the system does not say. */
export const congestionControl = (): string => {
  try {
    return readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim().slice(0, 32)
  } catch {
    return ''
  }
}
