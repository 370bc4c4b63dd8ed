import type { Logger } from 'pino'
import { periodAt, periodNamed, type Period } from './calendar/period.ts'
import { openCalendars } from './calendar/school-calendar.ts'
import { judgePeriod } from './judgement/judge.ts'
import type { DirtyDay, Store } from './store/store.ts'
import { openTierDesk } from './upkeep-tiers.ts'
import { rollUp, type InHours } from './verdicts/rollup.ts'

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
  const inHours = await hoursOf(store)
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
      const rows = Map.groupBy(rollUp(day, readings, inHours), row => row.checkId)
      // Written a little at a time: batches of agents wait for the same writer.
      for (const few of slices(part, 100))
        await store.putRollups(
          few.flatMap(d => rows.get(d.checkId) ?? []),
          few
        )
    }
  }
}

/** A check is in hours when its device's school is. */
const hoursOf = async (store: UpkeepDeps['store']): Promise<InHours> => {
  const [areas, schools, devices, checks, texts] = await Promise.all([
    store.areas(),
    store.schools(),
    store.devices(),
    store.checks(),
    store.calendars()
  ])
  const calendars = openCalendars(texts, areas)
  const calendarOf = new Map(schools.map(school => [school.id, calendars.of(school)]))
  const schoolOf = new Map(devices.map(device => [device.id, device.school]))
  const checkCalendar = new Map(checks.map(check => [check.id, calendarOf.get(schoolOf.get(check.device) ?? '')]))
  return (checkId, atMs) => checkCalendar.get(checkId)?.isInHours(atMs) ?? false
}

/** What later tests show about burst credit counts for the period before too, if it was ever judged. */
const oweBefore = async (store: UpkeepDeps['store'], period: Period, periods: Set<string>): Promise<void> => {
  const { name } = periodAt(period.fromMs - 1)
  if (!periods.has(name) && (await store.verdicts(name)).length > 0) periods.add(name)
}

const slices = (list: readonly DirtyDay[], size: number): DirtyDay[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
