import type { Command } from 'commander'
import { ExitError } from '../contract/exit.ts'
import type { TestServerOptions } from './testserver/command.ts'

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

  program
    .command('testserver')
    .description('the far end of bandwidth tests 带宽测试的远端')
    .requiredOption('--listen <host:port>', 'address to listen on, for example 0.0.0.0:8090 or [::]:8090')
    .option('--secret-file <file>', 'laboratory: file with a secret; whoever knows it may test')
    .option('--collector-key <base64>', 'public key of the collector whose leases are accepted')
    .option('--server-id <id>', 'id of this server in collector.yaml')
    .option('--port-mbps <n>', 'speed of this machine’s port, Mbit/s')
    .option('--max-tests <n>', 'most tests at once')
    .option('--json', 'print the address as JSON')
    .action(async (options: TestServerOptions) => {
      const { runTestServer } = await import('./testserver/command.ts')
      await runTestServer(options)
    })
}

export const portOf = (text: string): number => {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new ExitError('usage', `option --port must be 0 to 65535, got "${text}"`)
  return port
}
