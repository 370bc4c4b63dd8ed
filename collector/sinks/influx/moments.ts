import type { StoreReads } from '../../store/store.ts'
import { standingOf } from '../standing.ts'
import { counted } from './lane.ts'
import { figure, type Point } from './point.ts'
import type { Progress } from './progress.ts'
import type { Settling } from './settling.ts'
import type { Shipping } from './shipping.ts'
import { schoolsEveryMs, type World } from './world.ts'

/**
 * States of a moment: schools every five minutes, the pipeline every minute, dated with the full minute. They are never queued: while the
 * server is away there are none, and `behind_s` tells of the outage afterwards.
 */
export interface Moments {
  step(): Promise<void>
  /** The minute of the pipeline's last point that was delivered; 0 before the first. */
  pipelineMs(): number
}

export interface MomentsDeps {
  readonly store: StoreReads
  readonly world: World
  readonly shipping: Shipping
  readonly progress: Progress
  readonly settling: Pick<Settling, 'isOver'>
  readonly now: () => number
}

const minuteMs = 60_000

export const openMoments = ({ store, world, shipping, progress, settling, now }: MomentsDeps): Moments => {
  const done = { schools: -1, pipeline: -1 }
  let pipelineMs = 0

  const send = async (points: readonly Point[]): Promise<void> => {
    const sent = await shipping.ship(points)
    await progress.move(row => counted(row, sent, now()), sent.letters)
  }

  return {
    step: async () => {
      const schools = Math.floor(now() / schoolsEveryMs)
      if (schools !== done.schools && settling.isOver()) {
        done.schools = schools
        await world.refresh()
        await send(await world.schoolPoints())
      }
      const pipeline = Math.floor(now() / minuteMs)
      if (pipeline !== done.pipeline) {
        done.pipeline = pipeline
        const atMs = pipeline * minuteMs
        await send([await pipelinePoint(store, progress, atMs, now())])
        pipelineMs = atMs
      }
    },
    pipelineMs: () => pipelineMs
  }
}

const pipelinePoint = async (store: StoreReads, progress: Progress, atMs: number, nowMs: number): Promise<Point> => {
  const standing = await standingOf(store, progress.row(), nowMs)
  const counts = await store.counts()
  return figure(
    'pipeline',
    {},
    {
      behind_n: standing.behindN,
      behind_s: standing.behindS,
      history_n: standing.historyN,
      points_n: standing.pointsN,
      refused_n: standing.deadLettersN,
      too_old_n: standing.tooOldN,
      dirty_n: counts.dirty,
      gaps_n: counts.gaps,
      lost_n: counts.lostReadings,
      refused_readings_n: counts.rejected,
      simulated: (await store.isSimulated()) ? 1 : 0
    },
    atMs
  )
}
