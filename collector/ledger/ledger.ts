import Type, { type Static } from 'typebox'
import { RegistryId } from '../../contract/registry-id.ts'
import { SentenceError } from '../../contract/parse.ts'
import { checkUplinks, Uplink } from './uplink.ts'

/** The ledger (台账): what exists and where. Names are for people, ids for machines. */
const Name = Type.String({ minLength: 1, maxLength: 200 })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

export const stages = ['primary', 'middle', 'nine-year', 'high', 'vocational', 'teaching-point'] as const
export const zones = ['urban', 'town', 'rural'] as const
export const deviceKinds = ['gateway', 'panel', 'recorder', 'switch', 'access-point'] as const

const Month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' })
const PackScope = Type.Object(
  { pack: RegistryId, from_period: Type.Optional(Month), to_period: Type.Optional(Month) },
  { additionalProperties: false }
)

const Area = Type.Object(
  {
    id: RegistryId,
    parent: Type.Optional(RegistryId),
    level: Type.Enum(['nation', 'province', 'city', 'county']),
    name: Name,
    name_en: Type.Optional(Name),
    /** The target packs that rule here and below: an id, or an id with the first and last period in which it does. */
    packs: Type.Optional(Type.Array(Type.Union([RegistryId, PackScope])))
  },
  { additionalProperties: false }
)

const School = Type.Object(
  {
    id: RegistryId,
    /** School code (学校标识码) as text: leading zeros matter. */
    code: Type.String({ minLength: 1, maxLength: 32 }),
    name: Name,
    name_en: Type.Optional(Name),
    area: RegistryId,
    /** First day in this area, for a school that moved; it counts in the area where it is on a period's last day. */
    area_from: Type.Optional(Day),
    stage: Type.Enum(stages),
    zone: Type.Enum(zones),
    township_central: Type.Optional(Type.Boolean()),
    larger: Type.Optional(Type.Boolean()),
    pupils: Type.Optional(Type.Integer({ minimum: 0 })),
    teachers: Type.Optional(Type.Integer({ minimum: 0 })),
    contact: Type.Optional(Name),
    phone: Type.Optional(Type.String({ maxLength: 40 }))
  },
  { additionalProperties: false }
)

const Room = Type.Object(
  {
    id: RegistryId,
    school: RegistryId,
    name: Name,
    kind: Type.Enum(['classroom', 'function']),
    /** 录播教室: a recording classroom. */
    recording: Type.Optional(Type.Boolean()),
    /** 同频互动课堂: a synchronous interactive classroom. */
    sync: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
)

/** A switch port that leads to a room: the room's port is then judged by the switch, not by whatever stands in the room. */
const PortMap = Type.Object(
  { switch: RegistryId, port: Type.String({ minLength: 1, maxLength: 64 }), room: RegistryId },
  { additionalProperties: false }
)

/** A named set of schools ("ten counties, a hundred schools"): it has shares and trend like an area. */
const Group = Type.Object(
  { id: RegistryId, name: Name, name_en: Type.Optional(Name), schools: Type.Array(RegistryId) },
  { additionalProperties: false }
)

const Device = Type.Object(
  {
    id: RegistryId,
    school: RegistryId,
    room: Type.Optional(RegistryId),
    kind: Type.Enum(deviceKinds),
    name: Name,
    serial: Type.Optional(Type.String({ maxLength: 128 })),
    hostname: Type.Optional(Type.String({ maxLength: 253 })),
    macs: Type.Optional(Type.Array(Type.String({ pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' }))),
    /** `other`: its uploads leave by another line than the one measured (a 4G router), so they arrive while that line is down. */
    upload_path: Type.Optional(Type.Enum(['campus', 'other']))
  },
  { additionalProperties: false }
)

/** What no probe can see, declared by a person with a source: `access` = `none` means the school has no line. */
const DeclaredFact = Type.Object(
  {
    school: RegistryId,
    key: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}$' }),
    value: Type.String({ maxLength: 200 }),
    as_of: Day,
    source: Name,
    by: Name
  },
  { additionalProperties: false }
)

export const Ledger = Type.Object(
  {
    areas: Type.Array(Area),
    schools: Type.Array(School),
    rooms: Type.Optional(Type.Array(Room)),
    devices: Type.Optional(Type.Array(Device)),
    uplinks: Type.Optional(Type.Array(Uplink)),
    port_map: Type.Optional(Type.Array(PortMap)),
    groups: Type.Optional(Type.Array(Group)),
    facts: Type.Optional(Type.Array(DeclaredFact))
  },
  { additionalProperties: false }
)
export type Ledger = Static<typeof Ledger>

export interface AreaRow {
  readonly id: string
  readonly parent: string | undefined
  readonly level: string
  readonly name: string
  readonly nameEn: string | undefined
}
export interface SchoolRow {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly nameEn: string | undefined
  readonly area: string
  readonly stage: string
  readonly zone: string
  readonly townshipCentral: boolean
  readonly larger: boolean
  readonly pupils: number | undefined
  readonly teachers: number | undefined
  readonly contact: string | undefined
  readonly phone: string | undefined
}
export interface RoomRow {
  readonly id: string
  readonly school: string
  readonly name: string
  readonly kind: string
  readonly recording: boolean
  readonly sync: boolean
}
export interface PortMapRow {
  /** Device id of the switch. */
  readonly switch: string
  /** ifName. */
  readonly port: string
  readonly room: string
}
export interface GroupRow {
  readonly id: string
  readonly name: string
  readonly nameEn: string | undefined
  /** School ids in order. */
  readonly schools: readonly string[]
}
/** Which pack rules an area and everything below it, and in which periods (both included). */
export interface PackScopeRow {
  readonly area: string
  readonly pack: string
  readonly fromPeriod: string
  readonly toPeriod: string | undefined
}
export interface DeviceRow {
  readonly id: string
  readonly school: string
  readonly room: string | undefined
  readonly kind: string
  readonly name: string
  readonly serial: string | undefined
  readonly hostname: string | undefined
  readonly macs: readonly string[]
  readonly uploadPath: 'campus' | 'other'
}
export interface Fact {
  readonly school: string
  readonly key: string
  readonly value: string
  readonly asOf: string
  readonly source: string
  readonly by: string
}

/** What a schema cannot say: ids are unique, references exist, areas make a tree, parents before children. Throws a SentenceError. */
export const checkLedger = (ledger: Ledger, place: string): Ledger => {
  const areas = unique(ledger.areas, `${place} /areas`)
  for (const [i, area] of ledger.areas.entries()) {
    if (area.parent !== undefined) known(areas, area.parent, `${place} /areas/${i}/parent`, 'area')
    refuseCycle(ledger, area.id, `${place} /areas/${i}/parent`)
  }
  const schools = unique(ledger.schools, `${place} /schools`)
  for (const [i, school] of ledger.schools.entries()) known(areas, school.area, `${place} /schools/${i}/area`, 'area')
  const rooms = unique(ledger.rooms ?? [], `${place} /rooms`)
  for (const [i, room] of (ledger.rooms ?? []).entries())
    known(schools, room.school, `${place} /rooms/${i}/school`, 'school')
  const schoolOfRoom = new Map((ledger.rooms ?? []).map(room => [room.id, room.school]))
  unique(ledger.devices ?? [], `${place} /devices`)
  for (const [i, device] of (ledger.devices ?? []).entries()) {
    known(schools, device.school, `${place} /devices/${i}/school`, 'school')
    if (device.room === undefined) continue
    known(rooms, device.room, `${place} /devices/${i}/room`, 'room')
    const school = schoolOfRoom.get(device.room)
    if (school !== device.school)
      throw new SentenceError(
        `${place} /devices/${i}/room must be a room of school "${device.school}", got "${device.room}" of "${school ?? ''}"`
      )
  }
  unique(ledger.uplinks ?? [], `${place} /uplinks`)
  for (const [i, uplink] of (ledger.uplinks ?? []).entries())
    known(schools, uplink.school, `${place} /uplinks/${i}/school`, 'school')
  checkUplinks(ledger.uplinks ?? [], ledger.devices ?? [], `${place} /uplinks`)
  for (const [i, fact] of (ledger.facts ?? []).entries())
    known(schools, fact.school, `${place} /facts/${i}/school`, 'school')
  return { ...ledger, areas: parentsFirst(ledger.areas) }
}

const unique = (rows: readonly { id: string }[], place: string): Set<string> => {
  const seen = new Set<string>()
  for (const [i, row] of rows.entries()) {
    if (seen.has(row.id)) throw new SentenceError(`${place}/${i}/id must be unique, got "${row.id}" again`)
    seen.add(row.id)
  }
  return seen
}

const known = (ids: ReadonlySet<string>, id: string, place: string, noun: string): void => {
  if (!ids.has(id)) throw new SentenceError(`${place} must be the id of a known ${noun}, got "${id}"`)
}

const refuseCycle = (ledger: Ledger, start: string, place: string): void => {
  const parents = new Map(ledger.areas.map(area => [area.id, area.parent]))
  const path = new Set<string>()
  for (let id: string | undefined = start; id !== undefined; id = parents.get(id)) {
    if (path.has(id)) throw new SentenceError(`${place} must not lead back to itself, got ${[...path, id].join(' → ')}`)
    path.add(id)
  }
}

const parentsFirst = (areas: Ledger['areas']): Ledger['areas'] => {
  const done = new Set<string>()
  const sorted: Ledger['areas'] = []
  while (sorted.length < areas.length) {
    for (const area of areas) {
      if (done.has(area.id) || (area.parent !== undefined && !done.has(area.parent))) continue
      done.add(area.id)
      sorted.push(area)
    }
  }
  return sorted
}
