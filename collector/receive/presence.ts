import type { FastifyBaseLogger } from 'fastify'
import { dayOf } from '../calendar/day.ts'
import type { Presence } from '../store/lease-store.ts'
import type { Store } from '../store/store.ts'

/**
 * Notes on which days an agent measured anything at night and by day, whenever it arrived: schools without power at night are tested at
 * other hours. Two small writes an agent and day; everything else is answered from memory.
 */
export interface PresenceLog {
  note(agent: string, readings: readonly { readonly atMs: number }[]): void
  /** Resolves when all that was noted is on disk, or was given up. */
  drained(): Promise<void>
}

export interface PresenceDeps {
  readonly store: Pick<Store, 'putPresence'>
  readonly partOfDay: (atMs: number) => 'night' | 'daytime' | undefined
  readonly log: FastifyBaseLogger
}

/** Beyond that memory is emptied: what is noted twice changes nothing. */
const mostKnown = 100_000

export const openPresence = ({ store, partOfDay, log }: PresenceDeps): PresenceLog => {
  const known = new Set<string>()
  let waiting: Presence[] = []
  let running: Promise<void> | undefined

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const rows = waiting
      waiting = []
      try {
        await store.putPresence(rows)
      } catch (err) {
        known.clear()
        log.warn({ err }, 'when agents were awake could not be noted')
      }
    }
    running = undefined
  }

  return {
    note: (agent, readings) => {
      for (const { atMs } of readings) {
        const part = partOfDay(atMs)
        if (part === undefined) continue
        const day = dayOf(atMs)
        const key = `${agent} ${day} ${part}`
        if (known.has(key)) continue
        if (known.size >= mostKnown) known.clear()
        known.add(key)
        waiting.push({ agent, day, night: part === 'night', daytime: part === 'daytime' })
      }
      if (waiting.length > 0) running ??= write()
    },
    drained: async () => {
      await running
    }
  }
}
