import { limits } from '../../../contract/limits.ts'
import { openInterned } from '../../interned.ts'
import type { AreaRow, DeviceRow, SchoolRow } from '../../ledger/ledger.ts'
import type { PlaceRow } from '../../store/sink-store.ts'
import type { AgentRow } from '../../store/store.ts'
import { linesIn } from '../../verdicts/area-line.ts'

/** Tags of a point, and while which time they hold; `none` is left out. */
export interface PlacedTags {
  readonly tags: Readonly<Record<string, string>>
  readonly fromMs: number
  /** Exclusive. */
  readonly untilMs: number
}

/**
 * Where devices, schools, areas and agents stand, at a moment. A point that is sent again must carry the tags of the first time, or it would be
 * counted under two counties: so what was said once of a time stays said, and a change of the ledger holds for later times only.
 */
export interface Places {
  /** Place tags of a device, its school's with it; undefined for one that is not registered. */
  device(id: string, atMs: number): PlacedTags | undefined
  school(id: string, atMs: number): PlacedTags | undefined
  area(id: string, atMs: number): PlacedTags | undefined
  /** Of an agent's first device; undefined while it has none. */
  agent(id: string, atMs: number): PlacedTags | undefined
  /** The school that a device stands in. */
  schoolOf(device: string, atMs: number): string | undefined
  /** Versions that begin because a subject is new or stands elsewhere now. Nothing holds before `add` says that it is kept. */
  changesTo(now: ReadonlyMap<string, Place>, nowMs: number): readonly PlaceRow[]
  add(rows: readonly PlaceRow[]): void
}

/** What is said of one subject, by tag: of a device its school, room and kind, of a school its areas, stage and zone, of an agent its device. */
export type Place = Readonly<Record<string, string>>

interface Version {
  readonly fromMs: number
  readonly place: Place
  /** What was said of the time before. */
  readonly before: Version | undefined
}

/** Readings may be dated so far ahead, and were sent with the tags of before. */
const aheadMs = limits.futureMs

export const openPlaces = (sink: string, rows: readonly PlaceRow[]): Places => {
  const newest = new Map<string, Version>()
  const intern = openInterned()
  const add = (more: readonly PlaceRow[]): void => {
    for (const { subject, fromMs, tags } of more)
      if (kinds.test(subject)) {
        const place = Object.fromEntries(
          Object.entries(JSON.parse(tags) as Place).map(([tag, value]) => [tag, intern(value)])
        )
        newest.set(subject, { fromMs, place, before: newest.get(subject) })
      }
  }
  const find = (subject: string, atMs: number): Found | undefined => {
    let untilMs = Infinity
    let version = newest.get(subject)
    // The first one holds for all time before it, too.
    while (version?.before !== undefined && version.fromMs > atMs) {
      untilMs = version.fromMs
      version = version.before
    }
    return version === undefined
      ? undefined
      : { place: version.place, fromMs: version.before === undefined ? -Infinity : version.fromMs, untilMs }
  }
  const school = (id: string, atMs: number): PlacedTags | undefined => {
    const found = find(`school:${id}`, atMs)
    return found === undefined ? undefined : { ...found, tags: { ...found.place, school: id } }
  }
  const device = (id: string, atMs: number): PlacedTags | undefined => {
    const own = find(`device:${id}`, atMs)
    const around = own === undefined ? undefined : school(own.place['school'] ?? '', atMs)
    return own === undefined || around === undefined
      ? undefined
      : { ...both(own, around), tags: { ...around.tags, ...own.place, device: id } }
  }
  add(rows)
  return {
    device,
    school,
    area: (id, atMs) => {
      const found = find(`area:${id}`, atMs)
      return found === undefined ? undefined : { ...found, tags: found.place }
    },
    agent: (id, atMs) => {
      const own = find(`agent:${id}`, atMs)
      if (own === undefined) return undefined
      const around = device(own.place['device'] ?? '', atMs)
      return around === undefined ? undefined : { ...both(own, around), tags: around.tags }
    },
    schoolOf: (id, atMs) => find(`device:${id}`, atMs)?.place['school'],
    changesTo: (now, nowMs) =>
      [...now].flatMap(([subject, place]): PlaceRow[] => {
        const last = newest.get(subject)
        if (last !== undefined && isSame(last.place, place)) return []
        const fromMs = last === undefined ? 0 : Math.max(nowMs + aheadMs, last.fromMs + 1)
        return [{ sink, subject, fromMs, tags: JSON.stringify(place) }]
      }),
    add
  }
}

interface Found extends Omit<PlacedTags, 'tags'> {
  readonly place: Place
}

const kinds = /^(device|school|area|agent):/

const both = (a: Omit<PlacedTags, 'tags'>, b: Omit<PlacedTags, 'tags'>): Omit<PlacedTags, 'tags'> => ({
  fromMs: Math.max(a.fromMs, b.fromMs),
  untilMs: Math.min(a.untilMs, b.untilMs)
})

const isSame = (a: Place, b: Place): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key])
}

/** What the ledger says now of areas, schools and devices, by subject. Areas that are missing on the way up are left out. */
export const placesIn = (
  areas: readonly AreaRow[],
  schools: readonly SchoolRow[],
  devices: readonly DeviceRow[]
): Map<string, Place> => {
  const byId = new Map(areas.map(area => [area.id, area]))
  const lineTo = linesIn(areas)
  const above = new Map(areas.map(({ id }) => [id, placeOf(lineTo(id).map(step => byId.get(step)))] as const))
  return new Map<string, Place>([
    ...areas.map((area): [string, Place] => [`area:${area.id}`, above.get(area.id) ?? {}]),
    ...schools.map(({ id, area, stage, zone }): [string, Place] => [
      `school:${id}`,
      { ...above.get(area), stage, zone }
    ]),
    ...devices.map(({ id, school, room, kind }): [string, Place] => [
      `device:${id}`,
      { school, ...(room === undefined ? {} : { room }), kind }
    ])
  ])
}

/** The same of agents. One without a device waits for approval: what is said of it first would hold for all time before. */
export const placesOfAgents = (agents: readonly Pick<AgentRow, 'id' | 'devices'>[]): Map<string, Place> =>
  new Map(
    agents.flatMap(({ id, devices: [first] }): [string, Place][] =>
      first === undefined ? [] : [[`agent:${id}`, { device: first }]]
    )
  )

const tagLevels: readonly string[] = ['province', 'city', 'county']

/** The nearest area of each level, of an area and everything above it. */
const placeOf = (line: readonly (AreaRow | undefined)[]): Place => {
  const place: Record<string, string> = {}
  for (const area of line) if (area !== undefined && tagLevels.includes(area.level)) place[area.level] ??= area.id
  return place
}
