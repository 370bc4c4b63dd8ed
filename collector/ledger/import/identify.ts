import { keyOf } from '../check-ledger.ts'
import type { SheetKind } from './columns.ts'
import { blame, type Draft, type FaultSink } from './draft.ts'
import { shownValue } from './fault-list.ts'
import { idOfName, wordOf, type Names } from './names.ts'

/**
 * Gives every row its id and turns the words that refer to other rows into ids. Kinds come in the order in which they refer to each
 * other. Without an id of its own a school has its code's, a room, device or uplink one made of school and name (docs/operations.md).
 */
export const identify = (drafts: readonly Draft[], names: Names, faults: FaultSink): void => {
  const ofKind = Map.groupBy(drafts, draft => draft.kind)
  const each = (kind: SheetKind, work: (draft: Draft) => void): void => {
    for (const draft of ofKind.get(kind) ?? []) work(draft)
    for (const draft of ofKind.get(kind) ?? []) names.learn(draft)
  }
  each('areas', draft => own(draft, name => names.areasNamed(name)[0], faults))
  each('areas', draft => area(draft, 'parent', names, faults))
  each('schools', draft => {
    const code = wordOf(draft.values, 'code')
    draft.key = wordOf(draft.values, 'id') ?? (code === undefined ? undefined : names.schoolByCode(code))
    draft.key ??= code === undefined ? undefined : free(draft, idOfCode(code), names, faults)
    if (draft.key === undefined && draft.state === 'good')
      blame(draft, faults, {
        field: 'id',
        expected: 'is missing, and the code cannot be one: say an id of small letters, digits and -',
        value: ''
      })
    area(draft, 'area', names, faults)
  })
  for (const kind of ['rooms', 'devices'] as const)
    each(kind, draft => {
      const school = refer(draft, 'school', names.school, faults)
      const name = wordOf(draft.values, 'name')
      if (kind === 'devices') refer(draft, 'room', word => names.room(school, word), faults)
      draft.key = wordOf(draft.values, 'id')
      if (school !== undefined && name !== undefined)
        draft.key ??= names.named(kind, school, name) ?? free(draft, idOfName(school, name), names, faults)
      needsId(draft, faults)
    })
  each('uplinks', draft => {
    const school = refer(draft, 'school', names.school, faults)
    const device = refer(draft, 'device', word => names.device(school, word), faults)
    const line = wordOf(draft.values, 'interface')
    draft.key =
      wordOf(draft.values, 'id') ??
      (device === undefined ? undefined : line === undefined ? `${device}-up` : idOfName(`${device}-up`, line))
    needsId(draft, faults)
  })
  each('port_map', draft => {
    const said = refer(draft, 'school', names.school, faults)
    const device = refer(draft, 'switch', word => names.device(said, word), faults)
    const school = device === undefined ? said : (names.schoolOfDevice(device) ?? said)
    refer(draft, 'room', word => names.room(school, word), faults)
    draft.values.delete('school')
    draft.key = keyOf('port_map', Object.fromEntries(draft.values))
  })
  each('groups', draft => {
    const schools = draft.values.get('schools')
    if (Array.isArray(schools)) draft.values.set('schools', schools.map(String).map(names.school))
    own(draft, names.group, faults)
  })
  for (const kind of ['contacts', 'facts'] as const)
    each(kind, draft => {
      const school = refer(draft, 'school', names.school, faults)
      draft.key = kind === 'contacts' ? school : keyOf('facts', Object.fromEntries(draft.values))
    })
  for (const draft of drafts)
    if (draft.key !== undefined && !['port_map', 'facts', 'contacts'].includes(draft.kind))
      draft.values.set('id', draft.key)
}

const idOfCode = (code: string): string | undefined => {
  const small = code.toLowerCase()
  return couldBeId(small) ? small : undefined
}

/** Areas and groups have no code: their id, or the name of one that is known. */
const own = (draft: Draft, find: (name: string) => string | undefined, faults: FaultSink): void => {
  const name = wordOf(draft.values, 'name')
  draft.key = wordOf(draft.values, 'id') ?? (name === undefined ? undefined : find(name))
  if (draft.key === undefined && draft.state === 'good')
    blame(draft, faults, { field: 'id', expected: 'is missing: a new row needs one', value: '' })
}

const area = (draft: Draft, field: string, names: Names, faults: FaultSink): void => {
  const word = wordOf(draft.values, field)
  if (word === undefined || names.isArea(word)) return
  const found = names.areasNamed(word)
  if (found.length === 1) draft.values.set(field, found[0])
  else if (found.length === 0 && !couldBeId(word))
    blame(draft, faults, { field, expected: `must be ${nouns[field] ?? 'known'}`, value: shownValue(word) })
  else if (found.length > 1)
    blame(draft, faults, {
      field,
      expected: `must name one area: say the id, one of ${found.join(', ')}`,
      value: shownValue(word)
    })
}

/** What a word that leads nowhere should have been; one that could be an id is left to the check of the whole. */
const nouns: Readonly<Record<string, string>> = {
  school: 'the code or id of a known school',
  device: 'the id of a known device, or its name in the school',
  switch: 'the id of a known device, or its name in the school',
  room: 'the id of a known room, or its name in the school',
  area: 'the id or name of a known area',
  parent: 'the id or name of a known area'
}
const couldBeId = (word: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}$/.test(word)

const refer = (draft: Draft, field: string, find: (word: string) => string, faults: FaultSink): string | undefined => {
  const word = wordOf(draft.values, field)
  if (word === undefined) return undefined
  const found = find(word)
  draft.values.set(field, found)
  if (!couldBeId(found))
    blame(draft, faults, { field, expected: `must be ${nouns[field] ?? 'known'}`, value: shownValue(word) })
  return found
}

/** An id that is made up must not be the one of another row: that row would be overwritten by one that is not it. */
const free = (draft: Draft, id: string | undefined, names: Names, faults: FaultSink): string | undefined => {
  const { kind } = draft
  if (id !== undefined && (kind === 'schools' || kind === 'rooms' || kind === 'devices') && names.isTaken(kind, id))
    blame(draft, faults, {
      field: 'id',
      expected: 'is missing, and the one made of this row belongs to another in the ledger: say an id',
      value: shownValue(id)
    })
  return id
}

const needsId = (draft: Draft, faults: FaultSink): void => {
  if (draft.key === undefined && draft.state === 'good')
    blame(draft, faults, { field: 'id', expected: 'is missing, and so is what it could be made of', value: '' })
}
