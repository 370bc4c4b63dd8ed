import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A sender in a process of its own that sends the same points whenever it is told to. */
export interface Peer {
  readonly pid: number
  round(): Promise<Round>
  stop(): Promise<void>
}
/** From the word to the last acknowledged point; CPU of all threads of the sender. */
export interface Round {
  readonly points: number
  readonly seconds: number
  readonly cpuMs: number
}

/** `module` calls `servePeer`; `config` is its only argument. */
export const openPeer = async (module: string, config: string, nodeFlags: readonly string[] = []): Promise<Peer> => {
  const child = fork(module, [config], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [...nodeFlags] })
  const answer = async (): Promise<unknown> => {
    const heard = new AbortController()
    const { signal } = heard
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`${module} ended with ${String(code)}`)
    })
    ended.catch(() => undefined)
    try {
      const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown]
      return message
    } finally {
      heard.abort()
    }
  }
  await answer()
  return {
    pid: child.pid ?? 0,
    round: async () => {
      const heard = answer()
      child.send('round')
      return (await heard) as Round
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    }
  }
}

/** The other end, in the child: says that it is ready, and answers each word with a round. */
export const servePeer = (send: () => Promise<number>, close: () => Promise<void> = () => Promise.resolve()): void => {
  process.on('message', () => {
    void (async () => {
      const begunMs = performance.now()
      const before = process.cpuUsage()
      const points = await send()
      const { user, system } = process.cpuUsage(before)
      const round: Round = { points, seconds: (performance.now() - begunMs) / 1000, cpuMs: (user + system) / 1000 }
      process.send?.(round)
    })()
  })
  process.once('disconnect', () => void close().then(() => process.exit(0)))
  process.send?.('ready')
}
