import { execFile } from 'node:child_process'
import { performance } from 'node:perf_hooks'

/** The highest speed the card of an interface supports, Mbit/s; undefined when nobody can say. Never rejects. */
export type AskCapability = (iface: string, signal: AbortSignal) => Promise<number | undefined>

const hourMs = 3_600_000

/** Asks at most once an hour for each interface, also after no answer: a card does not change, and starting a process costs. */
export const remembered = (ask: AskCapability, nowMs: () => number = () => performance.now()): AskCapability => {
  const known = new Map<string, { readonly atMs: number; readonly mbps: number | undefined }>()
  return async (iface, signal) => {
    const last = known.get(iface)
    if (last !== undefined && nowMs() - last.atMs < hourMs) return last.mbps
    const mbps = await ask(iface, signal)
    // A run that was cut off has learnt nothing.
    if (!signal.aborted) known.set(iface, { atMs: nowMs(), mbps })
    return mbps
  }
}

/** Asks the tool `ethtool`; no tool, no right and no answer within 3 s are all "nobody can say". */
export const runEthtool: AskCapability = (iface, signal) => {
  // The kernel allows an interface called `-h`; it must not become an option.
  if (!/^[A-Za-z0-9]/.test(iface)) return Promise.resolve(undefined)
  return new Promise(resolve => {
    const env = { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
    execFile('ethtool', [iface], { timeout: 3_000, signal, env, maxBuffer: 65_536 }, (_fault, stdout) =>
      resolve(highestMode(stdout))
    )
  })
}

/** The highest of `Supported link modes`, which go over several lines: `10baseT/Half 100baseT/Full 1000baseT/Full`. */
export const highestMode = (output: string): number | undefined => {
  const modes = /^\s*Supported link modes:(.*(?:\n\s+[^:\n]+$)*)/m.exec(output)?.[1] ?? ''
  const speeds = [...modes.matchAll(/(\d+)base/g)].map(match => Number(match[1]))
  return speeds.length === 0 ? undefined : Math.max(...speeds)
}
