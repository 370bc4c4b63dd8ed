import type { IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ClosingRecord } from '../../contract/bandwidth.ts'
import type { LeaseClaims, LeaseVerifier } from '../../contract/lease-token.ts'
import { isBandwidthUpgrade, readEntrant, type Entrant } from './door.ts'
import { openHall } from './hall.ts'
import type { LeaseBook } from './lease-book.ts'
import { congestionControl } from './load.ts'
import { refuse, Refusal, refuseTarget } from './refusal.ts'
import { openTcpWatch } from './tcp-watch.ts'

export interface TestServerDeps {
  readonly verifier: LeaseVerifier
  readonly serverId: string
  readonly portMbps: number
  readonly book: LeaseBook
  /** Ms since 1970, for the times of leases. */
  readonly now: () => number
  /** Default 64. */
  readonly maxTests?: number
  /** Default of the contract; shorter in tests. */
  readonly gatherMs?: number
  readonly onOver?: (claims: LeaseClaims, ip: string, record: ClosingRecord) => void
  readonly onFault?: (fault: unknown) => void
}

/** The far end of bandwidth tests, behind any server of node:http: give it the 'upgrade' events. */
export interface TestServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

export const defaultMaxTests = 64

/** A test server in this process: door and hall. */
export const createTestServer = (deps: TestServerDeps): TestServer => {
  const tcp = openTcpWatch()
  const hall = openHall({
    ...deps,
    maxTests: deps.maxTests ?? defaultMaxTests,
    cc: congestionControl(),
    tcp,
    now: () => performance.now()
  })
  return {
    upgrade: atDoor(deps, (entrant, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      hall.join(entrant, socket)
    }),
    close: async () => {
      await hall.close()
      tcp.stop()
    }
  }
}

/** Checks each Upgrade and passes on those whose lease holds; answers all others itself. */
export const atDoor =
  (
    deps: Pick<TestServerDeps, 'verifier' | 'serverId' | 'now' | 'onFault'>,
    enter: (entrant: Entrant, socket: Socket, head: Buffer) => void
  ): TestServer['upgrade'] =>
  (request, socket, head) => {
    if (!(socket instanceof Socket)) return void socket.destroy()
    socket.on('error', () => undefined)
    if (!isBandwidthUpgrade(request)) {
      refuseTarget(socket)
      return
    }
    try {
      enter(readEntrant(request, deps), socket, head)
    } catch (error) {
      if (!(error instanceof Refusal)) deps.onFault?.(error)
      refuse(socket, error instanceof Refusal ? error : new Refusal('server_busy', 'this server failed', 15))
    }
  }
