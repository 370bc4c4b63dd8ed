import { openInterned } from '../../../interned.ts'
import { blockOf, checksPerBlock } from '../../../store/rollup-block.ts'
import type { CheckRow } from '../../../ledger/checks.ts'
import type { Store } from '../../../store/store.ts'

/** A check version, as points want it. */
export type Check = Omit<CheckRow, 'options' | 'place'>

/** Every version of every check. Versions of one key are one series, so figures of a day are made of all of them together. */
export interface Checks {
  get(id: number): Check | undefined
  /** The versions of a check's key, oldest first. */
  versionsOf(check: Check): readonly Check[]
  /** The checks of a block of rollups. */
  inBlock(block: number): readonly Check[]
  /** Blocks that hold checks of a probe. */
  blocksOf(probe: string): readonly number[]
}

/** Read a little at a time: a city's checks with their options are large. */
const devicesAtOnce = 2_000

export const readChecks = async (store: Pick<Store, 'checksOf'>, devices: readonly string[]): Promise<Checks> => {
  const all = new Map<number, Check>()
  const newest = new Map<string, Check>()
  const several = new Map<string, Check[]>()
  const word = openInterned()
  for (let i = 0; i < devices.length; i += devicesAtOnce)
    for (const row of await store.checksOf(devices.slice(i, i + devicesAtOnce))) {
      const { id, key, version, everyMs, subject, toMs } = row
      const check = { id, key, version, everyMs, subject, toMs, device: word(row.device), probe: word(row.probe) }
      all.set(id, check)
      const other = newest.get(key)
      if (other !== undefined) several.set(key, [...(several.get(key) ?? [other]), check])
      newest.set(key, check)
    }
  for (const list of several.values()) list.sort((a, b) => a.version - b.version)
  return {
    get: id => all.get(id),
    versionsOf: check => several.get(check.key) ?? [check],
    inBlock: block =>
      Array.from({ length: checksPerBlock }, (_, i) => all.get(block * checksPerBlock + i)).filter(
        check => check !== undefined
      ),
    blocksOf: probe => [
      ...new Set([...all.values()].filter(check => check.probe === probe).map(({ id }) => blockOf(id)))
    ]
  }
}

/** The version that a day begins with: the first one for all days before it. So a change in the course of a day moves none of that day's points. */
export const versionAt = (versions: readonly Check[], atMs: number): Check | undefined =>
  versions.find(({ toMs }) => toMs === undefined || toMs > atMs) ?? versions.at(-1)
