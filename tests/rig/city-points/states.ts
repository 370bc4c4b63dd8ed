import { dayMs } from '../../../collector/calendar/day.ts'
import type { Held } from '../influxql/evaluate.ts'
import type { City } from './city.ts'
import { tagsOfSchool } from './place.ts'

const minuteMs = 60_000

/** How every school stood at a moment: its agents, and for how long nobody was heard. */
export const schoolPoints = (city: City, atMs: number, uploadMs: number): Held[] => {
  const patienceMs = Math.max(600_000, 5 * uploadMs)
  return [...city.schools.keys()].map(school => {
    const agents = [...city.agents.values()].filter(agent => agent.school === school && agent.state === 'approved')
    const heard = agents.map(({ id, enrolledMs }) => {
      const last = city.batches.findLast(batch => batch.agent === id && batch.receivedMs <= atMs)
      return { silent: atMs - (last?.receivedMs ?? enrolledMs) > patienceMs, last }
    })
    const batches = heard.flatMap(({ last }) => last ?? [])
    const lastMs = Math.max(...batches.map(batch => batch.receivedMs))
    return {
      measurement: 'school',
      tags: tagsOfSchool(city, school),
      fields: {
        agents_n: agents.length,
        silent_n: heard.filter(one => one.silent).length,
        ...(batches.length === 0
          ? {}
          : {
              silent_s: (atMs - lastMs) / 1_000,
              silent_hours_s: hoursBetween(city, school, lastMs, atMs) / 1_000,
              skew_ms: Math.max(...batches.map(batch => Math.abs(batch.skewMs)))
            })
      },
      atMs,
      offsetNs: 0
    }
  })
}

/** Time in the hours of a school; of the last fourteen days at most. */
const hoursBetween = (city: City, school: string, fromMs: number, toMs: number): number => {
  const calendar = city.calendarOf(school)
  const startMs = Math.max(fromMs, toMs - 14 * dayMs)
  let sum = 0
  for (let at = Math.floor(startMs / minuteMs) * minuteMs; at < toMs; at += minuteMs)
    if (calendar.isInHours(at)) sum += Math.min(at + minuteMs, toMs) - Math.max(at, startMs)
  return sum
}
