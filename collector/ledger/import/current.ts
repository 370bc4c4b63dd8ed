import type { StoreReads } from '../../store/store.ts'
import { always } from '../day-text.ts'
import type { Row } from '../fault.ts'
import type { Ledger } from '../ledger.ts'
import type { Moves } from './moves.ts'

export type LedgerStore = Pick<
  StoreReads,
  'areas' | 'packScopes' | 'schools' | 'schoolAreas' | 'rooms' | 'devices' | 'uplinks' | 'portMap' | 'groups' | 'facts'
>

/** The stored ledger as a ledger file would say it: what is not known or not so is left out. */
export const currentLedger = async (store: LedgerStore): Promise<{ ledger: Ledger; moves: Moves }> => {
  const areas = await store.areas()
  const scopes = Map.groupBy(await store.packScopes(), scope => scope.area)
  const moves = Map.groupBy(await store.schoolAreas(), move => move.school)
  const ledger = {
    areas: areas.map(area => ({
      id: area.id,
      ...said({ parent: area.parent, name_en: area.nameEn }),
      level: area.level,
      name: area.name,
      packs: (scopes.get(area.id) ?? []).map(({ pack, fromPeriod, toPeriod }) => {
        const from = fromPeriod === always.slice(0, 7) ? undefined : fromPeriod
        if (from === undefined && toPeriod === undefined) return pack
        return { pack, ...said({ from_period: from, to_period: toPeriod }) }
      })
    })),
    schools: (await store.schools()).map(school => {
      const last = moves.get(school.id)?.at(-1)
      return {
        id: school.id,
        code: school.code,
        name: school.name,
        area: last?.area ?? school.area,
        stage: school.stage,
        zone: school.zone,
        ...said({
          name_en: school.nameEn,
          area_from: last?.fromDay === always ? undefined : last?.fromDay,
          township_central: school.townshipCentral || undefined,
          larger: school.larger || undefined,
          pupils: school.pupils,
          teachers: school.teachers,
          contact: school.contact,
          phone: school.phone,
          closed_on: school.closedOn
        })
      }
    }),
    rooms: (await store.rooms()).map(({ recording, sync, ...room }) => ({
      ...room,
      ...said({ recording: recording || undefined, sync: sync || undefined })
    })),
    devices: (await store.devices()).map(device => ({
      id: device.id,
      school: device.school,
      kind: device.kind,
      name: device.name,
      ...said({
        room: device.room,
        serial: device.serial,
        hostname: device.hostname,
        macs: device.macs.length === 0 ? undefined : [...device.macs],
        upload_path: device.uploadPath === 'campus' ? undefined : device.uploadPath
      })
    })),
    uplinks: (await store.uplinks()).map(uplink => ({
      id: uplink.id,
      school: uplink.school,
      device: uplink.device,
      ...said({
        interface: uplink.interfaceName,
        contract_down_mbps: uplink.contractDownMbps,
        contract_up_mbps: uplink.contractUpMbps,
        isp: uplink.isp,
        shared_group: uplink.sharedGroup,
        server: uplink.server
      })
    })),
    port_map: (await store.portMap()).map(row => ({ ...row })),
    groups: (await store.groups()).map(group => ({
      id: group.id,
      name: group.name,
      schools: [...group.schools],
      ...said({ name_en: group.nameEn })
    })),
    facts: (await store.facts()).map(({ asOf, ...fact }) => ({ ...fact, as_of: asOf }))
  }
  // What the store holds went through the same schema on its way in.
  return { ledger: ledger as Ledger, moves }
}

const said = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
