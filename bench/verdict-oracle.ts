import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { explained } from '../collector/verdicts/explain.ts'
import { compare } from '../tests/oracle/compare.ts'
import { worldsOf } from '../tests/oracle/generate/worlds.ts'
import { oracleRules } from '../tests/oracle/rules/rules.ts'
import { properties } from '../tests/oracle/properties.ts'
import { circumstances, tableOf } from './table.ts'

const options = {
  worlds: { type: 'string', default: '10000' },
  schools: { type: 'string', default: '30' },
  seed: { type: 'string', default: '1' }
} as const

/** The properties run the product again for each: one world in so many is enough. */
const everyNth = 10

/**
 * `npm run soak -- verdicts [--worlds N] [--schools MOST] [--seed S]`: generated ledgers and periods, judged, shared out, ranked and named by the
 * product and by the brute force of tests/oracle; one in ten also under the properties. Exit code 1 when anything differs.
 */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const where = circumstances(['npm run soak -- verdicts', ...argv].join(' '))
  const [want, most, seed] = [Number(values.worlds), Number(values.schools), Number(values.seed)]
  const begunMs = performance.now()
  const total = { worlds: 0, periods: 0, verdicts: 0, shares: 0, lines: 0, named: 0, notRankable: 0, different: 0 }
  const reached = new Map<string, number>()
  const broken = new Map<string, number>()

  while (total.worlds < want) {
    // A few at a time: a sample holds all its worlds in memory.
    const some = Math.min(100, want - total.worlds)
    for (const world of fc.sample(worldsOf(most), { numRuns: some, seed: seed * 1_000_003 + total.worlds })) {
      const { product, differences, ...counts } = compare(world)
      total.worlds += 1
      total.periods += product.length
      total.verdicts += counts.verdicts
      total.shares += counts.shares
      total.lines += counts.lines
      total.different += differences.length
      for (const difference of differences.slice(0, 3)) console.error(`world ${total.worlds} ${difference}`)
      for (const { verdicts, rankings } of product) {
        for (const { indicator, verdict, reason } of verdicts) count(reached, `${indicator} ${verdict} ${reason}`)
        const lines = rankings.flatMap(ranking => ranking.lines)
        total.named += lines.filter(line => line.naming === 'named').length
        total.notRankable += lines.filter(line => line.naming === 'not_rankable').length
      }
      if (total.worlds % everyNth === 0)
        for (const { name, holds } of properties) count(broken, name, holds(world, total.worlds, product) ? 0 : 1)
    }
    if (total.worlds % 1_000 === 0) console.error(`${total.worlds} worlds …`)
    await new Promise(setImmediate)
  }

  console.log(words(reached))
  console.log(
    `\n${total.worlds} ledgers, ${total.periods} ledger periods, ${total.verdicts} verdicts, ${total.shares} shares, ${total.lines} ranking lines ` +
      `(${total.named} named, ${total.notRankable} not rankable): ${total.different} differences; ${((performance.now() - begunMs) / 1_000).toFixed(0)} s`
  )
  for (const [name, n] of broken)
    console.log(`${n === 0 ? '✔' : '✖'} ${name}: broken in ${n} of ${Math.floor(total.worlds / everyNth)}`)
  console.log(`Reasons that no world reached: ${unreached(reached).join(', ') || 'none'}`)
  console.log(where)
  if (total.different > 0 || [...broken.values()].some(n => n > 0)) process.exitCode = 1
}

const count = (counts: Map<string, number>, key: string, n = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + n)
}

const words = (reached: ReadonlyMap<string, number>): string =>
  tableOf(
    [
      { name: 'indicator' },
      { name: 'met' },
      { name: 'missed' },
      { name: 'unknown' },
      { name: 'carried over' },
      { name: 'does not apply' },
      { name: 'reasons' }
    ],
    Object.keys(oracleRules).map(indicator => {
      const own = [...reached].map(([key, n]) => ({ key: key.split(' '), n })).filter(({ key }) => key[0] === indicator)
      const sum = (word: string): number =>
        own.filter(({ key }) => key[1] === word && key[2] !== 'vacation').reduce((all, { n }) => all + n, 0)
      const carried = own.filter(({ key }) => key[2] === 'vacation').reduce((all, { n }) => all + n, 0)
      const reasons = new Set(own.map(({ key }) => key[2]))
      return [indicator, sum('met'), sum('missed'), sum('unknown'), carried, sum('not_applicable'), reasons.size]
    })
  )

/** Reasons that have a sentence of their own, of rules that the oracle knows. */
const unreached = (reached: ReadonlyMap<string, number>): string[] => {
  const said = new Set([...reached.keys()].map(key => `${key.split(' ')[0] ?? ''} ${key.split(' ')[2] ?? ''}`))
  const shared = new Set(explained(''))
  return Object.keys(oracleRules).flatMap(indicator =>
    explained(indicator)
      .filter(reason => !shared.has(reason) && !said.has(`${indicator} ${reason}`))
      .map(reason => `${indicator} ${reason}`)
  )
}
