import { parseArgs } from 'node:util'
import { simulateNight, type Night } from './lease-night.ts'
import { circumstances, goalLine, tableOf } from './table.ts'

const options = {
  schools: { type: 'string', default: '1000' },
  'port-mbps': { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' }
} as const

/** One night of a fleet on one test server: served, never over the port's share, never two on a line, and the same plan again. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const night = {
    schools: Number(values.schools),
    portMbps: Number(values['port-mbps']),
    seed: Number(values.seed),
    day: '2026-11-04'
  }
  const where = circumstances(['npm run bench -- lease-fleet', ...argv].join(' '))
  const nights = [
    await simulateNight(night),
    await simulateNight(night),
    await simulateNight({ ...night, seed: night.seed + 1 })
  ]
  console.log(
    tableOf(
      [
        { name: 'seed' },
        { name: 'schools' },
        { name: 'dark' },
        { name: 'groups' },
        { name: 'served' },
        { name: 'tests' },
        { name: 'unopened' },
        { name: 'requests' },
        { name: 'peak of port %', digits: 1 },
        { name: 'over 80 %' },
        { name: 'same line' },
        { name: 'outside' },
        { name: 'last at' },
        { name: 'GB', digits: 1 },
        { name: 'plan' }
      ],
      nights.map((one, i) => rowOf(one, i === 2 ? night.seed + 1 : night.seed, night))
    )
  )
  console.log("decide and the store's own transactions, on SQLite in memory")
  const [first, again] = nights
  console.log(goalLine('schools not served', Math.max(...nights.map(one => night.schools - one.served)), 0, '', 0))
  console.log(goalLine('instants over 80 % of the port', Math.max(...nights.map(one => one.overCap)), 0, '', 0))
  console.log(goalLine('two leases on a line', Math.max(...nights.map(one => one.sameLine)), 0, '', 0))
  console.log(goalLine('plans that differ under one seed', first?.planHash === again?.planHash ? 0 : 1, 0, '', 0))
  console.log(where)
}

const rowOf = (one: Night, seed: number, { schools, portMbps }: { schools: number; portMbps: number }) => [
  seed,
  schools,
  one.dark,
  one.groups,
  one.served,
  one.tests,
  one.unopened,
  one.requests,
  (100 * one.peakMbps) / portMbps,
  one.overCap,
  one.sameLine,
  one.outside,
  new Date(one.lastNightMs).toISOString().slice(11, 16),
  one.bytes / 1e9,
  one.planHash
]
