import { tiers, type Tier } from '../../contract/bandwidth.ts'
import { periodAt } from '../calendar/period.ts'
import { packOf } from '../ledger/load.ts'
import type { UplinkRow } from '../ledger/uplink.ts'
import type { Store } from '../store/store.ts'
import { appliesTo } from '../verdicts/applies.ts'
import { targetsFor } from '../verdicts/evaluate.ts'
import { contractTier, tiersAsked, tiersToTest } from '../verdicts/uplink/tiers.ts'

/** An uplink with what the ledger and the targets say of it. */
export interface KnownUplink {
  readonly uplink: UplinkRow
  readonly vantage: 'gateway' | 'panel'
  /** Highest first. */
  readonly tiers: readonly Tier[]
}
export type Atlas = ReadonlyMap<string, KnownUplink>

type AtlasStore = Pick<Store, 'uplinks' | 'schools' | 'areas' | 'devices' | 'packs' | 'packScopes'>

/** All uplinks, by id. */
export const readAtlas = async (store: AtlasStore, nowMs: number): Promise<Atlas> => {
  const [uplinks, schoolRows, areas, devices, packs, scopes] = await Promise.all([
    store.uplinks(),
    store.schools(),
    store.areas(),
    store.devices(),
    store.packs(),
    store.packScopes()
  ])
  const schools = new Map(schoolRows.map(school => [school.id, school]))
  const kinds = new Map(devices.map(device => [device.id, device.kind]))
  const ofSchool = Map.groupBy(uplinks, uplink => uplink.school)
  const jurisdiction = { areas, packs: packs.map(packOf), scopes }
  const period = periodAt(nowMs).name
  const targets = new Map([...new Set(schoolRows.map(s => s.area))].map(a => [a, targetsFor(jurisdiction, a, period)]))
  return new Map(
    uplinks.flatMap(uplink => {
      const school = schools.get(uplink.school)
      if (school === undefined) return []
      const asked = tiersAsked((targets.get(school.area) ?? []).filter(one => appliesTo(one.applies_to, school)))
      const wanted = tiersToTest(uplink, ofSchool.get(uplink.school) ?? [uplink], asked)
      const known: KnownUplink = {
        uplink,
        vantage: kinds.get(uplink.device) === 'gateway' ? 'gateway' : 'panel',
        // Where no target asks for anything the contract is worth proving.
        tiers: knownTiers(wanted.length === 0 ? [contractTier(uplink)] : wanted)
      }
      return [[uplink.id, known] as const]
    })
  )
}

const knownTiers = (wanted: readonly (number | undefined)[]): Tier[] =>
  tiers.filter(tier => wanted.includes(tier)).toReversed()

/** An atlas that is read again after so long, ms: ledger and packs change at a start or by a person's hand. */
const freshMs = 60_000

export interface AtlasShelf {
  /** `again`: read it now, whatever its age. */
  get(again?: boolean): Promise<Atlas>
}

export const openAtlas = (store: AtlasStore, now: () => number): AtlasShelf => {
  let held: { readonly atMs: number; readonly atlas: Promise<Atlas> } | undefined
  return {
    get: (again = false) => {
      const nowMs = now()
      if (!again && held !== undefined && Math.abs(nowMs - held.atMs) < freshMs) return held.atlas
      const atlas = readAtlas(store, nowMs)
      held = { atMs: nowMs, atlas }
      // A failed read is not kept: the next asks again.
      atlas.catch(() => (held = undefined))
      return atlas
    }
  }
}
