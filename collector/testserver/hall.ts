import type { Socket } from 'node:net'
import { bandwidthLimits, type ClosingRecord } from '../../contract/bandwidth.ts'
import type { LeaseClaims } from '../../contract/lease-token.ts'
import type { Entrant } from './door.ts'
import type { LeaseBook } from './lease-book.ts'
import { refuse, Refusal } from './refusal.ts'
import type { TcpWatch } from './tcp-watch.ts'
import { openTest, type Test } from './test.ts'

export interface HallDeps {
  readonly serverId: string
  /** Speed of this server's port, Mbit/s. */
  readonly portMbps: number
  readonly maxTests: number
  readonly book: LeaseBook
  readonly cc: string
  readonly tcp: TcpWatch
  /** Monotonic, ms. */
  readonly now: () => number
  readonly gatherMs?: number
  /** Told of every test that is over, and of a book that failed. */
  readonly onOver?: (claims: LeaseClaims, ip: string, record: ClosingRecord) => void
  readonly onFault?: (fault: unknown) => void
}

/** All tests of a server: who is let in, so that together they stay within the port. */
export interface Hall {
  /** Lets one stream in or refuses it. Never throws. */
  join(entrant: Entrant, socket: Socket): void
  /** Ends every test and waits until the book knows. */
  close(): Promise<void>
}

/** Of the port, so that what else it carries is not starved and every test gets what its lease says. */
const portShare = 0.8
/** A port must be this much faster than the tier it certifies. */
const portMargin = 1.2
/** Streams of tests that have not started: in all, and from one address. */
const mostHalfOpen = { all: 256, address: 16 }
/** A test that has not started after this time gives way to a newcomer, ms. */
const graceMs = 2_000
const retryAfterS = 15

interface Place {
  readonly claims: LeaseClaims
  readonly ip: string
  readonly sinceMs: number
  /** Undefined while the book is asked. */
  test: Test | undefined
  peak: { tests: number; capsMbps: number }
}

export const openHall = (deps: HallDeps): Hall => {
  /** By lease. A place is taken before the book is asked, so that two of one moment cannot both have the last one. */
  const places = new Map<string, Place>()
  const closing = new Set<Promise<void>>()
  let closed = false

  const join = ({ claims, stream, ip }: Entrant, socket: Socket): void => {
    socket.on('error', () => undefined)
    try {
      if (closed) throw new Refusal('server_busy', 'this server is stopping', retryAfterS)
      if (stream === 0) enter(claims, ip, socket)
      else {
        const place = places.get(claims.lease)
        if (place?.test === undefined || place.ip !== ip)
          throw new Refusal(
            'bad_stream',
            `stream ${stream} must follow the control stream of its test, from its address`
          )
        place.test.join(stream, socket)
      }
    } catch (error) {
      turnAway(socket, error)
    }
  }
  const turnAway = (socket: Socket, error: unknown): void => {
    if (!(error instanceof Refusal)) deps.onFault?.(error)
    refuse(socket, error instanceof Refusal ? error : new Refusal('server_busy', 'this server failed', retryAfterS))
  }

  const enter = (claims: LeaseClaims, ip: string, socket: Socket): void => {
    checkPort(claims, deps.portMbps)
    if (places.has(claims.lease)) throw new Refusal('lease_used')
    for (const fault of [halfOpenFault(ip), testsFault(), capsFault(claims)]) if (fault !== undefined) throw fault()
    const place: Place = { claims, ip, sinceMs: deps.now(), test: undefined, peak: { tests: 0, capsMbps: 0 } }
    places.set(claims.lease, place)
    for (const other of places.values())
      other.peak = {
        tests: Math.max(other.peak.tests, places.size),
        capsMbps: Math.max(other.peak.capsMbps, capsMbps())
      }
    void admit(place, socket)
  }
  const admit = async (place: Place, socket: Socket): Promise<void> => {
    const { claims, ip } = place
    try {
      const answer = await deps.book.open(claims, ip)
      if (answer !== 'opened') throw answer instanceof Refusal ? answer : new Refusal(answer)
    } catch (error) {
      places.delete(claims.lease)
      turnAway(socket, error)
      return
    }
    place.test = openTest(claims, ip, socket, {
      ...deps,
      gatherMs: deps.gatherMs ?? bandwidthLimits.gatherMs,
      peak: () => place.peak,
      onOver: record => {
        places.delete(claims.lease)
        track(deps.book.close(claims.lease, record.bytes, record))
        deps.onOver?.(claims, ip, record)
      }
    })
    if (closed) place.test.end('server_closing')
    else if (socket.destroyed) place.test.end('client_gone')
  }
  const track = (told: Promise<void>): void => {
    const settled: Promise<void> = told
      .catch((error: unknown) => deps.onFault?.(error))
      .finally(() => closing.delete(settled))
    closing.add(settled)
  }

  const capsMbps = (): number => sum(places.values(), place => place.claims.cap_mbps)

  /** Each looks for room, makes it where a test idles that should have started, and says what is missing where there is none. */
  const halfOpenFault = (ip: string): (() => Refusal) | undefined => {
    const halfOpen = (from: Iterable<Place>) => sum(from, place => place.test?.halfOpen() ?? 1)
    const here = () => [...places.values()].filter(place => place.ip === ip)
    if (!makeRoom(() => halfOpen(here()) < mostHalfOpen.address, here))
      return () =>
        new Refusal(
          'server_busy',
          `an address may have ${mostHalfOpen.address} streams that have not started, and ${ip} has`,
          graceMs / 1_000
        )
    if (
      !makeRoom(
        () => halfOpen(places.values()) < mostHalfOpen.all,
        () => [...places.values()]
      )
    )
      return () =>
        new Refusal(
          'server_busy',
          `this server holds ${mostHalfOpen.all} streams that have not started, and it has`,
          graceMs / 1_000
        )
    return undefined
  }
  const testsFault = (): (() => Refusal) | undefined =>
    makeRoom(
      () => places.size < deps.maxTests,
      () => [...places.values()]
    )
      ? undefined
      : () =>
          new Refusal(
            'server_busy',
            `this server runs at most ${deps.maxTests} tests at once, and it does`,
            retryAfterS
          )
  const capsFault = (claims: LeaseClaims): (() => Refusal) | undefined => {
    const room = portShare * deps.portMbps
    return makeRoom(
      () => capsMbps() + claims.cap_mbps <= room + 1e-6,
      () => [...places.values()]
    )
      ? undefined
      : () =>
          new Refusal(
            'server_busy',
            `the caps of all tests must stay within ${room} Mbit/s (${portShare} of the port); ${capsMbps()} are taken and this test asks for ${claims.cap_mbps}`,
            retryAfterS
          )
  }
  /** Ends idle tests, the oldest first, until there is room; false when there is none to be had. */
  const makeRoom = (enough: () => boolean, among: () => readonly Place[]): boolean => {
    while (!enough()) {
      // A Map keeps the order of entry.
      const idle = among().find(({ test, sinceMs }) => (test?.halfOpen() ?? 0) > 0 && deps.now() - sinceMs > graceMs)
      if (idle?.test === undefined) return false
      idle.test.end('client_gone')
    }
    return true
  }

  return {
    join,
    close: async () => {
      closed = true
      for (const place of [...places.values()]) place.test?.end('server_closing')
      await Promise.all(closing)
    }
  }
}

/** What this server cannot do at any time is said as such: asking again would not help. */
const checkPort = (claims: LeaseClaims, portMbps: number): void => {
  if (portMbps < portMargin * claims.tier)
    throw new Refusal(
      'server_port_too_small',
      `a test for ${claims.tier} Mbit/s needs a server port of ${portMargin * claims.tier} Mbit/s or more, and this server's has ${portMbps}`
    )
  if (claims.cap_mbps > portShare * portMbps + 1e-6)
    throw new Refusal(
      'server_port_too_small',
      `a test capped at ${claims.cap_mbps} Mbit/s needs a server port of ${Math.ceil(claims.cap_mbps / portShare)} Mbit/s or more, and this server's has ${portMbps}`
    )
}

const sum = (places: Iterable<Place>, of: (place: Place) => number): number =>
  [...places].reduce((total, place) => total + of(place), 0)
