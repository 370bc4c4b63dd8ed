import { execFile } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { isIPv6 } from 'node:net'

/** What the kernel says of our sockets to one address and port, summed or the worst of them. Source: `ss -tin` (TCP_INFO). */
export interface TcpInfo {
  readonly cc: string
  readonly minRttMs: number | undefined
  /** The largest round trip now: of what we send, and, on the receiving side, of what we receive. */
  readonly rttMs: number | undefined
  readonly receiveRttMs: number | undefined
  readonly sentBytes: number
  readonly retransPct: number | undefined
  readonly rwndLimitedPct: number | undefined
}

/** Undefined without the tool, without an answer within 2 s and without sockets. Never rejects. */
export type AskTcp = (address: string, port: number, signal: AbortSignal) => Promise<TcpInfo | undefined>

export const runSs: AskTcp = (address, port, signal) =>
  new Promise(resolve => {
    const plain = address.replace(/%.*$/, '')
    const to = isIPv6(plain) ? `[${plain}]` : plain
    const env = { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
    const args = ['-tinH', 'dst', to, 'dport', '=', `:${port}`]
    execFile('ss', args, { timeout: 2_000, signal, env, maxBuffer: 262_144 }, (_fault, stdout) =>
      resolve(tcpInfoIn(stdout))
    )
  })

/** Reads the answer; exported for the tests. */
export const tcpInfoIn = (answer: string): TcpInfo | undefined => {
  const all = (key: string): number[] =>
    [...answer.matchAll(new RegExp(`\\s${key}:([\\d.]+)`, 'g'))].map(match => Number(match[1]))
  const sum = (key: string) => all(key).reduce((total, value) => total + value, 0)
  const most = (values: number[]) => (values.length === 0 ? undefined : Math.max(...values))
  const share = (part: number, whole: number) => (whole > 0 ? Math.min(100, (100 * part) / whole) : undefined)
  if (all('rtt').length === 0) return undefined
  const minimums = all('minrtt')
  return {
    cc: /^\s+([a-z][\w-]*)\s/m.exec(answer)?.[1] ?? '',
    minRttMs: minimums.length === 0 ? undefined : Math.min(...minimums),
    rttMs: most(all('rtt')),
    receiveRttMs: most(all('rcv_rtt')),
    sentBytes: sum('bytes_sent'),
    retransPct: share(sum('bytes_retrans'), sum('bytes_sent')),
    rwndLimitedPct: share(sum('rwnd_limited'), sum('busy'))
  }
}

export interface TcpWatch {
  readonly latest: () => TcpInfo | undefined
  readonly minRttMs: () => number | undefined
  stop(): void
}

/** Asks again and again, never twice at once, and tells each answer. */
export const watchTcp = (
  ask: (signal: AbortSignal) => Promise<TcpInfo | undefined>,
  everyMs: number,
  onInfo: (info: TcpInfo, nowMs: number) => void
): TcpWatch => {
  const abort = new AbortController()
  let latest: TcpInfo | undefined
  let minRttMs: number | undefined
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    timer = setTimeout(() => {
      void ask(abort.signal).then(info => {
        if (abort.signal.aborted) return
        // Without the tool there is nothing to ask again for.
        if (info === undefined) return
        latest = info
        if (info.minRttMs !== undefined) minRttMs = Math.min(minRttMs ?? Infinity, info.minRttMs)
        onInfo(info, performance.now())
        again()
      })
    }, everyMs)
  }
  again()
  return {
    latest: () => latest,
    minRttMs: () => minRttMs,
    stop: () => {
      clearTimeout(timer)
      abort.abort()
    }
  }
}

/** A round trip this much above the least, for this long, is felt by those who work on the line, ms. */
const politeRiseMs = 100
const politeForMs = 1_000

/** Tells when the round trip has been high for long enough. */
export const watchRise = (): ((rttMs: number | undefined, nowMs: number) => boolean) => {
  let leastMs = Infinity
  let sinceMs: number | undefined
  return (rttMs, nowMs) => {
    if (rttMs === undefined) return false
    leastMs = Math.min(leastMs, rttMs)
    if (rttMs <= leastMs + politeRiseMs) sinceMs = undefined
    else sinceMs ??= nowMs
    return sinceMs !== undefined && nowMs - sinceMs >= politeForMs
  }
}
