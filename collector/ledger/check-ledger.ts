import { SentenceError } from '../../contract/parse.ts'
import { areaFaults, parentsFirst } from './check-areas.ts'
import { always, isDay } from './day-text.ts'
import { known, quoted, unique, type LedgerFault, type LedgerKind, type Row } from './fault.ts'
import type { Ledger } from './ledger.ts'
import { uplinkFaults } from './uplink.ts'

export const kinds = [
  'areas',
  'schools',
  'rooms',
  'devices',
  'uplinks',
  'port_map',
  'groups',
  'facts'
] as const satisfies readonly LedgerKind[]

/** What tells a row from the others of its kind. */
export const keyOf = (kind: LedgerKind, row: Row): string => {
  if (kind === 'port_map') return `${String(row['switch'])} ${String(row['port'])}`
  if (kind === 'facts') return `${String(row['school'])} ${String(row['key'])} ${String(row['as_of'])}`
  return String(row['id'])
}

/**
 * What a schema cannot say: ids and codes are unique, references exist, areas make a tree of falling levels, days exist. With `known`, the ledger
 * that is there already, references may lead into it, and its rows must still hang together afterwards. Gives the areas back parents
 * first. Throws a SentenceError with the first fault.
 */
export const checkLedger = (ledger: Ledger, place: string, before?: Ledger): Ledger => {
  const [fault] = before === undefined ? ledgerFaults(ledger) : faultsBeside(ledger, before)
  if (fault !== undefined) throw new SentenceError(`${place} ${sentenceOf(fault)}`)
  return { ...ledger, areas: parentsFirst(ledger.areas) }
}

export const sentenceOf = (fault: LedgerFault | StrangerFault): string => {
  const field = fault.field === '' ? '' : `/${fault.field}`
  const at = 'stranger' in fault ? `ledger ${fault.kind} ${quoted(fault.stranger)}` : `/${fault.kind}/${fault.index}`
  return `${at}${field} ${fault.expectation}, got ${fault.got}`
}

/** A fault of a row that is in the ledger already and not in the file: the file would break it. */
export interface StrangerFault extends LedgerFault {
  /** Key of that row. */
  readonly stranger: string
}

/** The rows of a ledger that a file does not name. */
const restOf = (ledger: Ledger, before: Ledger): Map<LedgerKind, readonly Row[]> =>
  new Map(
    kinds.map(kind => {
      const named = new Set(rowsOf(ledger, kind).map(row => keyOf(kind, row)))
      return [kind, rowsOf(before, kind).filter(row => !named.has(keyOf(kind, row)))]
    })
  )

/** The ledger as it is after a file: its other rows first, so that of two that clash the file's is the second, which is the one reported. */
export const beside = (ledger: Ledger, before: Ledger, rest = restOf(ledger, before)): Ledger =>
  // Rows of both are rows of a ledger.
  Object.fromEntries(
    kinds.map(kind => [kind, [...(rest.get(kind) ?? []), ...rowsOf(ledger, kind)]])
  ) as unknown as Ledger

/** Faults of a file's rows beside a ledger; those of rows it does not name only where the file makes them. */
export const faultsBeside = (ledger: Ledger, before: Ledger): (LedgerFault | StrangerFault)[] => {
  const rest = restOf(ledger, before)
  const both = beside(ledger, before, rest)
  let old: Set<string> | undefined
  const oldFaults = (): Set<string> => {
    old ??= new Set(
      ledgerFaults(before).map(fault =>
        faultKey({ ...fault, stranger: keyOf(fault.kind, rowsOf(before, fault.kind)[fault.index] ?? {}) })
      )
    )
    return old
  }
  return ledgerFaults(both).flatMap(fault => {
    const others = rest.get(fault.kind) ?? []
    if (fault.index >= others.length) return [{ ...fault, index: fault.index - others.length }]
    const stranger = { ...fault, stranger: keyOf(fault.kind, others[fault.index] ?? {}) }
    return oldFaults().has(faultKey(stranger)) ? [] : [stranger]
  })
}

const faultKey = (fault: StrangerFault): string =>
  JSON.stringify([fault.kind, fault.stranger, fault.field, fault.expectation, fault.got])

export const rowsOf = (ledger: Ledger, kind: LedgerKind): readonly Row[] => ledger[kind] ?? []

/** Every fault of a ledger that is whole in itself, in the order of its kinds. */
export const ledgerFaults = (ledger: Ledger): LedgerFault[] => [
  ...areaFaults(ledger.areas),
  ...schoolFaults(ledger),
  ...roomAndDeviceFaults(ledger),
  ...uplinkFaults(ledger),
  ...portFaults(ledger),
  ...groupFaults(ledger),
  ...factFaults(ledger)
]

function* schoolFaults({ areas, schools }: Ledger): Generator<LedgerFault> {
  yield* unique('schools', schools)
  const areaIds = new Map(areas.map(area => [area.id, area]))
  const codes = new Map<string, string>()
  for (const [index, school] of schools.entries()) {
    const at = { kind: 'schools', index } as const
    const other = codes.get(school.code)
    if (other !== undefined && other !== school.id)
      yield {
        ...at,
        field: 'code',
        expectation: 'must be unique',
        got: `${quoted(school.code)}, which school ${quoted(other)} has`,
        twin: other
      }
    codes.set(school.code, school.id)
    yield* known(areaIds, school.area, { ...at, field: 'area' }, 'areas', 'area')
    const { area_from: from, closed_on: closed } = school
    if (from !== undefined && from !== always) yield* realDay(from, { ...at, field: 'area_from' })
    if (closed !== undefined) yield* realDay(closed, { ...at, field: 'closed_on' })
  }
}

function* roomAndDeviceFaults({ schools, rooms = [], devices = [] }: Ledger): Generator<LedgerFault> {
  const schoolIds = new Map(schools.map(school => [school.id, school]))
  const roomIds = new Map(rooms.map(room => [room.id, room]))
  yield* unique('rooms', rooms)
  for (const [index, room] of rooms.entries())
    yield* known(schoolIds, room.school, { kind: 'rooms', index, field: 'school' }, 'schools', 'school')
  yield* unique('devices', devices)
  for (const [index, device] of devices.entries()) {
    const at = { kind: 'devices', index } as const
    yield* known(schoolIds, device.school, { ...at, field: 'school' }, 'schools', 'school')
    if (device.room === undefined) continue
    yield* known(roomIds, device.room, { ...at, field: 'room' }, 'rooms', 'room')
    const room = roomIds.get(device.room)
    if (room !== undefined && room.school !== device.school && schoolIds.has(device.school))
      yield {
        ...at,
        field: 'room',
        expectation: `must be a room of school ${quoted(device.school)}`,
        got: `${quoted(device.room)} of ${quoted(room.school)}`,
        about: [{ kind: 'rooms', id: room.id }]
      }
  }
}

function* portFaults({ rooms = [], devices = [], port_map: ports = [] }: Ledger): Generator<LedgerFault> {
  const deviceIds = new Map(devices.map(device => [device.id, device]))
  const roomIds = new Map(rooms.map(room => [room.id, room]))
  const seen = new Set<string>()
  for (const [index, row] of ports.entries()) {
    const at = { kind: 'port_map', index } as const
    const key = keyOf('port_map', row)
    if (seen.has(key))
      yield {
        ...at,
        field: 'port',
        expectation: `must be mapped once for switch ${quoted(row.switch)}`,
        got: `${quoted(row.port)} again`,
        twin: key
      }
    seen.add(key)
    yield* known(deviceIds, row.switch, { ...at, field: 'switch' }, 'devices', 'device')
    yield* known(roomIds, row.room, { ...at, field: 'room' }, 'rooms', 'room')
    const device = deviceIds.get(row.switch)
    const room = roomIds.get(row.room)
    if (device !== undefined && device.kind !== 'switch')
      yield {
        ...at,
        field: 'switch',
        expectation: 'must be a device of kind switch',
        got: `${quoted(row.switch)} which is a ${device.kind}`,
        about: [{ kind: 'devices', id: device.id }]
      }
    else if (device !== undefined && room !== undefined && room.school !== device.school)
      yield {
        ...at,
        field: 'room',
        expectation: `must be a room of school ${quoted(device.school)}`,
        got: `${quoted(row.room)} of ${quoted(room.school)}`,
        about: [
          { kind: 'rooms', id: room.id },
          { kind: 'devices', id: device.id }
        ]
      }
  }
}

function* groupFaults({ schools, groups = [] }: Ledger): Generator<LedgerFault> {
  const schoolIds = new Map(schools.map(school => [school.id, school]))
  yield* unique('groups', groups)
  for (const [index, group] of groups.entries())
    for (const [i, school] of group.schools.entries())
      yield* known(schoolIds, school, { kind: 'groups', index, field: `schools/${i}` }, 'schools', 'school')
}

function* factFaults({ schools, facts = [] }: Ledger): Generator<LedgerFault> {
  const schoolIds = new Map(schools.map(school => [school.id, school]))
  const values = new Map<string, string>()
  for (const [index, fact] of facts.entries()) {
    const at = { kind: 'facts', index } as const
    yield* known(schoolIds, fact.school, { ...at, field: 'school' }, 'schools', 'school')
    yield* realDay(fact.as_of, { ...at, field: 'as_of' })
    const key = keyOf('facts', fact)
    const other = values.get(key)
    if (other !== undefined && other !== fact.value)
      yield {
        ...at,
        field: 'value',
        expectation: `must not contradict ${quoted(other)}, declared for the same school, key and day`,
        got: quoted(fact.value),
        twin: key
      }
    values.set(key, fact.value)
  }
}

function* realDay(day: string, at: Pick<LedgerFault, 'kind' | 'index' | 'field'>): Generator<LedgerFault> {
  if (!isDay(day)) yield { ...at, expectation: 'must be a day of the calendar', got: quoted(day) }
}
