import type { Command } from 'commander'
import { ExitError } from '../contract/exit.ts'

/** Adds the collector's commands. */
export const addCollectorCommands = (program: Command, version: string): void => {
  program
    .command('collector')
    .description('run the collector 运行采集端')
    .requiredOption('--config <file>', 'collector.yaml')
    .option('--port <port>', 'instead of the file’s', portOf)
    .option('--host <host>', 'instead of the file’s')
    .action(async (options: { config: string; port?: number; host?: string }) => {
      // Only this command pays for loading the collector.
      const { runCollector } = await import('./main.ts')
      await runCollector(options.config, { ...options, version })
    })
}

export const portOf = (text: string): number => {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new ExitError('usage', `option --port must be 0 to 65535, got "${text}"`)
  return port
}
