import { resolve } from 'node:path'
import type { Command } from 'commander'
import { portOf } from '../collector/cli.ts'
import type { StartOptions } from './start.ts'

/** Adds `start`. */
export const addStartCommand = (program: Command): void => {
  program
    .command('start')
    .description('collector and agent of this machine 在本机运行采集端和探针')
    .option('--port <port>', 'port of the collector', portOf, 8080)
    .option('--host <host>', 'address to listen on; 127.0.0.1 keeps it to this machine', '127.0.0.1')
    .option('--data <dir>', 'where everything is kept', './var')
    .action(async (options: StartOptions) => {
      const { start } = await import('./start.ts')
      await start({ ...options, data: resolve(options.data) })
    })
}
