import type { Socket } from 'node:net'
import { bandwidthLimits, type ClosingRecord } from '../../contract/bandwidth.ts'
import type { LeaseClaims } from '../../contract/lease-token.ts'
import { openControl, lingerMs } from './control.ts'
import { startDownload, startUpload, type Flow } from './flow.ts'
import { startLoad } from './load.ts'
import { Refusal, switchProtocols } from './refusal.ts'
import type { TcpWatch } from './tcp-watch.ts'

export interface TestDeps {
  readonly serverId: string
  readonly portMbps: number
  readonly cc: string
  /** Monotonic, ms. */
  readonly now: () => number
  readonly gatherMs: number
  readonly tcp: TcpWatch
  /** Most tests at once, this one included, and the most their caps summed up to, since this one began. */
  readonly peak: () => { readonly tests: number; readonly capsMbps: number }
  readonly onOver: (record: ClosingRecord) => void
}

/** One test, from its control stream to its closing record. */
export interface Test {
  /** Streams of a test that has not started, the control stream included; 0 afterwards. */
  halfOpen(): number
  /** Takes a data stream, or throws a Refusal. */
  join(stream: number, socket: Socket): void
  end(ended: ClosingRecord['ended']): void
}

/** When a data stream breaks, `stop` may be on its way on the control stream: that long it may take, ms. */
const settleMs = 200

/**
 * Answers the control stream and runs the test when the client says start. Whatever the client does, it is over `gatherMs` + `max_ms`
 * later, and `onOver` is called once. Nothing is sent on a data stream before `start` and after the first sign of an end.
 */
export const openTest = (claims: LeaseClaims, egress: string, socket: Socket, deps: TestDeps): Test => {
  const streams = new Map<number, Socket>()
  let running: { readonly flow: Flow; readonly load: ReturnType<typeof startLoad>; readonly atMs: number } | undefined
  let stoppedMs: number | undefined
  let state: 'gathering' | 'running' | 'settling' | 'over' = 'gathering'
  let timer = setTimeout(() => end('client_gone'), deps.gatherMs)

  const end = (ended: ClosingRecord['ended']): void => {
    if (state === 'over') return
    state = 'over'
    clearTimeout(timer)
    halt()
    const record = recordOf(ended)
    control.finish({ type: 'closing', record })
    // A download that had its bytes lets them arrive; otherwise what is still in the kernel would only cost the school money.
    for (const stream of streams.values()) letGo(stream, ended === 'max_bytes' && claims.direction === 'down')
    deps.onOver(record)
  }
  const halt = (): void => {
    stoppedMs ??= deps.now()
    running?.flow.stop()
  }
  const recordOf = (ended: ClosingRecord['ended']): ClosingRecord => {
    const { tests, capsMbps } = deps.peak()
    return {
      bytes: running?.flow.bytes() ?? 0,
      duration_ms: running === undefined ? 0 : Math.round(((stoppedMs ?? deps.now()) - running.atMs) * 10) / 10,
      ended,
      cc: deps.cc,
      ...deps.tcp.figures(streams.values(), claims.direction),
      ...(running?.load.stop() ?? { loop_p99_ms: 0, cpu_pct: 0 }),
      peak_tests_n: tests,
      peak_caps_mbps: capsMbps,
      port_mbps: deps.portMbps
    }
  }
  /** A data stream ended: nothing more is sent; whether the client meant it is on the control stream. */
  const settle = (): void => {
    if (state === 'gathering') end('client_gone')
    if (state !== 'running') return
    state = 'settling'
    halt()
    clearTimeout(timer)
    timer = setTimeout(() => end('client_gone'), settleMs)
  }
  const start = (): void => {
    if (state !== 'gathering') return
    const gathered = [...streams.entries()].sort(([a], [b]) => a - b)
    // Fewer than the lease allows may do, but 1 to n without a gap.
    if (gathered.length === 0 || gathered.some(([stream], index) => stream !== index + 1)) {
      end('client_gone')
      return
    }
    state = 'running'
    clearTimeout(timer)
    timer = setTimeout(
      () => end(running?.flow.stalled() === true ? 'stalled' : 'max_ms'),
      Math.min(claims.max_ms, bandwidthLimits.maxMs)
    )
    const sockets = gathered.map(([, stream]) => stream)
    const startFlow = claims.direction === 'down' ? startDownload : startUpload
    // The meter first: starting the flow sends at once.
    const load = startLoad()
    const flow = startFlow(sockets, claims, {
      now: deps.now,
      onAll: () => end('max_bytes'),
      onCount: (ms, bytes) => control.send({ type: 'counted', ms: Math.round(ms * 1_000) / 1_000, bytes })
    })
    running = { flow, load, atMs: deps.now() }
    deps.tcp.look(sockets)
  }

  socket.write(switchProtocols)
  const control = openControl(
    socket,
    type => (type === 'start' ? start() : end('stopped')),
    () => end('client_gone')
  )
  control.send({ type: 'hello', server: deps.serverId, egress, port_mbps: deps.portMbps, cc: deps.cc })

  return {
    halfOpen: () => (state === 'gathering' ? 1 + streams.size : 0),
    join: (stream, data) => {
      if (state !== 'gathering')
        throw new Refusal('bad_stream', `stream ${stream} must come before its test starts, but it has started`)
      if (streams.has(stream)) throw new Refusal('bad_stream', `stream ${stream} must come once, but it is there`)
      streams.set(stream, data)
      data.on('close', settle)
      data.on('end', settle)
      data.write(switchProtocols)
      // Full segments: a sender's small last one may wait for the next slice.
      data.setNoDelay(false)
      if (claims.direction === 'up') data.pause()
      // In a download the client has nothing to say.
      else data.on('data', settle)
    },
    end
  }
}

const letGo = (stream: Socket, gently: boolean): void => {
  if (!gently) return void stream.resetAndDestroy()
  stream.end()
  stream.resume()
  const timer = setTimeout(() => stream.destroy(), lingerMs)
  stream.once('close', () => clearTimeout(timer))
}
