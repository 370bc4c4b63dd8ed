import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { canonicalAddress } from './address.ts'

/** How many connections may wait without having sent the head of a request. */
export interface HeadLimits {
  /** Closed after this time, ms. */
  readonly headMs: number
  /** Beyond these, whoever has waited longer than `graceMs` goes, the oldest first. */
  readonly all: number
  readonly address: number
  readonly graceMs: number
  /** Never more, however young: the oldest goes at once. */
  readonly most: number
}

/** A stand-alone test server. An honest client sends its head one round trip after it connected, so grace is generous. */
export const headLimits: HeadLimits = { headMs: 5_000, all: 256, address: 16, graceMs: 500, most: 2_048 }

/** On the collector's port, where a bureau's agents may share one address and a slow link its patience. */
export const sharedHeadLimits: HeadLimits = {
  headMs: 10_000,
  all: 4_096,
  address: 4_096,
  graceMs: 10_000,
  most: 4_096
}

const sweepMs = 250

/** Keeps half-open requests from using up a server: ten thousand of them cost memory for a few hundred. Ends with the server. */
export const guardHeads = (server: Server, limits: HeadLimits, now: () => number): void => {
  /** Connections without a head, in order of their coming. */
  const waiting = new Map<Socket, { readonly atMs: number; readonly address: string }>()
  const settled = (socket: Socket): void => void waiting.delete(socket)
  const drop = (socket: Socket): void => {
    settled(socket)
    socket.destroy()
  }
  const sweep = (): void => {
    const at = now()
    const byAddress = new Map<string, number>()
    for (const { address } of waiting.values()) byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
    let all = waiting.size
    for (const [socket, { atMs, address }] of waiting) {
      const here = byAddress.get(address) ?? 0
      const crowded = all > limits.all || here > limits.address
      const age = at - atMs
      if (!(age > limits.headMs || (age > limits.graceMs && crowded))) continue
      drop(socket)
      all -= 1
      byAddress.set(address, here - 1)
    }
  }
  const timer = setInterval(sweep, sweepMs).unref()
  server.on('connection', (socket: Socket) => {
    waiting.set(socket, { atMs: now(), address: canonicalAddress(socket.remoteAddress) ?? '' })
    socket.once('close', () => settled(socket))
    if (waiting.size <= limits.most) return
    for (const oldest of waiting.keys()) {
      drop(oldest)
      break
    }
  })
  server.prependListener('request', request => settled(request.socket))
  server.prependListener('upgrade', request => settled(request.socket))
  server.once('close', () => clearInterval(timer))
}
