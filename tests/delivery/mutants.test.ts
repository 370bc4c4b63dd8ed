import { join, resolve } from 'node:path'
import t from 'tap'
import { chaos } from './chaos.ts'
import { mutants, plant, type Mutant } from './mutants.ts'
import { scratch } from './scratch.ts'
import { seeded } from './seeded.ts'

// Real processes on a busy machine: the bound is for a dead-lock, not for speed.
t.setTimeout(1_500_000)

const root = resolve(import.meta.dirname, '../..')

/** With CI=true, or those that are named: each costs a dozen CPU-seconds. */
const only = process.env['MUTANT']
const isWanted = (mutant: Mutant): boolean =>
  only === undefined ? process.env['CI'] === 'true' : mutant.name.includes(only)
for (const mutant of mutants.filter(isWanted))
  void t.test(`the delivery test catches: ${mutant.name}`, { timeout: 1_400_000 }, async t => {
    const directory = scratch(t)
    const code = plant(mutant, root, directory)
    const result = await chaos({
      root: code,
      directory: join(directory, 'run'),
      kill: mutant.kill,
      cycles: 4,
      random: seeded(7),
      patienceMs: 5_000
    })
    t.comment(JSON.stringify(result))
    t.ok(result.lost > 0 || result.twice > 0 || result.retimed > 0 || !result.drained, 'the fault is seen')
  })
