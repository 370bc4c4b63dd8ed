import type { Logger } from 'pino'
import { openMonthKeeper } from './bulletin/month-keeper.ts'
import { dayOf } from './calendar/day.ts'
import { periodAt, periodNamed } from './calendar/period.ts'
import { judgePeriod } from './judgement/judge.ts'
import { rawMs } from './store/retention.ts'
import type { Store } from './store/store.ts'
import { owe, rollUpDirty, type Owed } from './upkeep-rollups.ts'

/**
 * What turns readings into figures, again and again: rollups of the days that got readings, then verdicts, shares and rankings of the periods
 * those days lie in; what is due in the month; and what raw readings are too old. All figures can be made anew, so a crash in the middle
 * costs nothing.
 */
export interface Upkeep {
  /** Resolves when everything stored so far is rolled up and judged. */
  run(): Promise<void>
  stop(): Promise<void>
}

export interface UpkeepDeps {
  /** With `share`, a large city is judged by two threads. */
  readonly store: Omit<Store, 'share'> & Partial<Pick<Store, 'share'>>
  readonly now: () => number
  readonly everyMs: number
  readonly log: Logger
}

/** Without readings the verdicts still move on: days pass, evidence ages. */
const allEveryMs = 3_600_000

export const startUpkeep = ({ store, now, everyMs, log }: UpkeepDeps): Upkeep => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  /** A failure in between must not forget what is owed. */
  let owed: Owed | undefined
  /** When all schools of the running period were judged last, and what was then that all of them share. */
  let whole: Whole | undefined
  let droppedDay = ''
  const month = openMonthKeeper(store, log, () => stopped)

  const once = async (): Promise<void> => {
    owed ??= await pastWithRollups(store, now())
    await rollUpDirty(store, owed, now())
    const today = periodAt(now())
    const ledger = await store.ledgerChanges()
    const answered = JSON.stringify(await store.answered(today.firstDay, today.lastDay))
    const age = now() - (whole?.atMs ?? 0)
    const changed = whole?.period !== today.name || whole.ledger !== ledger || whole.answered !== answered
    if (changed || age >= allEveryMs || age < 0) owe(owed, today.name, 'all')
    // Its figures still move until they are published.
    const { name: before } = periodAt(today.fromMs - 1)
    if (whole !== undefined && whole.ledger !== ledger && (await store.said(before)).length > 0)
      owe(owed, before, 'all')
    for (const [name, schools] of [...owed]) {
      if (schools === 'all' || schools.size > 0)
        await judgePeriod(store, periodNamed(name), now(), schools === 'all' ? undefined : schools)
      owed.delete(name)
      if (name === today.name && schools === 'all') whole = { period: name, atMs: now(), ledger, answered }
    }
    try {
      await month.keep(now())
    } finally {
      // A revision that fails again and again must not fill the disk.
      await dropOldRaw()
    }
  }
  /** Once a day, a little at a time: batches of agents wait for the same writer. */
  const dropOldRaw = async (): Promise<void> => {
    const before = dayOf(now() - rawMs)
    if (before === droppedDay) return
    let dropped = 0
    for (let n = -1; n !== 0 && !stopped; dropped += n) n = await store.dropRaw(before, 5_000)
    if (dropped > 0) log.info({ before, dropped }, 'raw readings dropped')
    droppedDay = before
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
const pastWithRollups = async (store: Pick<Store, 'rolledDays'>, nowMs: number): Promise<Owed> => {
  const last = periodAt(periodAt(nowMs).fromMs - 1)
  const found: Owed = new Map()
  for (const period of [last, periodAt(last.fromMs - 1)])
    if ((await store.rolledDays(period.firstDay, period.lastDay)).length > 0) owe(found, period.name, 'all')
  return found
}

interface Whole {
  readonly period: string
  readonly atMs: number
  /** Of the ledger, packs and calendars; StoreReads.ledgerChanges. */
  readonly ledger: number
  /** Where in the fleet sites answered. */
  readonly answered: string
}
