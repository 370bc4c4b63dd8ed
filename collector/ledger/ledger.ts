import Type, { type Static } from 'typebox'
import { RegistryId } from '../../contract/registry-id.ts'
import { Uplink } from './uplink.ts'

export { checkLedger } from './check-ledger.ts'

/** The ledger (台账): what exists and where. Names are for people, ids for machines. */
const Name = Type.String({ minLength: 1, maxLength: 200 })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

/** From the widest to the narrowest. */
export const areaLevels = ['nation', 'province', 'city', 'county'] as const
export const stages = ['primary', 'middle', 'nine-year', 'high', 'vocational', 'teaching-point'] as const
export const zones = ['urban', 'town', 'rural'] as const
export const roomKinds = ['classroom', 'function'] as const
export const deviceKinds = ['gateway', 'panel', 'recorder', 'switch', 'access-point'] as const

const Month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' })
const PackScope = Type.Object(
  { pack: RegistryId, from_period: Type.Optional(Month), to_period: Type.Optional(Month) },
  { additionalProperties: false }
)

export const Area = Type.Object(
  {
    id: RegistryId,
    parent: Type.Optional(RegistryId),
    level: Type.Enum(areaLevels),
    name: Name,
    name_en: Type.Optional(Name),
    /** The target packs that rule here and below: an id, or an id with the first and last period in which it does. */
    packs: Type.Optional(Type.Array(Type.Union([RegistryId, PackScope])))
  },
  { additionalProperties: false }
)

export const School = Type.Object(
  {
    id: RegistryId,
    /** School code (学校标识码) as text: leading zeros matter. */
    code: Type.String({ minLength: 1, maxLength: 32 }),
    name: Name,
    name_en: Type.Optional(Name),
    area: RegistryId,
    /** First day in this area, for a school that moved; it counts in the area where it is on a period's last day. */
    area_from: Type.Optional(Day),
    /** Last day of a school that was closed: it leaves the denominator of every period that ends later, and only by this entry. */
    closed_on: Type.Optional(Day),
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

export const Room = Type.Object(
  {
    id: RegistryId,
    school: RegistryId,
    name: Name,
    kind: Type.Enum(roomKinds),
    /** 录播教室: a recording classroom. */
    recording: Type.Optional(Type.Boolean()),
    /** 同频互动课堂: a synchronous interactive classroom. */
    sync: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
)

/** A switch port that leads to a room: the room's port is then judged by the switch, not by whatever stands in the room. */
export const PortMap = Type.Object(
  { switch: RegistryId, port: Type.String({ minLength: 1, maxLength: 64 }), room: RegistryId },
  { additionalProperties: false }
)

/** A named set of schools ("ten counties, a hundred schools"): it has shares and trend like an area. */
export const Group = Type.Object(
  { id: RegistryId, name: Name, name_en: Type.Optional(Name), schools: Type.Array(RegistryId) },
  { additionalProperties: false }
)

export const Device = Type.Object(
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
export const DeclaredFact = Type.Object(
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
  /** Last day of a school that was closed. */
  readonly closedOn?: string | undefined
}
/** Since when a school counts in an area: its history, one row a move. */
export interface SchoolAreaRow {
  readonly school: string
  readonly fromDay: string
  readonly area: string
}
/** One import that changed something: who asks later finds the file by its hash. */
export interface LedgerImportRow {
  readonly atMs: number
  /** File name. */
  readonly name: string
  readonly sha256: string
  readonly added: number
  readonly changed: number
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
