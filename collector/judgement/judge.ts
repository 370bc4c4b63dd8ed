import type { Period } from '../calendar/period.ts'
import type { Store } from '../store/store.ts'
import { figuresOf, rankingsBefore } from './figures.ts'
import { openPeriod } from './gather.ts'
import { judgeSchools } from './judge-schools.ts'
import { isOutOfMemory, judgeElsewhere } from './own-thread.ts'

/** From so many schools on two threads judge half of them each. */
const schoolsForTwo = 300

/**
 * Judges every school, or only the named ones, for every target that rules its area, and stores verdicts, shares and rankings as the current
 * ones. A few schools are written at a time: in between, some verdicts are new and some are of before, and each is true of its time.
 */
export const judgePeriod = async (
  store: Omit<Store, 'share' | 'close'> & Partial<Pick<Store, 'share'>>,
  period: Period,
  nowMs: number,
  only?: ReadonlySet<string>,
  forTwo = schoolsForTwo
): Promise<void> => {
  const inputs = await openPeriod(store, period, nowMs)
  const { share } = store
  const ids = inputs.schools.map(school => school.id).filter(id => only?.has(id) ?? true)
  const halves =
    share === undefined || ids.length < forTwo
      ? [judgeSchools(store, inputs, new Set(ids))]
      : [ids.slice(0, ids.length >> 1), ids.slice(ids.length >> 1)].map(half =>
          judgeElsewhere(share(), period.name, nowMs, half).catch((error: unknown) => {
            if (isOutOfMemory(error)) return judgeSchools(store, inputs, new Set(half))
            throw error
          })
        )
  const done = (await Promise.all(halves)).flat()
  const said = only === undefined ? done : await store.said(period.name)
  const { shares, rankings } = figuresOf(inputs, said, await rankingsBefore(store, period.name))
  await store.putShares(
    period.name,
    inputs.schools.map(school => school.id),
    shares
  )
  await store.putRankings(period.name, 0, rankings)
}
