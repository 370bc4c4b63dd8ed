import { createHash } from 'node:crypto'
import type { Ledger } from '../ledger.ts'
import type { Draft } from './draft.ts'

/**
 * How rows of a file and of the ledger are found: a school by id or code, an area by id or name, rooms and devices by id or by their
 * name within the school; a name within the school counts before the id of something elsewhere. What the file says counts before what
 * the ledger says.
 */
export interface Names {
  isArea(id: string): boolean
  areasNamed(name: string): readonly string[]
  school(word: string): string
  room(school: string | undefined, word: string): string
  device(school: string | undefined, word: string): string
  /** The room or device of that name in a school. */
  named(kind: 'rooms' | 'devices', school: string, name: string): string | undefined
  schoolOfDevice(id: string): string | undefined
  /** Whether the ledger has such a row already: an id that is only made up must not be one of these. */
  isTaken(kind: 'schools' | 'rooms' | 'devices', id: string): boolean
  group(name: string): string | undefined
  schoolByCode(code: string): string | undefined
  learn(draft: Draft): void
}

export const openNames = (before: Ledger): Names => {
  const areaIds = new Set(before.areas.map(area => area.id))
  const areasNamed = new Map<string, Set<string>>()
  const nameArea = (name: string, id: string): void =>
    void areasNamed.set(name, (areasNamed.get(name) ?? new Set()).add(id))
  for (const { name, id } of before.areas) nameArea(name, id)
  const schoolIds = new Set(before.schools.map(school => school.id))
  const codes = new Map(before.schools.map(school => [school.code, school.id]))
  const taken = new Set(
    (['schools', 'rooms', 'devices'] as const).flatMap(kind => (before[kind] ?? []).map(row => `${kind} ${row.id}`))
  )
  const placed = (rows: readonly { id: string; school: string; name: string }[] = []) => ({
    schools: new Map(rows.map(row => [row.id, row.school])),
    named: new Map(rows.map(row => [placeKey(row.school, row.name), row.id]))
  })
  const rooms = placed(before.rooms)
  const devices = placed(before.devices)
  const groups = new Map((before.groups ?? []).map(group => [group.name, group.id]))
  const within = (found: typeof rooms, school: string | undefined, word: string): string =>
    found.schools.get(word) === school ? word : (found.named.get(placeKey(school ?? '', word)) ?? word)

  return {
    isArea: id => areaIds.has(id),
    areasNamed: name => [...(areasNamed.get(name) ?? [])],
    school: word => (schoolIds.has(word) ? word : (codes.get(word) ?? word)),
    room: (school, word) => within(rooms, school, word),
    device: (school, word) => within(devices, school, word),
    named: (kind, school, name) => (kind === 'rooms' ? rooms : devices).named.get(placeKey(school, name)),
    schoolOfDevice: id => devices.schools.get(id),
    isTaken: (kind, id) => taken.has(`${kind} ${id}`),
    group: name => groups.get(name),
    schoolByCode: code => codes.get(code),
    learn: ({ kind, key, values }) => {
      if (key === undefined) return
      const name = wordOf(values, 'name')
      const school = wordOf(values, 'school') ?? ''
      if (kind === 'areas') {
        areaIds.add(key)
        if (name !== undefined) nameArea(name, key)
      } else if (kind === 'schools') {
        schoolIds.add(key)
        const code = wordOf(values, 'code')
        if (code !== undefined) codes.set(code, key)
      } else if (kind === 'rooms' || kind === 'devices') {
        const found = kind === 'rooms' ? rooms : devices
        found.schools.set(key, school)
        if (name !== undefined) found.named.set(placeKey(school, name), key)
      } else if (kind === 'groups' && name !== undefined) groups.set(name, key)
    }
  }
}

/** Signs of full and half width are one name to a person, and so are the spellings of one character. */
const placeKey = (school: string, name: string): string => `${school} ${name.normalize('NFKC')}`

/** A value that is a word, or undefined. */
export const wordOf = (values: ReadonlyMap<string, unknown>, field: string): string | undefined => {
  const value = values.get(field)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An id from a name: the name itself where it can be one, else 10 digits of its hash, so that the same name always gets the same id. */
export const idOfName = (prefix: string, name: string): string => {
  const same = name.normalize('NFKC')
  const small = same.toLowerCase()
  const fits = /^[a-z0-9][a-z0-9-]{0,23}$/.test(small)
  return `${prefix}-${fits ? small : createHash('sha256').update(same).digest('hex').slice(0, 10)}`
}
