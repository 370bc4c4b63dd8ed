import type { DatabaseSync } from 'node:sqlite'
import type { CheckRow } from '../../ledger/checks.ts'
import type { DeviceRow, Ledger, PackScopeRow } from '../../ledger/ledger.ts'
import type { StoreReads, StoreWrites } from '../store.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

type LedgerWrites = 'putLedger' | 'putChecks' | 'putPack'
type LedgerReads =
  | 'areas'
  | 'schools'
  | 'rooms'
  | 'devices'
  | 'facts'
  | 'groups'
  | 'portMap'
  | 'checks'
  | 'checksOf'
  | 'packs'
  | 'packScopes'

/** A ledger that has always been so: the first day rows hold from, until imports say when a school moved. */
const always = '0000-01-01'

export const ledgerWrites = (db: DatabaseSync): Pick<Sync<StoreWrites>, LedgerWrites> => {
  const one = transaction(db)
  const upsert = (table: string, columns: readonly string[], keys: readonly string[]) => {
    const rest = columns.filter(column => !keys.includes(column))
    return db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
       ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${rest.map(column => `${column} = excluded.${column}`).join(', ')}`
    )
  }
  const putArea = upsert('area', ['id', 'parent', 'level', 'name', 'name_en'], ['id'])
  const putScope = upsert('pack_scope', ['area', 'pack', 'from_period', 'to_period'], ['area', 'pack', 'from_period'])
  const putSchool = upsert(
    'school',
    [
      'id',
      'code',
      'name',
      'name_en',
      'stage',
      'zone',
      'township_central',
      'larger',
      'pupils',
      'teachers',
      'contact',
      'phone'
    ],
    ['id']
  )
  const putSchoolArea = upsert('school_area', ['school', 'from_day', 'area'], ['school', 'from_day'])
  const putRoom = upsert('room', ['id', 'school', 'name', 'kind', 'recording', 'sync'], ['id'])
  const putPort = upsert('port_map', ['switch', 'port', 'room'], ['switch', 'port'])
  const putGroup = upsert('school_group', ['id', 'name', 'name_en'], ['id'])
  const dropMembers = db.prepare('DELETE FROM group_school WHERE grp = ?')
  const addMember = db.prepare('INSERT OR IGNORE INTO group_school (grp, school) VALUES (?, ?)')
  const putDevice = upsert(
    'device',
    ['id', 'school', 'room', 'kind', 'name', 'serial', 'hostname', 'macs', 'upload_path'],
    ['id']
  )
  const putFact = upsert('fact', ['school', 'key', 'as_of', 'value', 'source', 'by'], ['school', 'key', 'as_of'])
  const putUplink = upsert(
    'uplink',
    ['id', 'school', 'device', 'interface', 'contract_down_mbps', 'contract_up_mbps', 'isp', 'shared_group', 'server'],
    ['id']
  )
  const putPack = upsert('pack', ['id', 'sha256', 'text'], ['id'])

  const putLedger = (ledger: Ledger): void => {
    for (const a of ledger.areas) {
      putArea.run(a.id, a.parent ?? null, a.level, a.name, a.name_en ?? null)
      for (const scope of a.packs ?? [])
        if (typeof scope === 'string') putScope.run(a.id, scope, always.slice(0, 7), null)
        else putScope.run(a.id, scope.pack, scope.from_period ?? always.slice(0, 7), scope.to_period ?? null)
    }
    for (const s of ledger.schools) {
      putSchool.run(
        s.id,
        s.code,
        s.name,
        s.name_en ?? null,
        s.stage,
        s.zone,
        bit(s.township_central),
        bit(s.larger),
        s.pupils ?? null,
        s.teachers ?? null,
        s.contact ?? null,
        s.phone ?? null
      )
      putSchoolArea.run(s.id, s.area_from ?? always, s.area)
    }
    for (const r of ledger.rooms ?? []) putRoom.run(r.id, r.school, r.name, r.kind, bit(r.recording), bit(r.sync))
    for (const d of ledger.devices ?? [])
      putDevice.run(
        d.id,
        d.school,
        d.room ?? null,
        d.kind,
        d.name,
        d.serial ?? null,
        d.hostname ?? null,
        JSON.stringify(d.macs ?? []),
        d.upload_path ?? 'campus'
      )
    for (const u of ledger.uplinks ?? [])
      putUplink.run(
        u.id,
        u.school,
        u.device,
        u.interface ?? null,
        u.contract_down_mbps ?? null,
        u.contract_up_mbps ?? null,
        u.isp ?? null,
        u.shared_group ?? null,
        u.server ?? null
      )
    for (const p of ledger.port_map ?? []) putPort.run(p.switch, p.port, p.room)
    for (const g of ledger.groups ?? []) {
      putGroup.run(g.id, g.name, g.name_en ?? null)
      dropMembers.run(g.id)
      for (const school of g.schools) addMember.run(g.id, school)
    }
    for (const f of ledger.facts ?? []) putFact.run(f.school, f.key, f.as_of, f.value, f.source, f.by)
  }

  const currentOf = db.prepare(
    'SELECT key, version, probe, every_ms, subject, place, options FROM "check" WHERE device = ? AND to_ms IS NULL'
  )
  const endCheck = db.prepare('UPDATE "check" SET to_ms = ? WHERE key = ? AND to_ms IS NULL')
  const lastVersion = db.prepare('SELECT max(version) AS version FROM "check" WHERE key = ?')
  const addCheck = db.prepare(
    'INSERT INTO "check" (key, version, device, probe, every_ms, subject, place, options, from_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const putChecks: Sync<StoreWrites>['putChecks'] = (drafts, nowMs) => {
    for (const [device, wanted] of Map.groupBy(drafts, draft => draft.device)) {
      const current = new Map(rowsOf<CheckColumns>(currentOf.all(device)).map(row => [row.key, row]))
      for (const key of current.keys()) if (!wanted.some(draft => draft.key === key)) endCheck.run(nowMs, key)
      for (const d of wanted) {
        const old = current.get(d.key)
        const same =
          old?.probe === d.probe &&
          old.every_ms === d.everyMs &&
          old.subject === d.subject &&
          old.place === d.place &&
          old.options === d.options
        if (same) continue
        endCheck.run(nowMs, d.key)
        const version = (rowOf<{ version: number | null }>(lastVersion.get(d.key))?.version ?? 0) + 1
        addCheck.run(d.key, version, d.device, d.probe, d.everyMs, d.subject, d.place, d.options, nowMs)
      }
    }
  }

  return {
    putLedger: one(putLedger),
    putChecks: one(putChecks),
    putPack: one(p => void putPack.run(p.id, p.sha256, p.text))
  }
}

export const ledgerReads = (db: DatabaseSync): Pick<Sync<StoreReads>, LedgerReads> => {
  const areas = db.prepare('SELECT id, parent, level, name, name_en AS nameEn FROM area ORDER BY id')
  const schools = db.prepare(
    `SELECT s.id, s.code, s.name, s.name_en, a.area, s.stage, s.zone, s.township_central, s.larger, s.pupils, s.teachers, s.contact, s.phone
     FROM school s JOIN school_area a ON a.school = s.id
     WHERE a.from_day = coalesce((SELECT max(from_day) FROM school_area WHERE school = s.id AND from_day <= ?1),
       (SELECT min(from_day) FROM school_area WHERE school = s.id)) ORDER BY s.id`
  )
  const rooms = db.prepare('SELECT id, school, name, kind, recording, sync FROM room ORDER BY id')
  const portMap = db.prepare('SELECT switch, port, room FROM port_map ORDER BY switch, port')
  const groups = db.prepare('SELECT id, name, name_en AS nameEn FROM school_group ORDER BY id')
  const members = db.prepare('SELECT grp, school FROM group_school ORDER BY grp, school')
  const devices = db.prepare(
    'SELECT id, school, room, kind, name, serial, hostname, macs, upload_path FROM device ORDER BY id'
  )
  const facts = db.prepare('SELECT school, key, value, as_of AS asOf, source, by FROM fact ORDER BY school, key, as_of')
  const checkColumns = 'SELECT id, key, version, device, probe, every_ms, subject, place, options, to_ms FROM "check"'
  const checks = db.prepare(`${checkColumns} ORDER BY id`)
  const checksOf = db.prepare(`${checkColumns} WHERE device IN (SELECT value FROM json_each(?)) ORDER BY id`)
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
    schools: (onDay = '9999-12-31') =>
      rowsOf<SchoolColumns>(schools.all(onDay)).map(s => ({
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
        phone: s.phone ?? undefined
      })),
    rooms: () =>
      rowsOf<RoomColumns>(rooms.all()).map(r => ({ ...r, recording: r.recording === 1, sync: r.sync === 1 })),
    portMap: () => rowsOf(portMap.all()),
    groups: () => {
      const schoolsOf = Map.groupBy(rowsOf<{ grp: string; school: string }>(members.all()), row => row.grp)
      return rowsOf<{ id: string; name: string; nameEn: string | null }>(groups.all()).map(g => ({
        ...g,
        nameEn: g.nameEn ?? undefined,
        schools: (schoolsOf.get(g.id) ?? []).map(row => row.school)
      }))
    },
    devices: () =>
      rowsOf<DeviceColumns>(devices.all()).map(d => ({
        id: d.id,
        school: d.school,
        room: d.room ?? undefined,
        kind: d.kind,
        name: d.name,
        serial: d.serial ?? undefined,
        hostname: d.hostname ?? undefined,
        macs: JSON.parse(d.macs) as string[],
        uploadPath: d.upload_path
      })),
    facts: () => rowsOf(facts.all()),
    checks: () => rowsOf<CheckColumns>(checks.all()).map(checkOf),
    checksOf: list => rowsOf<CheckColumns>(checksOf.all(JSON.stringify(list))).map(checkOf),
    packs: () => rowsOf(packs.all()),
    packScopes: () =>
      rowsOf<Omit<PackScopeRow, 'toPeriod'> & { toPeriod: string | null }>(scopes.all()).map(row => ({
        ...row,
        toPeriod: row.toPeriod ?? undefined
      }))
  }
}

const bit = (flag: boolean | undefined): number => (flag === true ? 1 : 0)

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
interface CheckColumns extends Pick<
  CheckRow,
  'id' | 'key' | 'version' | 'device' | 'probe' | 'subject' | 'place' | 'options'
> {
  every_ms: number
  to_ms: number | null
}

const checkOf = (c: CheckColumns): CheckRow => ({
  id: c.id,
  key: c.key,
  version: c.version,
  device: c.device,
  probe: c.probe,
  everyMs: c.every_ms,
  subject: c.subject,
  place: c.place,
  options: c.options,
  toMs: c.to_ms ?? undefined
})
