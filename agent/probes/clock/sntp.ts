import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { performance } from 'node:perf_hooks'
import { atMost, untilAborted } from '../until-aborted.ts'
import { isKissOfDeath, readReply, replyFault, request, type NtpReply } from './packet.ts'
import type { Server } from './server.ts'

/** One exchange with a server, ms. The true offset is within `boundMs` of `offsetMs` (server minus us). */
export interface Sample {
  readonly offsetMs: number
  readonly delayMs: number
  readonly boundMs: number
  readonly stratum: number
  readonly server: string
}

/** What one server gave: samples, or why none, or that it asks to be left alone. */
export interface Polled {
  readonly server: string
  readonly samples: readonly Sample[]
  readonly fault?: string
  /** The code of its kiss-o'-death: RATE, DENY, RSTR … */
  readonly kiss?: string
}

const replyMs = 1_500

/** Asks one server `count` times, one after the other; a kiss-o'-death ends it. Never rejects. */
export const poll = async (server: Server, count: number, now: () => number, signal: AbortSignal): Promise<Polled> => {
  const samples: Sample[] = []
  let fault: string | undefined
  let socket: Socket | undefined
  try {
    socket = await connect(server, signal)
    for (let i = 0; i < count && !signal.aborted; i++) {
      const answer = await askOnce(socket, server.text, now, signal)
      if ('sample' in answer) samples.push(answer.sample)
      else {
        fault = answer.fault
        if (answer.kiss !== undefined) return { server: server.text, samples, fault, kiss: answer.kiss }
      }
    }
  } catch (cause) {
    fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
  } finally {
    socket?.close()
  }
  return { server: server.text, samples, ...(fault === undefined ? {} : { fault }) }
}

/** Connected, so that a closed port is known at once and nobody else's packet comes in. */
const connect = async ({ host, port }: Server, signal: AbortSignal): Promise<Socket> => {
  const address = isIP(host) === 0 ? (await untilAborted(lookup(host), signal)).address : host
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
  // An ICMP error may arrive when nobody listens for it any more.
  socket.on('error', () => undefined)
  try {
    socket.connect(port, address)
    await once(socket, 'connect', { signal })
    return socket
  } catch (cause) {
    socket.close()
    throw cause
  }
}

type Answer = { readonly sample: Sample } | { readonly fault: string; readonly kiss?: string }

const askOnce = async (socket: Socket, server: string, now: () => number, signal: AbortSignal): Promise<Answer> => {
  const nonce = randomBytes(8).readBigUInt64BE()
  const until = atMost(signal, replyMs)
  // One look at the wall clock; the rest is monotonic, so a clock that is set meanwhile does not spoil the delay.
  const sentMs = now()
  const started = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const hear = (packet: Buffer) => {
    const heardMs = sentMs + performance.now() - started
    const reply = readReply(packet)
    // Late answers to an earlier request are not an answer to this one, and a forged one must not end the waiting.
    if (reply === undefined || reply.origin !== nonce) return
    const fault = replyFault(reply, nonce)
    if (fault === undefined) resolve({ sample: sampleOf(reply, sentMs, heardMs, server) })
    else resolve({ fault, ...(isKissOfDeath(reply) ? { kiss: reply.referenceId } : {}) })
  }
  const giveUp = () => resolve({ fault: 'no answer' })
  socket.on('message', hear)
  socket.once('error', reject)
  until.addEventListener('abort', giveUp, { once: true })
  try {
    socket.send(request(nonce), fault => {
      if (fault !== null) reject(fault)
    })
    return await promise
  } finally {
    socket.off('message', hear)
    socket.off('error', reject)
    until.removeEventListener('abort', giveUp)
  }
}

/** RFC 5905 section 8, with t1 and t4 ours. Clock granularity can make the delay of a near server negative. */
const sampleOf = (reply: NtpReply, t1: number, t4: number, server: string): Sample => {
  const { receivedMs: t2, transmittedMs: t3 } = reply
  const delayMs = Math.max(0, t4 - t1 - (t3 - t2))
  return {
    offsetMs: (t2 - t1 + (t3 - t4)) / 2,
    delayMs,
    boundMs: delayMs / 2 + reply.rootDelayMs / 2 + reply.rootDispersionMs,
    stratum: reply.stratum,
    server
  }
}
