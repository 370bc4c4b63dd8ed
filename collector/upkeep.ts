import type { Logger } from 'pino'
import { addDays, dayOf } from './calendar/day.ts'
import { periodAt, periodNamed, weekdaysOf, type Period } from './calendar/period.ts'
import { packOf } from './ledger/load.ts'
import type { DirtyDay, Store } from './store/store.ts'
import { openTierDesk } from './upkeep-tiers.ts'
import { judgeSchool, sharesOf, targetsFor } from './verdicts/evaluate.ts'
import { rollUp } from './verdicts/rollup.ts'
import { laterTestsMs, memoryFromMs } from './verdicts/uplink/history.ts'

/**
 * What turns readings into figures, again and again: rollups of the days that got readings, then verdicts and shares of the periods
 * those days lie in. All figures can be made anew from the log, so a crash in the middle costs nothing.
 */
export interface Upkeep {
  /** Resolves when everything stored so far is rolled up and judged. */
  run(): Promise<void>
  stop(): Promise<void>
}

export interface UpkeepDeps {
  readonly store: Omit<Store, 'share'>
  readonly now: () => number
  readonly everyMs: number
  readonly log: Logger
}

export const startUpkeep = ({ store, now, everyMs, log }: UpkeepDeps): Upkeep => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let judgedMs = 0
  /** Periods whose rollups changed and whose verdicts do not know it yet; a failure in between must not forget them. */
  let owed: Set<string> | undefined

  const once = async (): Promise<void> => {
    owed ??= await pastWithRollups(store, now())
    await rollUpDirty(store, owed)
    const today = periodAt(now()).name
    // Without readings the verdicts still move on: days pass, evidence ages.
    if (now() - judgedMs > 60_000) owed.add(today)
    for (const name of [...owed]) {
      await judgePeriod(store, periodNamed(name), now())
      owed.delete(name)
      if (name === today) judgedMs = now()
    }
  }
  const run = (): Promise<void> => {
    running ??= once().finally(() => {
      running = undefined
    })
    return running
  }
  const tick = async (): Promise<void> => {
    const startedMs = performance.now()
    try {
      await run()
    } catch (err) {
      if (!stopped) log.error({ err }, 'upkeep failed')
    }
    // At most a twenty-fifth of the time is spent here, however large the fleet: figures may lag, batches may not.
    if (!stopped) timer = setTimeout(() => void tick(), Math.max(everyMs, 25 * (performance.now() - startedMs)))
  }
  void tick()
  return {
    run: async () => {
      await running
      await run()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running?.catch(() => undefined)
    }
  }
}

/** The two periods before this one, where late readings may have been rolled up just before a crash and never judged. */
const pastWithRollups = async (store: UpkeepDeps['store'], nowMs: number): Promise<Set<string>> => {
  const last = periodAt(periodAt(nowMs).fromMs - 1)
  const found = new Set<string>()
  for (const period of [last, periodAt(last.fromMs - 1)])
    if ((await store.rollups(period.firstDay, period.lastDay)).length > 0) found.add(period.name)
  return found
}

/** Rolls up every dirty day and adds the periods that were touched. */
const rollUpDirty = async (store: UpkeepDeps['store'], periods: Set<string>): Promise<void> => {
  const dirty = await store.dirtyDays()
  if (dirty.length === 0) return
  const desk = await openTierDesk(store)
  for (const [day, list] of Map.groupBy(dirty, d => d.day)) {
    const period = periodAt(Date.parse(`${day}T12:00:00+08:00`))
    periods.add(period.name)
    for (const part of slices(list, 2000)) {
      const readings = await store.readingsOfDay(
        day,
        part.map(d => d.checkId)
      )
      // Before the day is clean again: a crash in between must not lose a result.
      if (await desk.keep(readings)) await oweBefore(store, period, periods)
      const rows = Map.groupBy(rollUp(day, readings), row => row.checkId)
      // Written a little at a time: batches of agents wait for the same writer.
      for (const few of slices(part, 100))
        await store.putRollups(
          few.flatMap(d => rows.get(d.checkId) ?? []),
          few
        )
    }
  }
}

/** What later tests show about burst credit counts for the period before too, if it was ever judged. */
const oweBefore = async (store: UpkeepDeps['store'], period: Period, periods: Set<string>): Promise<void> => {
  const { name } = periodAt(period.fromMs - 1)
  if (!periods.has(name) && (await store.verdicts(name)).length > 0) periods.add(name)
}

const slices = (list: readonly DirtyDay[], size: number): DirtyDay[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))

/** Evidence with an age limit may lie before the period's first day. */
const carryDays = 7

/** Judges every school for every target that rules its area, and stores verdicts and shares. */
export const judgePeriod = async (store: UpkeepDeps['store'], period: Period, nowMs: number): Promise<void> => {
  const [areas, schools, rooms, devices, checks, facts, packRows, scopes, uplinks, tierTests, rollups] =
    await Promise.all([
      store.areas(),
      store.schools(),
      store.rooms(),
      store.devices(),
      store.checks(),
      store.facts(),
      store.packs(),
      store.packScopes(),
      store.uplinks(),
      store.tierTests(undefined, memoryFromMs(period), Math.min(nowMs, period.toMs + laterTestsMs) + 1),
      store.rollups(addDays(period.firstDay, -carryDays), period.lastDay)
    ])
  const jurisdiction = { areas, packs: packRows.map(packOf), scopes }
  const asOfMs = Math.min(nowMs, period.toMs)
  const schoolDays = weekdaysOf(period)
  const roomsOf = Map.groupBy(rooms, room => room.school)
  const devicesOf = Map.groupBy(devices, device => device.school)
  const factsOf = Map.groupBy(facts, fact => fact.school)
  const checksOf = Map.groupBy(checks, check => check.device)
  const rollupsOf = Map.groupBy(rollups, rollup => rollup.checkId)
  const uplinksOf = Map.groupBy(uplinks, uplink => uplink.school)
  const testsOf = Map.groupBy(tierTests, test => test.uplink)
  const goals = new Map<string, number>()

  const verdicts = schools.flatMap(school => {
    const targets = targetsFor(jurisdiction, school.area, period.name)
    for (const target of targets) goals.set(target.key, target.goal_pct)
    const own = devicesOf.get(school.id) ?? []
    const ownChecks = own.flatMap(device => checksOf.get(device.id) ?? [])
    const evidence = {
      period,
      asOfMs,
      school,
      rooms: roomsOf.get(school.id) ?? [],
      devices: own,
      checks: ownChecks,
      rollups: ownChecks.flatMap(check => rollupsOf.get(check.id) ?? []).filter(rollup => rollup.day <= dayOf(asOfMs)),
      facts: factsOf.get(school.id) ?? [],
      uplinks: uplinksOf.get(school.id) ?? [],
      tierTests: (uplinksOf.get(school.id) ?? []).flatMap(uplink => testsOf.get(uplink.id) ?? []),
      schoolDays
    }
    return judgeSchool(evidence, targets)
  })
  await store.putVerdicts(period.name, verdicts, sharesOf(areas, schools, verdicts, goals))
}
