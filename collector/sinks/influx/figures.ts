import { dayMs, dayOf } from '../../calendar/day.ts'
import { periodAt } from '../../calendar/period.ts'
import type { SinkReads, SinkRow } from '../../store/sink-store.ts'
import type { Allowance } from './allowance.ts'
import { counted, type Step } from './lane.ts'
import type { Progress } from './progress.ts'
import type { Sent, Shipping } from './shipping.ts'
import type { World } from './world.ts'

/** Rollups and what a period says, sent when they change. */
export interface Figures {
  /** Sends a page of what is due. Between passes there is nothing to do. */
  step(): Promise<Step>
}

export interface FiguresDeps {
  readonly store: Pick<SinkReads, 'changes' | 'changeHead'>
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
 * A pass goes up to what had changed when it began: figures that change again and again are sent once a pass. A period's figures also move
 * with the clock, so the running one is sent on every local day, and at start.
 */
export const openFigures = (deps: FiguresDeps): Figures => {
  const { store, world, shipping, progress, allowance, now, everyMs } = deps
  let dueMs = -Infinity
  let passUpTo: number | undefined
  let sentDay = ''

  const moveOn = (sent: Sent, change: (row: SinkRow) => SinkRow): Promise<void> =>
    progress.move(row => counted(change(row), sent, now()), sent.letters)

  const rollups = async (upTo: number): Promise<Step> => {
    const found = (await store.changes('rollup', progress.row().rollupSeq, blocksAtOnce)).filter(one => one.seq <= upTo)
    const last = found.at(-1)
    if (last === undefined) return 'idle'
    const old = found.some(({ key }) => key < dayOf(now() - freshMs))
    const waitMs = old ? allowance.waitMs() : 0
    if (waitMs > 0) return { waitMs }
    await world.refresh()
    const points = await world.blockPoints(found.map(({ key }) => key))
    if (old) allowance.spend(points.length)
    await moveOn(await shipping.ship(points), row => ({ ...row, rollupSeq: last.seq }))
    return 'more'
  }

  const period = async (upTo: number): Promise<Step> => {
    const [found] = await store.changes('period', progress.row().periodSeq, 1)
    if (found === undefined || found.seq > upTo) return 'idle'
    await world.refresh()
    const day = dayOf(now())
    const sent = await shipping.ship(await world.periodPoints(found.key))
    await moveOn(sent, row => ({ ...row, periodSeq: found.seq }))
    if (found.key === periodAt(now()).name) sentDay = day
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

  return {
    step: async () => {
      const day = dayOf(now())
      if (passUpTo === undefined) {
        // A clock that was set back must not keep figures away.
        const due = now() >= dueMs || dueMs - now() > everyMs || sentDay !== day
        if (!due) return 'idle'
        passUpTo = await store.changeHead()
      }
      const rolled = await rollups(passUpTo)
      if (rolled !== 'idle') return rolled
      const judged = await period(passUpTo)
      if (judged !== 'idle') return judged
      await passed(day)
      passUpTo = undefined
      dueMs = now() + everyMs
      return 'idle'
    }
  }
}
