import { addDays, dayOf, dayStart } from '../../calendar/day.ts'
import { openTurns } from '../../in-turn.ts'
import { patienceFor } from '../../liveness.ts'
import type { LoggedBatch, PlaceRow } from '../../store/sink-store.ts'
import type { AgentRow, Store } from '../../store/store.ts'
import { openParts, type Parts } from './parts.ts'
import { openPlaces, placesIn, placesOfAgents, type Place, type Places } from './places.ts'
import type { Point } from './point.ts'
import { readChecks, type Checks } from './points/checks.ts'
import { readHours, type Hours } from './points/hours.ts'
import { openGivenHours } from './points/given-hours.ts'
import { openGone } from './points/gone.ts'
import { periodPoints, type PeriodSource } from './points/period.ts'
import { openBatchReader, type BatchReader } from './points/reading.ts'
import { rollupPoints, type RollupGround, type RollupSource } from './points/rollup.ts'
import { schoolPoints } from './points/school.ts'

/** What a sink knows of the ledger, and what it makes points of. */
export interface World {
  /**
   * Learns what changed in the ledger. Call it after batches were read and before their points are made, with the batches: whoever wrote them is
   * then known. Cheap when nothing changed.
   */
  refresh(batches?: readonly LoggedBatch[]): Promise<void>
  /** Of each reading of a batch, and of the batch. Throws before the first `refresh`. */
  batchPoints(batch: LoggedBatch): Point[]
  /**
   * Figures of blocks of rollups (keys of `changes('rollup')`). After a day has ended, a few blocks of that day come with each call until all were
   * there: a machine that fell silent changes no rollup any more, and its day is longer than it looked then. So call it with no keys, too. Hours of
   * ports that stand still are given once: when points are lost after all, open a new world.
   */
  blockPoints(keys: readonly string[]): Promise<Point[]>
  /** Verdicts, shares and rankings (keys of `changes('period')`). */
  periodPoints(period: string): Promise<Point[]>
  /** Every open school, dated with the last full five minutes. */
  schoolPoints(): Promise<Point[]>
  /** Everything is given again: somebody went back. */
  forgetSent(): void
}

export type WorldStore = RollupSource &
  PeriodSource &
  Pick<
    Store,
    | 'ledgerChanges'
    | 'areas'
    | 'schools'
    | 'devices'
    | 'checksOf'
    | 'calendars'
    | 'agents'
    | 'agent'
    | 'places'
    | 'putPlaces'
  >

/** How often the schools' state is told, ms. */
export const schoolsEveryMs = 300_000
const endedAtOnce = 64
/** An approval gives an agent its device, and moves no number of the ledger. */
const agentsEveryMs = 60_000

export const openWorld = (
  store: WorldStore,
  sink: string,
  now: () => number,
  { uploadMs = 60_000 }: { readonly uploadMs?: number } = {}
): World => {
  let known: Known | undefined
  const patience = patienceFor(uploadMs)
  const gone = openGone()
  const given = openGivenHours()
  let endedDay = ''
  let ended: string[] = []

  const learn = async (places: Places, current: ReadonlyMap<string, Place>): Promise<boolean> => {
    const rows = places.changesTo(current, now())
    // Kept first: a point that is sent before its place is kept could be sent again with another.
    for (let i = 0; i < rows.length; i += rowsAtOnce) await store.putPlaces(rows.slice(i, i + rowsAtOnce))
    places.add(rows)
    return rows.length > 0
  }

  const read = async (batches: readonly LoggedBatch[]): Promise<Known> => {
    const ledger = await store.ledgerChanges()
    // A move of a school may begin on a day, and changes nothing then.
    const day = dayOf(now())
    if (known?.ledger !== ledger || known.day !== day) {
      const rows: readonly PlaceRow[] = known === undefined ? await store.places(sink) : []
      const parts = known?.parts ?? openParts(sink, rows)
      const places = known?.places ?? openPlaces(sink, rows)
      const devices = await store.devices()
      const schools = new Map((await store.schools()).map(school => [school.id, school]))
      for (const school of await store.schools(day)) schools.set(school.id, school)
      await learn(places, placesIn(await store.areas(), [...schools.values()], devices))
      const checks = await readChecks(
        store,
        devices.map(({ id }) => id)
      )
      const hours = await readHours(store)
      const next = { ledger, day, places, parts, checks, hours }
      known = { ...next, agentsMs: -Infinity, agents: new Set(), enrolledMs: new Map(), reader: openBatchReader(next) }
    }
    await known.parts.save(rows => store.putPlaces(rows))
    await meetAgents(known, batches)
    return known
  }
  // One after the other: two that learn the same at once would say it of two times.
  const inTurn = openTurns()
  const ground = (batches: readonly LoggedBatch[] = []): Promise<Known> => inTurn(() => read(batches))

  const meetAgents = async (at: Known, batches: readonly LoggedBatch[]): Promise<void> => {
    const all = now() - at.agentsMs >= agentsEveryMs || now() < at.agentsMs
    if (all) at.agentsMs = now()
    const strangers = [...new Set(batches.map(({ agent }) => agent))].filter(agent => !at.agents.has(agent))
    const met: AgentRow[] = all ? [...(await store.agents())] : []
    if (!all)
      for (const id of strangers) {
        const agent = await store.agent(id)
        if (agent !== undefined) met.push(agent)
      }
    for (const { id, devices, enrolledMs } of met) {
      if (devices.length > 0) at.agents.add(id)
      for (const device of devices)
        at.enrolledMs.set(device, Math.min(enrolledMs, at.enrolledMs.get(device) ?? Infinity))
    }
    if (met.length > 0) await learn(at.places, placesOfAgents(met))
  }

  /** Blocks of the day that ended last, a few at a time; of yesterday, after a start. */
  const someEnded = (checks: Checks): string[] => {
    const yesterday = addDays(dayOf(now()), -1)
    if (endedDay !== yesterday) {
      // What was still on its way at midnight has come when this much of the day is over.
      if (now() - dayStart(addDays(yesterday, 1)) < settleMs) return []
      endedDay = yesterday
      ended = checks.blocksOf('host').map(block => `${yesterday} ${block}`)
    }
    return ended.splice(0, endedAtOnce)
  }

  return {
    refresh: async batches => {
      await ground(batches)
    },
    batchPoints: batch => {
      if (known === undefined) throw new Error('refresh() must come before the first batchPoints()')
      return known.reader.points(batch, now())
    },
    blockPoints: async keys => {
      const at = await ground()
      return rollupPoints(store, at, [...new Set([...keys, ...someEnded(at.checks)])], now(), given)
    },
    periodPoints: async period => {
      const at = await ground()
      return gone.with(period, await periodPoints(store, at.places, period, now()))
    },
    schoolPoints: async () => {
      const at = await ground()
      const atMs = Math.floor(now() / schoolsEveryMs) * schoolsEveryMs
      return schoolPoints(store, at.places, at.hours, patience, atMs)
    },
    forgetSent: () => {
      given.forget()
      endedDay = ''
    }
  }
}

const rowsAtOnce = 5_000
const settleMs = 20 * 60_000

interface Known extends RollupGround {
  readonly ledger: number
  readonly day: string
  readonly places: Places
  readonly parts: Parts
  readonly checks: Checks
  readonly hours: Hours
  readonly reader: BatchReader
  /** When all agents were read last, ms, and which were met. */
  agentsMs: number
  readonly agents: Set<string>
  readonly enrolledMs: Map<string, number>
}
