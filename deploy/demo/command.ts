import { resolve } from 'node:path'
import type { Command } from 'commander'
import { portOf } from '../../collector/cli.ts'
import { ExitError } from '../../contract/exit.ts'

/** Adds `demo`. */
export const addDemoCommand = (program: Command, version: string): void => {
  program
    .command('demo')
    .description('a simulated city with every state present 模拟城市（模拟数据）')
    .option('--schools <n>', '9 to 5000', wholeOf('--schools', 9, 5_000), 300)
    .option('--days <n>', '1 to 90', wholeOf('--days', 1, 90), 60)
    .option('--seed <n>', 'another number, another city', wholeOf('--seed', 0, 1_000_000), 1)
    .option('--port <port>', 'port of the pages', portOf, 8080)
    .option('--host <host>', 'address to listen on; 127.0.0.1 keeps it to this machine', '127.0.0.1')
    .option('--data <dir>', 'where everything is kept', './var/demo')
    .option('--until <time>', 'when the simulated days end (RFC 3339); now unless said', timeOf)
    .option('--only', 'make the data and stop', false)
    .option('--json', 'print what was made as JSON', false)
    .action(
      async (options: {
        schools: number
        days: number
        seed: number
        port: number
        host: string
        data: string
        until?: number
        only: boolean
        json: boolean
      }) => {
        const { demo } = await import('./demo.ts')
        const { until, ...rest } = options
        await demo({ ...rest, untilMs: until ?? Date.now(), data: resolve(options.data), version })
      }
    )
}

const wholeOf =
  (name: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d{1,7}$/.test(text) || value < least || value > most)
      throw new ExitError('usage', `option ${name} must be a whole number from ${least} to ${most}, got "${text}"`)
    return value
  }

const timeOf = (text: string): number => {
  const ms = Date.parse(text)
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(ms) || ms > Date.now())
    throw new ExitError(
      'usage',
      `option --until must be a past RFC 3339 time such as 2026-11-21T10:00:00+08:00, got "${text}"`
    )
  return ms
}
