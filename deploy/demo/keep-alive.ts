import { setTimeout as sleep } from 'node:timers/promises'
import { upload, type DemoAgent } from './fleet.ts'
import { openSender } from './wire.ts'

/** Keeps a simulated fleet alive after its months, in real time: each agent uploads once in `everyMs`. Resolves when the signal aborts. */
export const keepAlive = async (
  url: string,
  agents: readonly DemoAgent[],
  everyMs: number,
  signal: AbortSignal
): Promise<void> => {
  const sender = openSender(url, 2)
  let i = 0
  try {
    while (await slept(everyMs / Math.max(1, agents.length), signal)) {
      const agent = agents[i++ % Math.max(1, agents.length)]
      if (agent === undefined) continue
      const nowMs = Date.now()
      const uptime = Math.round((nowMs - agent.bootMs) / 1_000)
      const alive = { atMs: nowMs, check: `${agent.device}-host`, outcome: 'ok' as const, fields: { uptime_s: uptime } }
      // A collector that is being restarted is asked again in the next round.
      await upload(sender, agent, [alive], nowMs).catch(() => undefined)
    }
  } finally {
    sender.close()
  }
}

const slept = (ms: number, signal: AbortSignal): Promise<boolean> => sleep(ms, true, { signal }).catch(() => false)
