import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { DeviceRow, PackScopeRow } from '../../ledger/ledger.ts'
import type { StoreReads } from '../store.ts'
import { rowsOf, type Sync } from './transaction.ts'

type LedgerReads =
  | 'areas'
  | 'schools'
  | 'schoolAreas'
  | 'ledgerImports'
  | 'rooms'
  | 'devices'
  | 'facts'
  | 'groups'
  | 'portMap'
  | 'packs'
  | 'packScopes'

/** Stands for "whatever the day": also schools that were closed are there. */
const never = '9999-12-31'

export const ledgerReads = (db: DatabaseSync): Pick<Sync<StoreReads>, LedgerReads> => {
  const areas = db.prepare('SELECT id, parent, level, name, name_en AS nameEn FROM area ORDER BY id')
  const schoolsWhere = (more: string) =>
    db.prepare(
      `SELECT s.id, s.code, s.name, s.name_en, a.area, s.stage, s.zone, s.township_central, s.larger, s.pupils, s.teachers, s.contact, s.phone,
       s.closed_on
     FROM school s JOIN school_area a ON a.school = s.id
     WHERE (?1 = '${never}' OR s.closed_on IS NULL OR s.closed_on >= ?1) AND a.from_day = coalesce((SELECT max(from_day) FROM school_area WHERE school = s.id AND from_day <= ?1),
       (SELECT min(from_day) FROM school_area WHERE school = s.id)) ${more} ORDER BY s.id`
    )
  const schools = schoolsWhere('')
  const oneSchool = schoolsWhere('AND s.id = ?2')
  const schoolAreas = db.prepare('SELECT school, from_day AS fromDay, area FROM school_area ORDER BY school, from_day')
  const imports = db.prepare(
    'SELECT at_ms AS atMs, name, sha256, added, changed FROM ledger_import ORDER BY n DESC LIMIT ?'
  )
  const among = 'school IN (SELECT value FROM json_each(?))'
  const roomColumns = 'SELECT id, school, name, kind, recording, sync FROM room'
  const rooms = db.prepare(`${roomColumns} ORDER BY id`)
  const roomsOf = db.prepare(`${roomColumns} WHERE ${among} ORDER BY id`)
  const portMap = db.prepare('SELECT switch, port, room FROM port_map ORDER BY switch, port')
  const portMapOf = db.prepare(
    'SELECT switch, port, room FROM port_map WHERE switch IN (SELECT value FROM json_each(?)) ORDER BY switch, port'
  )
  const groups = db.prepare('SELECT id, name, name_en AS nameEn FROM school_group ORDER BY id')
  const members = db.prepare('SELECT grp, school FROM group_school ORDER BY grp, school')
  const deviceColumns = 'SELECT id, school, room, kind, name, serial, hostname, macs, upload_path FROM device'
  const devices = db.prepare(`${deviceColumns} ORDER BY id`)
  const devicesOf = db.prepare(`${deviceColumns} WHERE ${among} ORDER BY id`)
  const factColumns = 'SELECT school, key, value, as_of AS asOf, source, by FROM fact'
  const facts = db.prepare(`${factColumns} ORDER BY school, key, as_of`)
  const factsOf = db.prepare(`${factColumns} WHERE ${among} ORDER BY school, key, as_of`)
  const packs = db.prepare('SELECT id, sha256, text FROM pack ORDER BY id')
  const scopes = db.prepare(
    'SELECT area, pack, from_period AS fromPeriod, to_period AS toPeriod FROM pack_scope ORDER BY area, pack, from_period'
  )
  return {
    areas: () =>
      rowsOf<NullableArea>(areas.all()).map(a => ({
        ...a,
        parent: a.parent ?? undefined,
        nameEn: a.nameEn ?? undefined
      })),
    schools: (onDay = never, id) =>
      rowsOf<SchoolColumns>(id === undefined ? schools.all(onDay) : oneSchool.all(onDay, id)).map(s => ({
        id: s.id,
        code: s.code,
        name: s.name,
        nameEn: s.name_en ?? undefined,
        area: s.area,
        stage: s.stage,
        zone: s.zone,
        townshipCentral: s.township_central === 1,
        larger: s.larger === 1,
        pupils: s.pupils ?? undefined,
        teachers: s.teachers ?? undefined,
        contact: s.contact ?? undefined,
        phone: s.phone ?? undefined,
        ...(s.closed_on === null ? {} : { closedOn: s.closed_on })
      })),
    schoolAreas: () => rowsOf(schoolAreas.all()),
    ledgerImports: limit => rowsOf(imports.all(limit)),
    rooms: schools =>
      rowsOf<RoomColumns>(some(rooms, roomsOf, schools)).map(r => ({
        ...r,
        recording: r.recording === 1,
        sync: r.sync === 1
      })),
    portMap: switches => rowsOf(some(portMap, portMapOf, switches)),
    groups: () => {
      const schoolsOf = Map.groupBy(rowsOf<{ grp: string; school: string }>(members.all()), row => row.grp)
      return rowsOf<{ id: string; name: string; nameEn: string | null }>(groups.all()).map(g => ({
        ...g,
        nameEn: g.nameEn ?? undefined,
        schools: (schoolsOf.get(g.id) ?? []).map(row => row.school)
      }))
    },
    devices: schools =>
      rowsOf<DeviceColumns>(some(devices, devicesOf, schools)).map(d => ({
        id: d.id,
        school: d.school,
        room: d.room ?? undefined,
        kind: d.kind,
        name: d.name,
        serial: d.serial ?? undefined,
        hostname: d.hostname ?? undefined,
        macs: d.macs === '[]' ? [] : (JSON.parse(d.macs) as string[]),
        uploadPath: d.upload_path
      })),
    facts: schools => rowsOf(some(facts, factsOf, schools)),
    packs: () => rowsOf(packs.all()),
    packScopes: () =>
      rowsOf<Omit<PackScopeRow, 'toPeriod'> & { toPeriod: string | null }>(scopes.all()).map(row => ({
        ...row,
        toPeriod: row.toPeriod ?? undefined
      }))
  }
}

/** All rows, or those of the ids that are named. */
const some = (all: StatementSync, among: StatementSync, ids: readonly string[] | undefined): readonly unknown[] =>
  ids === undefined ? all.all() : among.all(JSON.stringify(ids))

interface NullableArea {
  id: string
  parent: string | null
  level: string
  name: string
  nameEn: string | null
}
interface SchoolColumns {
  id: string
  code: string
  name: string
  name_en: string | null
  area: string
  stage: string
  zone: string
  township_central: number
  larger: number
  pupils: number | null
  teachers: number | null
  contact: string | null
  phone: string | null
  closed_on: string | null
}
interface RoomColumns {
  id: string
  school: string
  name: string
  kind: string
  recording: number
  sync: number
}
interface DeviceColumns {
  id: string
  school: string
  room: string | null
  kind: string
  name: string
  serial: string | null
  hostname: string | null
  macs: string
  upload_path: DeviceRow['uploadPath']
}
