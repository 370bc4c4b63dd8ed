import { fork, type ChildProcess } from 'node:child_process'
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { bandwidthLimits } from '../../contract/bandwidth.ts'
import { parse } from '../../contract/parse.ts'
import { isBandwidthUpgrade, type Entrant } from './door.ts'
import { guardHeads, sharedHeadLimits } from './heads.ts'
import type { LeaseBook } from './lease-book.ts'
import { FromChild, type ToChild } from './messages.ts'
import { refuse, Refusal } from './refusal.ts'
import { atDoor, defaultMaxTests } from './test-server.ts'

export interface AttachDeps {
  /** Of the collector, whose leases these are. */
  readonly publicKey: KeyObject
  readonly serverId: string
  readonly portMbps: number
  readonly book: LeaseBook
  readonly log: { info(fields: object, text: string): void; error(fields: object, text: string): void }
  readonly maxTests?: number
  readonly gatherMs?: number
  /** Ms since 1970. */
  readonly now?: () => number
}

export interface AttachedTestServer {
  /** Ends every test, tells the book, ends the child. To be called before the HTTP server is closed. */
  close(): Promise<void>
  /** Process id of the child, while there is one. */
  readonly pid: () => number | undefined
}

/** Streams on their way to the child; more are refused, so that a flood piles up nowhere. */
const mostPassing = 256
/** A child that does not end by itself is killed, ms. */
const endMs = 4_000

/**
 * Bandwidth tests on the collector's own port. Leases are checked here, where the book is; the bytes flow in a child process that gets
 * the sockets, started at the first test and again after it died. Upgrades to anything else are left to the server as plain requests.
 */
export const attachTestServer = (server: Server, deps: AttachDeps): AttachedTestServer => {
  const log = deps.log
  const told = new Set<Promise<void>>()
  const passing = new Set<Socket>()
  let child: ChildProcess | undefined
  let [nextId, closed] = [0, false]

  const start = (): ChildProcess => {
    const made = fork(new URL('./child.ts', import.meta.url), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    made.on('message', raw => hear(made, parse(FromChild, raw, 'message of the test server')))
    made.on('error', err => log.error({ err }, 'the test server failed'))
    // One that could not be started (no process, no file left) never exits either: the next stream tries again.
    if (made.pid === undefined) throw new Refusal('server_busy', 'this server could not start its test process', 15)
    made.once('exit', (code, signal) => {
      if (child === made) child = undefined
      for (const socket of passing) refuse(socket, new Refusal('server_busy', 'the test process ended', 2))
      passing.clear()
      if (!closed) log.error({ code, signal }, 'the test server ended; it is started again at the next test')
    })
    const { serverId, portMbps, maxTests = defaultMaxTests, gatherMs = bandwidthLimits.gatherMs } = deps
    say(made, { kind: 'settings', serverId, portMbps, maxTests, gatherMs })
    return made
  }
  const say = (to: ChildProcess, message: ToChild): void => {
    if (!to.connected) return
    to.send(message, err => {
      if (err !== null) log.error({ err }, 'the test server hears nothing')
    })
  }
  const pass = ({ claims, stream, ip }: Entrant, socket: Socket, head: Buffer): void => {
    if (closed) throw new Refusal('server_busy', 'this server is stopping', 15)
    if (passing.size >= mostPassing)
      throw new Refusal('server_busy', `this server takes ${mostPassing} streams at a time, and more have come`, 2)
    child ??= start()
    const to = child
    const id = nextId
    nextId += 1
    passing.add(socket)
    const message: ToChild = { kind: 'stream', id, claims, stream, ip, head: head.toString('base64') }
    // Else Node has the server ask its workers for their sockets when it closes, and wait for ever once no worker is left.
    Object.assign(socket, { server: null })
    // Kept open here until it is on its way: Node never closes what it still holds for a child that has died.
    to.send(message, socket, { keepOpen: true }, error => {
      passing.delete(socket)
      // The connection lives in the child; this is what is left of it here, which the server still counts.
      if (error === null) socket.destroy()
      else refuse(socket, new Refusal('server_busy', 'the test process ended', 2))
    })
    // Node holds it back until the child has the socket and this process has closed its own copy.
    say(to, { kind: 'go', id })
  }
  const hear = (from: ChildProcess, message: FromChild): void => {
    switch (message.kind) {
      case 'open':
        track(answer(from, message))
        return
      case 'over':
        track(deps.book.close(message.lease, message.bytes, message.record))
        return
      case 'fault':
        log.error({ err: message.message }, 'the test server failed')
        return
      case 'closed':
        from.disconnect()
        return
    }
  }
  const answer = async (to: ChildProcess, asked: Extract<FromChild, { kind: 'open' }>): Promise<void> => {
    const { lease } = asked.claims
    try {
      const opened = await deps.book.open(asked.claims, asked.ip)
      if (opened === 'opened') {
        say(to, { kind: 'opened', lease })
        return
      }
      const refusal = opened instanceof Refusal ? opened : new Refusal(opened)
      const retryAfterS = refusal.retryAfterS === undefined ? {} : { retryAfterS: refusal.retryAfterS }
      say(to, { kind: 'opened', lease, fault: refusal.fault, detail: refusal.message, ...retryAfterS })
    } catch (error) {
      say(to, { kind: 'opened', lease, fault: 'server_busy', detail: 'the book of leases failed', retryAfterS: 15 })
      throw error
    }
  }
  const track = (work: Promise<void>): void => {
    const settled: Promise<void> = work
      .catch((err: unknown) => log.error({ err }, 'the book of leases failed'))
      .finally(() => told.delete(settled))
    told.add(settled)
  }

  const upgrade = atDoor(
    {
      verifier: { kind: 'collector', publicKey: deps.publicKey },
      serverId: deps.serverId,
      now: deps.now ?? Date.now,
      onFault: err => log.error({ err }, 'test server fault')
    },
    pass
  )
  // Set like the option of the same name (app.ts, for all its servers): everything else that carries an Upgrade header stays an ordinary request.
  Object.assign(server, { shouldUpgradeCallback: (request: IncomingMessage) => isBandwidthUpgrade(request) })
  server.on('upgrade', upgrade)
  guardHeads(server, sharedHeadLimits, () => performance.now())

  return {
    pid: () => child?.pid,
    close: async () => {
      closed = true
      const ending = child
      if (ending !== undefined) {
        const kill = setTimeout(() => ending.kill('SIGKILL'), endMs)
        const exited = new Promise(resolve => ending.once('exit', resolve))
        say(ending, { kind: 'close' })
        await exited
        clearTimeout(kill)
      }
      await Promise.all(told)
    }
  }
}
