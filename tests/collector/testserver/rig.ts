import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { ClosingRecord } from '../../../contract/bandwidth.ts'
import { formatLease, type LeaseClaims } from '../../../contract/lease-token.ts'
import { openSession } from '../../../agent/probes/bandwidth/session.ts'
import type { Session, SessionOptions } from '../../../agent/probes/bandwidth/session-types.ts'
import { openMemoryBook } from '../../../collector/testserver/lease-book.ts'
import { listenTestServer, type ListenOptions } from '../../../collector/testserver/stand-alone.ts'

/** Test servers, leases and raw streams. Rates are far below loopback's, so that its speed does not matter. */
export const keys = generateKeyPairSync('ed25519')

let leases = 0

/** A lease for 5 s of 20 Mbit/s down, from now. */
export const claimsOf = (over: Partial<LeaseClaims> = {}): LeaseClaims => {
  const now = Date.now()
  leases += 1
  return {
    lease: `l-${leases}`,
    agent: 'a-1',
    server: 's1',
    ip: '127.0.0.1',
    direction: 'down',
    tier: 10,
    kind: 'quick',
    cap_mbps: 20,
    max_bytes: 50_000_000,
    max_ms: 5_000,
    streams: 4,
    issued_ms: now,
    not_before_ms: now,
    expires_ms: now + 60_000,
    ...over
  }
}

/** Bound to no address, as in a laboratory. */
export const unbound = (claims: LeaseClaims): LeaseClaims => {
  const copy = { ...claims }
  delete copy.ip
  return copy
}

export const tokenOf = (claims: LeaseClaims): string =>
  formatLease(claims, { kind: 'collector', privateKey: keys.privateKey })

export interface Over {
  readonly claims: LeaseClaims
  readonly ip: string
  readonly record: ClosingRecord
}

/** A stand-alone server that remembers what is over. */
export const startServer = async (over: Partial<ListenOptions> = {}) => {
  const done: Over[] = []
  const faults: unknown[] = []
  let heard = (): void => undefined
  const server = await listenTestServer({
    host: '127.0.0.1',
    port: 0,
    verifier: { kind: 'collector', publicKey: keys.publicKey },
    serverId: 's1',
    portMbps: 1_000,
    book: openMemoryBook(Date.now),
    now: Date.now,
    onOver: (claims, ip, record) => {
      done.push({ claims, ip, record })
      heard()
    },
    onFault: fault => faults.push(fault),
    ...over
  })
  return {
    ...server,
    done,
    faults,
    /** The closing record of a lease, as the server has it. */
    recordOf: async (lease: string): Promise<ClosingRecord> => {
      for (;;) {
        const found = done.find(({ claims }) => claims.lease === lease)
        if (found !== undefined) return found.record
        await new Promise<void>(resolve => {
          heard = resolve
        })
      }
    }
  }
}

export const sessionWith = (
  server: { readonly host: string; readonly port: number },
  claims: LeaseClaims,
  over: Partial<SessionOptions> = {}
): Promise<Session> =>
  openSession({
    host: server.host,
    port: server.port,
    token: tokenOf(claims),
    direction: claims.direction,
    streams: claims.streams,
    capMbps: claims.cap_mbps,
    ipFactor: 1500 / 1448,
    signal: new AbortController().signal,
    ...over
  })

/** Resolves when a session has this many bytes, or has ended. */
export const untilReceived = async (session: Session, bytes: number): Promise<void> => {
  const state = { over: false }
  void session.ended.then(() => {
    state.over = true
  })
  while (!state.over && session.received().bytes < bytes) await new Promise(resolve => setTimeout(resolve, 5))
}

/** A connection that says what it is told to, and keeps what it hears. */
export const rawClient = async (
  server: { readonly host: string; readonly port: number },
  text: string,
  localAddress?: string
) => {
  const socket = connect({
    host: server.host,
    port: server.port,
    ...(localAddress === undefined ? {} : { localAddress })
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  socket.write(text)
  let heard = ''
  let bytes = 0
  const collect = (chunk: Buffer): void => {
    bytes += chunk.length
    if (heard.length < 65_536) heard += chunk.toString('latin1')
  }
  socket.on('data', collect)
  return {
    socket,
    closed,
    heard: () => heard,
    bytes: () => bytes,
    /** Resolves when it has heard this, or was closed. */
    until: async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(heard) && !socket.destroyed) await new Promise(resolve => setTimeout(resolve, 5))
      return heard
    }
  }
}

/** The request of a stream. `headers` replace or, undefined, leave out. */
export const upgradeText = (headers: Record<string, string | undefined>, path = '/bw/v1'): string => {
  const all: Record<string, string | undefined> = {
    host: 'test',
    connection: 'Upgrade',
    upgrade: 'bwtest/1',
    'campus-gauge-stream': 'control',
    ...headers
  }
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

export const rawStream = (
  server: { readonly host: string; readonly port: number },
  token: string,
  stream: string,
  localAddress?: string
) => rawClient(server, upgradeText({ authorization: `Bearer ${token}`, 'campus-gauge-stream': stream }), localAddress)

/** The problem document of a refusal. */
export const problemOf = (heard: string): { code: string; detail: string; status: number } =>
  JSON.parse(heard.slice(heard.indexOf('\r\n\r\n') + 4)) as { code: string; detail: string; status: number }

export const destroyAll = (sockets: Iterable<Socket>): void => {
  for (const socket of sockets) socket.destroy()
}
