import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { addressesOf, boundFor, firstOf, openUpgrade } from './open-upgrade.ts'
import { startSender } from './sender.ts'
import { SessionError, type Session, type SessionEnd, type SessionOptions } from './session-types.ts'
import { openTalk, type Hello, type Talk } from './talk.ts'
import type { RawStream } from './upgrade.ts'

/** Everything up to the last data stream's 101, ms. */
const openMs = 10_000
/** Nothing moved for this long: the link is gone, ms. */
const lostMs = 3_000
const lookMs = 250
/** When a data stream breaks, the reason may be on its way on the control stream: that long, ms. */
const settleMs = 1_000
/** How long `stop` waits for the server's closing record, ms. */
const closingMs = 1_500
/** What a finished download may still have under way when the closing record overtakes it, ms. */
const drainMs = 500
/** One for all streams: bytes are counted, never looked at, and a buffer that stays in the cache is read into faster. */
const bufferBytes = 262_144

/** Opens control and data streams. Rejects with a SessionError, or with the signal's reason. Nothing flows before `start`. */
export const openSession = async (options: SessionOptions): Promise<Session> => {
  const deadline = AbortSignal.timeout(openMs)
  const signal = AbortSignal.any([options.signal, deadline])
  const buffer = new Uint8Array(bufferBytes)
  const opened: Socket[] = []
  const open = async (address: string, stream: number): Promise<RawStream> => {
    const { host, port, token } = options
    const localAddress = boundFor(options, address)
    const raw = await openUpgrade({ host, port, token, localAddress, address, stream, buffer, signal })
    opened.push(raw.socket)
    // One that came after the others had failed.
    if (signal.aborted) raw.socket.destroy()
    return raw
  }
  const letGo = (): void => {
    for (const socket of opened) socket.destroy()
  }
  signal.addEventListener('abort', letGo, { once: true })
  try {
    const { address, control } = await firstOf(await addressesOf(options), async candidate => ({
      address: candidate,
      control: await open(candidate, 0)
    }))
    const talk = openTalk(control, () => performance.now())
    const hello = await talk.hello
    const numbers = Array.from({ length: options.streams }, (_, index) => index + 1)
    const data = await Promise.all(numbers.map(stream => open(address, stream)))
    signal.throwIfAborted()
    return run(options, talk, hello, control.socket, data)
  } catch (error) {
    letGo()
    if (options.signal.aborted) throw options.signal.reason
    if (deadline.aborted)
      throw new SessionError(
        'server_unreachable',
        `the test server must have opened all streams within ${openMs / 1_000} s, and it has not`,
        { cause: error }
      )
    throw error
  } finally {
    signal.removeEventListener('abort', letGo)
  }
}

const run = (
  options: SessionOptions,
  talk: Talk,
  hello: Hello,
  control: Socket,
  data: readonly RawStream[]
): Session => {
  const now = () => performance.now()
  const down = options.direction === 'down'
  const ended = Promise.withResolvers<SessionEnd>()
  let state: 'open' | 'started' | 'over' = 'open'
  let startedMs = 0
  let bytes = 0
  let moved = { bytes: 0, atMs: 0 }
  let sender: { stop(): void } | undefined
  let looking: NodeJS.Timeout | undefined
  let settling: NodeJS.Timeout | undefined
  let record: ReturnType<Session['stop']> | undefined

  const received = (): { ms: number; bytes: number } => {
    if (!down) return talk.counted()
    return { ms: state === 'open' ? 0 : now() - startedMs, bytes }
  }
  /** Cuts everything but the control stream: what the other side still has under way is not wanted any more. */
  const cut = (): void => {
    state = 'over'
    clearInterval(looking)
    clearTimeout(settling)
    options.signal.removeEventListener('abort', aborted)
    sender?.stop()
    for (const { socket } of data) socket.resetAndDestroy()
  }
  const lose = (message: string): void => {
    if (state === 'over') return
    cut()
    control.destroy()
    ended.resolve({ kind: 'lost', message })
  }
  const aborted = (): void => lose('the test was aborted')
  const look = (): void => {
    const seen = received().bytes
    if (seen !== moved.bytes) moved = { bytes: seen, atMs: now() }
    else if (now() - moved.atMs > lostMs)
      lose(`the link must carry something, but nothing came for ${lostMs / 1_000} s after ${seen} bytes`)
  }
  const broken = (why: string): void => {
    if (state === 'over' || settling !== undefined) return
    settling = setTimeout(() => lose(why), settleMs)
  }

  for (const [index, { socket, onBytes }] of data.entries()) {
    onBytes(chunk => {
      bytes += chunk.length
    })
    socket.on('error', error => broken(`data stream ${index + 1} broke: ${error.message}`))
    socket.once('close', () => broken(`data stream ${index + 1} was closed`))
  }
  void talk.closing.then(async closing => {
    if (closing === undefined) {
      lose('the control stream ended without a closing record')
      return
    }
    // In a download that had all its bytes the last of them may still be on the way.
    if (down && closing.ended === 'max_bytes') await Promise.race([allClosed(data), after(drainMs)])
    if (state === 'over') return
    cut()
    control.destroy()
    ended.resolve({ kind: 'closing', record: closing })
  })
  options.signal.addEventListener('abort', aborted, { once: true })

  return {
    server: hello.server,
    egress: hello.egress,
    portMbps: hello.port_mbps,
    cc: hello.cc,
    localAddress: control.localAddress ?? '',
    remoteAddress: control.remoteAddress ?? '',
    start: () => {
      if (state !== 'open') return
      state = 'started'
      startedMs = now()
      moved = { bytes: 0, atMs: startedMs }
      looking = setInterval(look, lookMs)
      talk.send('start')
      if (!down) {
        const maxBytes = options.maxBytes ?? Infinity
        sender = startSender(
          data.map(({ socket }) => socket),
          { ...options, maxBytes },
          now
        )
      }
    },
    received,
    ended: ended.promise,
    stop: () => {
      record ??= (async () => {
        if (state !== 'over') {
          talk.send('stop')
          cut()
        }
        const closing = await Promise.race([talk.closing, after(closingMs)])
        control.destroy()
        return closing
      })()
      return record
    }
  }
}

const allClosed = async (streams: readonly RawStream[]): Promise<void> => {
  const open = streams.filter(({ socket }) => !socket.destroyed)
  await Promise.all(open.map(({ socket }) => new Promise<void>(resolve => socket.once('close', () => resolve()))))
}

/** Resolves with nothing. It keeps no process alive. */
const after = (ms: number): Promise<undefined> =>
  new Promise(resolve => setTimeout(() => resolve(undefined), ms).unref())
