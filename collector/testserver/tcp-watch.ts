import { execFile } from 'node:child_process'
import type { Socket } from 'node:net'
import type { ClosingRecord, Direction } from '../../contract/bandwidth.ts'
import { canonicalAddress } from './address.ts'

/** What the kernel says about one connection (TCP_INFO, as `ss -tin` prints it). */
export interface TcpInfo {
  readonly minRttMs: number | undefined
  readonly retransSegs: number
  readonly dataSegs: number
  readonly busyMs: number
  readonly rwndLimitedMs: number
}

/** Looks at the streams of running tests every half second. Where `ss` is not, nothing is known and nothing is said. */
export interface TcpWatch {
  /** From now on these streams are looked at, until they are closed. */
  look(streams: Iterable<Socket>): void
  /** The figures of a test's streams as last seen; retransmits and receive window belong to the sender, so to downloads. */
  figures(
    streams: Iterable<Socket>,
    direction: Direction
  ): Pick<ClosingRecord, 'min_rtt_ms' | 'retrans_pct' | 'rwnd_limited_pct'>
  stop(): void
}

const firstMs = 250
const everyMs = 500
const timeoutMs = 1_000
/** A filter longer than this is not asked for: the tests that came last go without. */
const mostStreams = 128

export const openTcpWatch = (ss = 'ss'): TcpWatch => {
  const live = new Map<string, Socket>()
  const seen = new WeakMap<Socket, TcpInfo>()
  let timer: NodeJS.Timeout | undefined
  let [asking, missing, stopped] = [false, false, false]

  const again = (afterMs: number): void => {
    if (timer !== undefined || asking || missing || stopped || live.size === 0) return
    timer = setTimeout(ask, afterMs)
  }
  const ask = (): void => {
    timer = undefined
    for (const [key, socket] of live) if (socket.destroyed) live.delete(key)
    const asked = [...live.values()].slice(0, mostStreams)
    if (asked.length === 0) return
    asking = true
    const argv = ['-tinH', ...filterOf(asked)]
    execFile(ss, argv, { timeout: timeoutMs, maxBuffer: 1 << 20, encoding: 'utf8' }, (error, stdout) => {
      asking = false
      if (error !== null && error.code === 'ENOENT') missing = true
      for (const [key, info] of parseSs(stdout)) {
        const socket = live.get(key)
        if (socket !== undefined) seen.set(socket, info)
      }
      again(everyMs)
    })
  }
  return {
    look: streams => {
      for (const socket of streams) {
        const key = keyOf(socket.remoteAddress, socket.remotePort)
        if (key !== undefined) live.set(key, socket)
      }
      again(firstMs)
    },
    figures: (streams, direction) =>
      figuresOf(
        [...streams].flatMap(socket => seen.get(socket) ?? []),
        direction
      ),
    stop: () => {
      stopped = true
      clearTimeout(timer)
    }
  }
}

const filterOf = (sockets: readonly Socket[]): string[] => {
  const ports = [...new Set(sockets.flatMap(socket => socket.remotePort ?? []))]
  const local = [...new Set(sockets.flatMap(socket => socket.localPort ?? []))]
  const any = (word: string, list: readonly number[]) => [
    '(',
    ...list.flatMap((port, index) => [...(index === 0 ? [] : ['or']), word, '=', `:${port}`]),
    ')'
  ]
  return ['state', 'established', ...any('sport', local), 'and', ...any('dport', ports)]
}

const keyOf = (address: string | undefined, port: number | undefined): string | undefined => {
  const canonical = canonicalAddress(address)
  return canonical === undefined || port === undefined ? undefined : `${canonical} ${port}`
}

/** `ss -tinH`: a line with both addresses, then a line of `name:value` words. The key is the peer's address and port. */
export const parseSs = (text: string): Map<string, TcpInfo> => {
  const found = new Map<string, TcpInfo>()
  let key: string | undefined
  for (const line of text.split('\n')) {
    if (/^\s/.test(line)) {
      if (key !== undefined) found.set(key, infoOf(line))
      key = undefined
    } else {
      const [, peer = ''] = line.split(/\s+/).filter(word => /:\d+$/.test(word))
      const colon = peer.lastIndexOf(':')
      key = keyOf(peer.slice(0, colon).replace(/^\[|\]$/g, ''), Number(peer.slice(colon + 1)))
    }
  }
  return found
}

const infoOf = (line: string): TcpInfo => {
  const number = (pattern: RegExp): number | undefined => {
    const [, text] = pattern.exec(line) ?? []
    return text === undefined ? undefined : Number(text)
  }
  return {
    minRttMs: number(/\bminrtt:([\d.]+)/),
    // Now in flight, and in all.
    retransSegs: number(/\bretrans:\d+\/(\d+)/) ?? 0,
    dataSegs: number(/\bdata_segs_out:(\d+)/) ?? 0,
    busyMs: number(/\bbusy:(\d+)ms/) ?? 0,
    rwndLimitedMs: number(/\brwnd_limited:(\d+)ms/) ?? 0
  }
}

const figuresOf = (
  infos: readonly TcpInfo[],
  direction: Direction
): Pick<ClosingRecord, 'min_rtt_ms' | 'retrans_pct' | 'rwnd_limited_pct'> => {
  const rtts = infos.flatMap(info => info.minRttMs ?? [])
  const sum = (pick: (info: TcpInfo) => number) => infos.reduce((total, info) => total + pick(info), 0)
  const [segs, busy] = [sum(info => info.dataSegs), sum(info => info.busyMs)]
  return {
    ...(rtts.length === 0 ? {} : { min_rtt_ms: Math.min(...rtts) }),
    ...(direction === 'up' || segs === 0
      ? {}
      : {
          retrans_pct: share(
            sum(info => info.retransSegs),
            segs
          )
        }),
    ...(direction === 'up' || busy === 0
      ? {}
      : {
          rwnd_limited_pct: share(
            sum(info => info.rwndLimitedMs),
            busy
          )
        })
  }
}

const share = (part: number, whole: number): number => Math.min(100, Math.round((10_000 * part) / whole) / 100)
