import { resolve } from 'node:path'
import t from 'tap'
import { chaos } from './chaos.ts'
import { scratch } from './scratch.ts'
import { seeded } from './seeded.ts'

// Real processes on a busy machine: the bound is for a dead-lock, not for speed.
t.setTimeout(1_500_000)

const root = resolve(import.meta.dirname, '../..')
const cycles = process.env['CI'] === 'true' ? 50 : 3
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

for (const kill of ['collector', 'agent'] as const)
  void t.test(
    `${cycles} × kill -9 of the ${kill} during upload: nothing recorded is lost, nothing is stored twice`,
    { timeout: 1_400_000 },
    async t => {
      t.comment(`seed ${seed}`)
      const result = await chaos({ root, directory: scratch(t), kill, cycles, random: seeded(seed) })
      t.comment(JSON.stringify(result))
      t.equal(result.kills, cycles)
      t.equal(result.drained, true, 'the spool empties after the last kill')
      t.ok(result.recorded >= cycles * 6, 'readings were made all the time')
      t.ok(result.dropped > 0 && result.forged > 0, 'answers were dropped and forged')
      t.equal(result.lost, 0)
      t.equal(result.twice, 0)
      t.equal(result.retimed, 0)
      t.equal(result.gaps, 0, 'no loss was declared either')
    }
  )
