import type { DatabaseSync } from 'node:sqlite'
import { always } from '../../ledger/day-text.ts'
import type { Ledger, LedgerImportRow } from '../../ledger/ledger.ts'
import type { StoreWrites } from '../store.ts'
import { rowOf, transaction, type Sync } from './transaction.ts'

type LedgerWrites = 'putLedger' | 'putPack'

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
  const dropScopes = db.prepare('DELETE FROM pack_scope WHERE area = ?')
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
      'phone',
      'closed_on'
    ],
    ['id']
  )
  const putSchoolArea = upsert('school_area', ['school', 'from_day', 'area'], ['school', 'from_day'])
  const lastMove = db.prepare('SELECT max(from_day) AS last FROM school_area WHERE school = ?')
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
  const putImport = db.prepare('INSERT INTO ledger_import (at_ms, name, sha256, added, changed) VALUES (?, ?, ?, ?, ?)')
  const putPack = upsert('pack', ['id', 'sha256', 'text'], ['id'])

  const putLedger = (ledger: Ledger, entry?: LedgerImportRow): void => {
    for (const a of ledger.areas) {
      putArea.run(a.id, a.parent ?? null, a.level, a.name, a.name_en ?? null)
      // A list is replaced as a whole: a pack that should rule no longer is left out of it.
      if (a.packs !== undefined) dropScopes.run(a.id)
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
        s.phone ?? null,
        s.closed_on ?? null
      )
      // Without a day it says where the school is counted since its last move; what was before stays.
      const { last } = rowOf<{ last: string | null }>(lastMove.get(s.id)) ?? { last: null }
      putSchoolArea.run(s.id, s.area_from ?? last ?? always, s.area)
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
    if (entry !== undefined) putImport.run(entry.atMs, entry.name, entry.sha256, entry.added, entry.changed)
  }

  return {
    putLedger: one(putLedger),
    putPack: one(p => void putPack.run(p.id, p.sha256, p.text))
  }
}

const bit = (flag: boolean | undefined): number => (flag === true ? 1 : 0)
