import type { Held } from '../influxql/evaluate.ts'
import type { Choices } from '../influxql/grafana.ts'
import type { Visit } from '../influxql/visit.ts'
import { isChosen } from './caption.ts'

/** What a drop-down offers: values of its tag among these points, following the choices before it. */
interface Offer {
  readonly points: string
  readonly tag: string
  readonly follows: readonly string[]
  readonly where?: (tags: Held['tags']) => boolean
}

const offers: Readonly<Record<string, Offer>> = {
  city: { points: 'standing_1d', tag: 'city', follows: [] },
  county: { points: 'standing_1d', tag: 'county', follows: ['city'] },
  school: { points: 'standing_1d', tag: 'school', follows: ['city', 'county'] },
  device: { points: 'host_1d', tag: 'device', follows: ['city', 'county', 'school'] },
  area: { points: 'target_1d', tag: 'area', follows: ['city'], where: tags => tags['county'] === 'none' },
  scope: { points: 'rank_1m', tag: 'scope', follows: [] },
  'cg-overview target': { points: 'target_1d', tag: 'target', follows: ['area'] },
  'cg-ranking target': { points: 'rank_1m', tag: 'target', follows: ['scope'] }
}

/** Drop-downs that offer something else than they should, a sentence each; and those that nobody knows here. */
export const choiceFaults = (points: readonly Held[], visits: readonly Visit[]): string[] => {
  const byMeasurement = Map.groupBy(points, ({ measurement }) => measurement)
  const faults = visits.flatMap(({ board, choices }) =>
    [...choices].flatMap(([name, { options }]) => {
      const place = `${board.uid} ${name}`
      const offer = offers[place] ?? offers[name]
      if (offer === undefined) return [`${place} must be known to its test`]
      const want = offered(byMeasurement.get(offer.points) ?? [], offer, choices)
      return options.toSorted().join() === want.join()
        ? []
        : [`${place} must offer ${want.join()}, got ${options.join()}`]
    })
  )
  return [...new Set(faults)]
}

const offered = (points: readonly Held[], { tag, follows, where = () => true }: Offer, choices: Choices): string[] =>
  [
    ...new Set(
      points
        .filter(({ tags }) => where(tags) && follows.every(name => isChosen(choices, name, tags[name] ?? '')))
        .map(({ tags }) => tags[tag] ?? '')
        .filter(id => id !== 'none')
    )
  ].sort()
