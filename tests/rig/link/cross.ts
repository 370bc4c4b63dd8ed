import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { installed, type Link } from './link.ts'

/** Somebody else's traffic over the link, by iperf3 (Debian: iperf3). */
export interface Cross {
  stop(): Promise<void>
}

/** Why there can be no cross traffic here; undefined when there can. */
export const whyNoCross = (): string | undefined => (installed('iperf3') ? undefined : 'needs iperf3 (Debian: iperf3)')

/** `greedy`: as much as four TCP streams can get. It has found its rate when this resolves. */
export const startCross = async (link: Link, direction: 'down' | 'up', mbps: number | 'greedy'): Promise<Cross> => {
  const [from, to] = direction === 'down' ? (['server', 'client'] as const) : (['client', 'server'] as const)
  const address = to === 'client' ? link.clientAddress : link.serverAddress
  const port = '5299'
  const receiver = child(link.at(to, ['iperf3', '-s', '-p', port]))
  await sleep(300)
  const rate = mbps === 'greedy' ? ['-P', '4'] : ['-b', `${mbps}M`]
  const sender = child(link.at(from, ['iperf3', '-c', address, '-p', port, '-t', '3600', ...rate]))
  await sleep(1_000)
  if (sender.hasEnded()) throw new Error('the cross traffic must flow before the test, its iperf3 has ended')
  return {
    stop: async () => {
      await sender.stop()
      await receiver.stop()
    }
  }
}

const child = ([program = '', ...args]: readonly string[]) => {
  const running = spawn(program, args, { stdio: 'ignore' })
  let over = false
  const ended = new Promise<void>((resolve, reject) => {
    running.once('error', reject)
    running.once('close', () => {
      over = true
      resolve()
    })
  })
  ended.catch(() => undefined)
  return {
    hasEnded: () => over,
    stop: async () => {
      running.kill('SIGTERM')
      await ended
    }
  }
}
