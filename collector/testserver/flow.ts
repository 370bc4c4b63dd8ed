import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { bandwidthLimits } from '../../contract/bandwidth.ts'
import type { LeaseClaims } from '../../contract/lease-token.ts'
import { openPacer, paceMs, payloadBytesPerMs } from '../../contract/pacer.ts'
import { openPump } from '../../contract/pump.ts'

/** The bytes of one test, in whichever direction. */
export interface Flow {
  /** Payload bytes handed to the kernel (download) or received (upload): never more than the lease allows in a download. */
  bytes(): number
  /** Nothing has moved for `stalledMs`. */
  stalled(): boolean
  /** At once: nothing more is sent or read. */
  stop(): void
}

export interface FlowDeps {
  /** Monotonic, ms. */
  readonly now: () => number
  /** All the bytes that the lease allows are through. */
  readonly onAll: () => void
  /** An upload's tally: ms since its first byte, bytes. Every 25 ms, also while nothing comes. */
  readonly onCount: (ms: number, bytes: number) => void
}

/** IP bytes per payload byte, rounded up so that the cap holds also with options in the header: 1500/1448 = 1.0359. */
const ipFactor = 1.036
const stalledMs = 2_000
const blockBytes = 262_144

/** Sends one random block again and again over all streams, at the lease's cap. */
export const startDownload = (streams: readonly Socket[], claims: LeaseClaims, deps: FlowDeps): Flow => {
  const pacer = openPacer(payloadBytesPerMs(claims.cap_mbps, ipFactor), deps.now)
  const outlets = streams.map(socket => ({
    write: (slice: Uint8Array, done: () => void) => {
      socket.write(slice, error => {
        if (error === null || error === undefined) done()
      })
    }
  }))
  const pump = openPump(outlets, randomBytes(blockBytes), pacer, claims.max_bytes, deps.onAll)
  let moved = { taken: 0, atMs: deps.now() }
  const timer = setInterval(() => {
    pump.run()
    if (pump.taken() !== moved.taken) moved = { taken: pump.taken(), atMs: deps.now() }
  }, paceMs)
  pump.run()
  return {
    bytes: pump.bytes,
    stalled: () => deps.now() - moved.atMs > stalledMs,
    stop: () => {
      clearInterval(timer)
      pump.stop()
    }
  }
}

/** A sender may be ahead of its cap by this much time; then it is not read from until it is not. */
const aheadMs = 250

/** Counts what arrives, by this machine's clock. */
export const startUpload = (streams: readonly Socket[], claims: LeaseClaims, deps: FlowDeps): Flow => {
  const bytesPerMs = payloadBytesPerMs(claims.cap_mbps, ipFactor)
  let bytes = 0
  let firstMs: number | undefined
  let movedMs = deps.now()
  let over = false
  const onData = (chunk: Buffer): void => {
    if (over) return
    movedMs = deps.now()
    firstMs ??= movedMs
    bytes += chunk.length
    if (bytes >= claims.max_bytes) {
      over = true
      deps.onCount(movedMs - firstMs, bytes)
      deps.onAll()
    } else if (bytes > (movedMs - firstMs + aheadMs) * bytesPerMs) for (const socket of streams) socket.pause()
  }
  const timer = setInterval(() => {
    const ms = firstMs === undefined ? 0 : deps.now() - firstMs
    deps.onCount(ms, bytes)
    if (bytes <= (ms + aheadMs) * bytesPerMs) for (const socket of streams) if (socket.isPaused()) socket.resume()
  }, bandwidthLimits.countMs)
  for (const socket of streams) {
    socket.on('data', onData)
    socket.resume()
  }
  return {
    bytes: () => bytes,
    stalled: () => deps.now() - movedMs > stalledMs,
    stop: () => {
      over = true
      clearInterval(timer)
      for (const socket of streams) {
        socket.off('data', onData)
        socket.pause()
      }
    }
  }
}
