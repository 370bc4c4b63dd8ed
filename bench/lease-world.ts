import { DatabaseSync } from 'node:sqlite'
import type { Ledger } from '../collector/ledger/ledger.ts'
import { reads } from '../collector/store/operations/reads.ts'
import type { Sync } from '../collector/store/operations/transaction.ts'
import { writes } from '../collector/store/operations/writes.ts'
import { migrate } from '../collector/store/migrate.ts'
import type { StoreReads, StoreWrites } from '../collector/store/store.ts'
import { addDays } from '../collector/calendar/day.ts'

/** One school of the simulation, with one uplink. */
export interface SimulatedSchool {
  readonly uplink: string
  readonly device: string
  readonly agent: string
  readonly tierMbps: number
  /** Schools of a group share a line. */
  readonly group: string | undefined
  /** No power at night. */
  readonly dark: boolean
  /** Its line carries less than its tier. */
  readonly slow: boolean
}

export const id = (i: number): string => String(i).padStart(4, '0')

/** Mixed tiers, a third of the schools in shared groups of 2 to 8, one in twelve dark at night, one in ten too slow. */
export const makeSchools = (n: number, random: () => number): SimulatedSchool[] => {
  const schools: SimulatedSchool[] = []
  let group: { name: string; left: number } | undefined
  for (let i = 0; i < n; i += 1) {
    if (group === undefined && random() < 0.09) group = { name: `group-${id(i)}`, left: 2 + Math.floor(7 * random()) }
    schools.push({
      uplink: `uplink-${id(i)}`,
      device: `gateway-${id(i)}`,
      agent: `a-${id(i)}`,
      tierMbps: [100, 500, 1000][Math.floor(3 * random())] ?? 100,
      group: group?.name,
      dark: random() < 1 / 12,
      slow: random() < 0.1
    })
    if (group !== undefined) group = group.left === 1 ? undefined : { ...group, left: group.left - 1 }
  }
  return schools
}

const ledgerOf = (schools: readonly SimulatedSchool[]): Ledger => ({
  areas: [{ id: 'county', level: 'county', name: '测速区' }],
  schools: schools.map((_, i) => ({
    id: `school-${id(i)}`,
    code: `61080000${id(i)}`,
    name: `第 ${i} 小学`,
    area: 'county',
    stage: 'primary' as const,
    zone: 'rural' as const
  })),
  devices: schools.map((school, i) => ({
    id: school.device,
    school: `school-${id(i)}`,
    kind: 'gateway' as const,
    name: '网关'
  })),
  uplinks: schools.map((school, i) => ({
    id: school.uplink,
    school: `school-${id(i)}`,
    device: school.device,
    contract_down_mbps: school.tierMbps,
    ...(school.group === undefined ? {} : { shared_group: school.group })
  }))
})

/** The store's own operations and schema on a database in memory, in this thread: nothing waits for a disk, every transaction is real. */
export const openWorldStore = async (schools: readonly SimulatedSchool[], today: string) => {
  const db = new DatabaseSync(':memory:')
  migrate(db, ':memory:')
  const store = promised<Omit<StoreReads, 'rollups' | 'rollupsOf'> & StoreWrites>({ ...writes(db), ...reads(db) })
  await store.putLedger(ledgerOf(schools))
  await store.putPresence(
    schools.flatMap(({ agent, dark }) =>
      [1, 2, 3, 4].map(back => ({ agent, day: addDays(today, -back), night: !dark, daytime: true }))
    )
  )
  return { store, close: () => db.close() }
}

const promised = <Operations>(operations: Sync<Operations>): Operations =>
  Object.fromEntries(
    Object.entries<(...args: readonly unknown[]) => unknown>({ ...operations }).map(([name, work]) => [
      name,
      (...args: readonly unknown[]) => new Promise(resolve => resolve(work(...args)))
    ])
  ) as Operations
