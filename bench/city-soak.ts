import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

const options = {
  schools: { type: 'string', default: '220' },
  days: { type: 'string', default: '45' }
} as const
const root = resolve(import.meta.dirname, '..')

/**
 * `npm run soak -- city [--schools N] [--days N]`: tests/peers/influx-city.test.ts with a city in which every fault of the simulation has its school.
 * Needs influxd. Exit code 1 when any figure differs.
 */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const child = spawn(process.execPath, ['--test', 'tests/peers/influx-city.test.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CITY: `${values.schools}x${values.days}` }
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code === 0 ? 0 : 1
}
