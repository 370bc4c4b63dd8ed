import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { openPacer, paceMs, payloadBytesPerMs } from '../../../contract/pacer.ts'
import { openPump } from '../../../contract/pump.ts'

const blockBytes = 262_144

/** Sends one random block again and again over all streams: at most `capMbps` (IP layer) and `maxBytes` (payload). `now`: monotonic, ms. */
export const startSender = (
  sockets: readonly Socket[],
  limits: { readonly capMbps: number; readonly ipFactor: number; readonly maxBytes: number },
  now: () => number
): { stop(): void } => {
  const outlets = sockets.map(socket => ({
    write: (slice: Uint8Array, done: () => void) => {
      socket.write(slice, error => {
        if (error === null || error === undefined) done()
      })
    }
  }))
  const pacer = openPacer(payloadBytesPerMs(limits.capMbps, limits.ipFactor), now)
  const pump = openPump(outlets, randomBytes(blockBytes), pacer, limits.maxBytes, () => clearInterval(timer))
  const timer = setInterval(pump.run, paceMs)
  pump.run()
  return {
    stop: () => {
      clearInterval(timer)
      pump.stop()
    }
  }
}
