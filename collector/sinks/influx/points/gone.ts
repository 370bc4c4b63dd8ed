import type { Point } from '../point.ts'
import { goalStateCodes, verdictCodes } from '../schema.ts'

/**
 * What was sent of a period and is not there any more: a school that was closed, a target that rules no longer. InfluxDB keeps a point until it is
 * overwritten, so the rows of the same day are written once more with nothing in them. Only what this process sent: after a restart an old row
 * stays for its day, and the next day's figures lack it.
 */
export interface Gone {
  with(period: string, points: readonly Point[]): Point[]
}

export const openGone = (): Gone => {
  /** Series by period, with the day they were written for. */
  const sent = new Map<string, Map<string, Point>>()
  return {
    with: (period, points) => {
      const before = sent.get(period) ?? new Map<string, Point>()
      const now = new Map<string, Point>()
      for (const point of points) {
        const empty = emptied(point)
        if (empty !== undefined) now.set(keyOf(point), empty)
      }
      const date = points.reduce((last, point) => (point.measurement === 'target_1d' ? point.atMs : last), 0)
      const gone = [...before].filter(([key, { atMs }]) => !now.has(key) && atMs === date).map(([, point]) => point)
      sent.set(period, now)
      if (sent.size > periodsKept) sent.delete([...sent.keys()].sort()[0] ?? '')
      return [...points, ...gone]
    }
  }
}

/** The running period, and those before it that may still move. */
const periodsKept = 3

const keyOf = ({ measurement, tags }: Point): string =>
  `${measurement} ${tags['school'] ?? ''} ${tags['area'] ?? ''} ${tags['group'] ?? ''} ${tags['target'] ?? ''}`

/** The same row, that nobody counts. */
const emptied = (point: Point): Point | undefined => {
  const fields = nothing[point.measurement]
  return fields === undefined ? undefined : { ...point, fields }
}

const nobody = { met_n: 0, missed_n: 0, unknown_n: 0, not_applicable_n: 0 }
const nothing: Readonly<Record<string, Point['fields'] | undefined>> = {
  school_1d: { verdict: verdictCodes.not_applicable, met: 0, missed: 0, known: 0, applies: 0, value: 0, goal: 0 },
  standing_1d: nobody,
  target_1d: { ...nobody, total_n: 0, goal_state: goalStateCodes.no_goal }
}
