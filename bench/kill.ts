import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { chaos } from '../tests/delivery/chaos.ts'
import { seeded } from '../tests/delivery/seeded.ts'
import { circumstances, tableOf } from './table.ts'

const options = {
  cycles: { type: 'string', default: '1000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) }
} as const

const columns = ['killed', 'kills', 'answers dropped', 'forged', 'recorded', 'stored', 'lost', 'twice', 'retimed'].map(
  name => ({ name })
)

/** `npm run soak -- kill [--cycles N] [--seed N]`: the delivery proof of tests/delivery in its long form. Exit code 1 when anything was lost or stored twice. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const where = circumstances(`npm run soak -- kill --cycles ${values.cycles} --seed ${values.seed}`)
  const rows: (string | number)[][] = []
  for (const kill of ['collector', 'agent'] as const) {
    const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-kill-'))
    try {
      console.error(`kill -9 of the ${kill}, ${values.cycles} times …`)
      const root = resolve(import.meta.dirname, '..')
      const result = await chaos({
        root,
        directory,
        kill,
        cycles: Number(values.cycles),
        random: seeded(Number(values.seed))
      })
      if (!result.drained) console.error('the spool did not empty: something is dead-locked')
      if (!result.drained || result.lost + result.twice + result.retimed > 0) process.exitCode = 1
      rows.push([
        kill,
        result.kills,
        result.dropped,
        result.forged,
        result.recorded,
        result.stored,
        result.lost,
        result.twice,
        result.retimed
      ])
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
  console.log(`${tableOf(columns, rows)}\n\n${where}`)
}
