import type { CheckTemplate } from '../collector/ledger/checks.ts'
import type { CommitBatch, CommitReading, Store } from '../collector/store/store.ts'
import { batchOf, readingAt, type CityAgent, type CityCheck } from './sink-city.ts'

/** Where a reading must lie in InfluxDB. */
export interface Place {
  readonly measurement: string
  readonly device: string
  readonly part: string
  /** Nanoseconds since 1970, as text. */
  readonly ns: string
}
/** Why the server refuses a reading: a field that lies there as text on that day, or a name that whoever stands in front of it refuses. */
export type Poison = 'typed' | 'named'

export interface Fed {
  /** Every reading by its serial number. */
  readonly readings: ReadonlyMap<number, Place>
  /** Readings of every batch by device and moment: its `agent` point. */
  readonly batches: ReadonlyMap<string, number>
  readonly poisons: ReadonlyMap<number, Poison>
  /** An hour from here on holds the `typed` poisons and nothing else. */
  readonly plantedMs: number
  points(): number
}
export interface Feed extends Fed {
  /** Commits so many points (readings, and one of the agent for every batch), with so many poisons among them. */
  commit(points: number, poisons?: number): Promise<void>
}

/** A probe that InfluxDB's schema does not know: its measurement may hold what somebody else wrote, and nobody looks at the start. */
export const novelCheck: CheckTemplate = { name: 'novel', probe: 'novel', every_ms: 60_000 }

/** Field of a poisoned reading. */
export const poisonFields = { typed: 'planted_n', named: 'refuse_me_n' } as const
/** Of the lines of a write: whether a fed reading is among them. */
export const hasReadings = (lines: readonly string[]): boolean => lines.some(line => line.includes('serial_n='))
export const batchKey = (device: string, ns: string): string => `${device} ${ns}`
export const nsOf = (atMs: number, offset = 0): string => `${atMs}${String(offset).padStart(6, '0')}`

const dayMs = 86_400_000
const mostReadings = 12

/** For an empty log. Batches of many agents with several checks and parts, twins in one millisecond and late ones; every reading carries its serial number. */
export const openFeed = (
  store: Pick<Store, 'commitBatches'>,
  agents: readonly CityAgent[],
  random: () => number
): Feed => {
  const readings = new Map<number, Place>()
  const batches = new Map<string, number>()
  const poisons = new Map<number, Poison>()
  const twins = new Map<string, number>()
  // Noon of a day long before all others: one shard of InfluxDB, whenever this runs.
  const plantedMs = (Math.floor(Date.now() / dayMs) - 30 + 0.5) * dayMs
  // Nobody else commits: arrivals are counted along.
  let arrival = 0
  let serial = 0
  let points = 0
  const below = (n: number): number => Math.floor(random() * n)

  const add = (agent: CityAgent, check: CityCheck, atMs: number, part: string, poison?: Poison): CommitReading => {
    serial += 1
    const key = `${atMs} ${check.id} ${part}`
    const twin = twins.get(key) ?? 0
    twins.set(key, twin + 1)
    readings.set(serial, { measurement: check.probe, device: agent.device, part: part || 'none', ns: nsOf(atMs, twin) })
    if (poison !== undefined) poisons.set(serial, poison)
    const more = { serial_n: serial, ...(poison === undefined ? {} : { [poisonFields[poison]]: 1 }) }
    return { ...readingAt(check, atMs, serial, more), part }
  }

  const momentOf = (nowMs: number): number => nowMs - (random() < 0.05 ? 3_600_000 + below(2 * dayMs) : below(60_000))

  const poisoned = (agent: CityAgent): CommitReading => {
    const kind: Poison = random() < 0.5 ? 'typed' : 'named'
    const check = agent.checks.find(({ probe }) => probe === (kind === 'typed' ? novelCheck.probe : 'portal'))
    if (check === undefined) throw new Error(`device ${agent.device} must have a check for a ${kind} poison`)
    return add(agent, check, kind === 'typed' ? plantedMs + below(3_600_000) : momentOf(Date.now()), '', kind)
  }

  const make = (room: number, withPoison: boolean): CommitBatch => {
    const agent = agents[below(agents.length)]
    if (agent === undefined) throw new Error('the feed must have agents, got none')
    const nowMs = Date.now()
    const own: CommitReading[] = withPoison ? [poisoned(agent)] : []
    const most = Math.min(room, 4 + below(mostReadings - 4))
    while (own.length < most) {
      const check = agent.checks[below(agent.checks.length)]
      if (check === undefined) break
      const atMs = momentOf(nowMs)
      const parts = check.probe === 'port' ? ['eth0', 'wlan0'] : ['']
      for (const part of parts) own.push(add(agent, check, atMs, part))
      // Two of one check in the same millisecond: both are true.
      if (random() < 0.05) own.push(add(agent, check, atMs, parts[0] ?? ''))
    }
    arrival += 1
    batches.set(batchKey(agent.device, nsOf(nowMs, arrival % 1_000_000)), own.length)
    points += own.length + 1
    return batchOf(agent, nowMs, own)
  }

  return {
    readings,
    batches,
    poisons,
    plantedMs,
    points: () => points,
    commit: async (wanted, poisonsWanted = 0) => {
      const until = points + wanted
      const made: CommitBatch[] = []
      for (let left = poisonsWanted; points < until || left > 0; left -= 1)
        made.push(make(Math.max(1, until - points - 1), left > 0))
      for (const answer of await store.commitBatches(made))
        if (answer.kind !== 'stored') throw new Error(`every batch of the feed must be stored, got ${answer.kind}`)
    }
  }
}
