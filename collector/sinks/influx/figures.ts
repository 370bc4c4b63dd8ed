import { dayMs, dayOf } from '../../calendar/day.ts'
import { periodAt } from '../../calendar/period.ts'
import type { SinkReads, SinkRow } from '../../store/sink-store.ts'
import type { Allowance } from './allowance.ts'
import { counted, type Step } from './lane.ts'
import { openPass, type Pass } from './pass.ts'
import type { Progress } from './progress.ts'
import type { Sent, Shipping } from './shipping.ts'
import type { World } from './world.ts'

/** Rollups and what a period says, sent when they change. */
export interface Figures {
  /** Sends a page of what is due. Between passes there is nothing to do. */
  step(): Promise<Step>
  /** The row went back, to a database that may have no figure at all: the next pass begins at once. */
  again(): void
}

export interface FiguresDeps {
  readonly store: Pick<SinkReads, 'changes'>
  readonly world: World
  readonly shipping: Shipping
  readonly progress: Progress
  readonly allowance: Allowance
  readonly now: () => number
  readonly everyMs: number
}

/** Some thousands of points. */
const blocksAtOnce = 20
/** Older days are history: a first start has a year of them. */
const freshMs = 2 * dayMs

/**
 * Figures that change again and again are sent once a pass. A period's figures also move with the clock, so the running one is sent on every local
 * day, and at start.
 */
export const openFigures = (deps: FiguresDeps): Figures => {
  const { store, world, shipping, progress, allowance, now, everyMs } = deps
  let dueMs = -Infinity
  let pass: { readonly rollups: Pass; readonly periods: Pass } | undefined
  let sentDay = ''

  const moveOn = (sent: Sent, change: (row: SinkRow) => SinkRow): Promise<void> =>
    progress.move(row => counted(change(row), sent, now()), sent.letters)

  const rollups = async (pass: Pass): Promise<Step> => {
    const page = await pass.next(progress.row().rollupSeq, blocksAtOnce)
    if (page === undefined) return 'idle'
    const { due, upTo } = page
    const old = due.some(({ key }) => key < dayOf(now() - freshMs))
    const waitMs = old ? allowance.waitMs() : 0
    if (waitMs > 0) return { waitMs }
    await world.refresh()
    const points = await world.blockPoints(due.map(({ key }) => key))
    if (old) allowance.spend(points.length)
    await moveOn(await shipping.ship(points), row => ({ ...row, rollupSeq: upTo }))
    pass.done(page)
    return 'more'
  }

  const period = async (pass: Pass): Promise<Step> => {
    const page = await pass.next(progress.row().periodSeq, 1)
    const key = page?.due[0]?.key
    if (page === undefined || key === undefined) return 'idle'
    await world.refresh()
    const day = dayOf(now())
    const sent = await shipping.ship(await world.periodPoints(key))
    await moveOn(sent, row => ({ ...row, periodSeq: page.upTo }))
    pass.done(page)
    if (key === periodAt(now()).name) sentDay = day
    return 'more'
  }

  /** What no change tells of: days that ended, and the running period on a new one. */
  const passed = async (day: string): Promise<void> => {
    await world.refresh()
    const ended = await world.blockPoints([])
    if (ended.length > 0) await moveOn(await shipping.ship(ended), row => row)
    if (sentDay === day) return
    await moveOn(await shipping.ship(await world.periodPoints(periodAt(now()).name)), row => row)
    sentDay = day
  }

  const step = async (): Promise<Step> => {
    const day = dayOf(now())
    if (pass === undefined) {
      // A clock that was set back must not keep figures away.
      const due = now() >= dueMs || dueMs - now() > everyMs || sentDay !== day
      if (!due) return 'idle'
      pass = { rollups: openPass(store, 'rollup'), periods: openPass(store, 'period') }
    }
    // Verdicts are few, and must not wait for the rollups of years.
    const judged = await period(pass.periods)
    if (judged !== 'idle') return judged
    const rolled = await rollups(pass.rollups)
    if (rolled !== 'idle') return rolled
    await passed(day)
    pass = undefined
    dueMs = now() + everyMs
    return 'idle'
  }

  return {
    step,
    again: () => {
      pass = undefined
      sentDay = ''
      world.forgetSent()
    }
  }
}
