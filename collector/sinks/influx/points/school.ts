import { dayMs, dayOf } from '../../../calendar/day.ts'
import { livenessOf, type Patience } from '../../../liveness.ts'
import type { AgentRow, Store } from '../../../store/store.ts'
import type { Places } from '../places.ts'
import { figure, type Point } from '../point.ts'
import type { Hours } from './hours.ts'

/** Longer silence is not counted on: it is long enough. */
const mostSilenceMs = 14 * dayMs

/** Every school that is open on the day of `atMs`, whether anything is heard from it or not. `atMs` is aligned by the caller. */
export const schoolPoints = async (
  store: Pick<Store, 'schools' | 'agents'>,
  places: Places,
  hours: Hours,
  patience: Patience,
  atMs: number
): Promise<Point[]> => {
  const [schools, agents] = [await store.schools(dayOf(atMs)), await store.agents()]
  const ofSchool = Map.groupBy(
    agents.filter(agent => agent.state === 'approved'),
    agent => agent.school
  )
  return schools.flatMap(({ id }) => {
    const place = places.school(id, atMs)
    if (place === undefined) return []
    const own = ofSchool.get(id) ?? []
    const fields = {
      agents_n: own.length,
      silent_n: own.filter(agent => livenessOf(agent, atMs, patience) === 'silent').length,
      ...silenceOf(id, own, hours, atMs)
    }
    return [figure('school', place.tags, fields, atMs)]
  })
}

const silenceOf = (school: string, agents: readonly AgentRow[], hours: Hours, atMs: number): Record<string, number> => {
  const seen = agents.flatMap(agent => agent.seenMs ?? [])
  const skews = agents.flatMap(agent => (agent.skewMs === undefined ? [] : Math.abs(agent.skewMs)))
  const seenMs = Math.min(atMs, Math.max(...seen))
  return {
    ...(seen.length === 0
      ? {}
      : {
          silent_s: (atMs - seenMs) / 1_000,
          silent_hours_s: hours.within(school, Math.max(seenMs, atMs - mostSilenceMs), atMs) / 1_000
        }),
    ...(skews.length === 0 ? {} : { skew_ms: Math.max(...skews) })
  }
}
