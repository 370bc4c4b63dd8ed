import type { Command } from 'commander'
import type { SinkOptions } from './command.ts'
import type { SinkSetupOptions } from './setup-command.ts'

/** Adds `sink …`: where copies go, how far they are, and what was refused. */
export const addSinkCommands = (program: Command): void => {
  const sink = program.command('sink').description('copies to InfluxDB, and what was refused 数据外送')

  sink
    .command('check')
    .description('ask the server of a configuration now: reachable, credentials, databases, types 检查')
    .requiredOption('--config <file>', 'collector.yaml')
    .option('--json', 'print JSON')
    .action(async (options: { config: string; json?: boolean }) => {
      const { runSinkCheck } = await import('./command.ts')
      await runSinkCheck(options)
    })
  sink
    .command('setup')
    .description('make databases, accounts and grants that a configuration needs 建库建账号')
    .requiredOption('--config <file>', 'collector.yaml')
    .option('--admin-user <name>', 'administrator of InfluxDB 1.x')
    .option('--admin-password-file <file>', 'file of the password')
    .option('--admin-token-file <file>', 'InfluxDB 2.x: file of a token that may make buckets')
    .option('--reader-user <name>', 'account of Grafana')
    .option('--reader-password-file <file>', 'file of its password; made when it is not there')
    .option('--reader-token-file <file>', 'InfluxDB 2.x: file of its token; made when it is not there')
    .option('--raw-days <n>', 'how long raw points are kept')
    .option('--dry-run', 'only say what would be made')
    .option('--json', 'print JSON')
    .action(async (options: SinkSetupOptions) => {
      const { runSinkSetup } = await import('./setup-command.ts')
      await runSinkSetup(options)
    })

  desk(sink.command('status').description('state, how far behind, dead letters 状态'), async options => {
    const { runSinkStatus } = await import('./command.ts')
    await runSinkStatus(options)
  })
  desk(
    sink
      .command('dead-letters')
      .description('points that were refused, oldest first 被拒收的数据')
      .option('--limit <n>', 'how many, at most 1000 (default: 100)'),
    async options => {
      const { runSinkLetters } = await import('./command.ts')
      await runSinkLetters(options)
    }
  )
  desk(
    sink
      .command('replay')
      .description('send dead letters again, when what was wrong is mended 重发')
      .option('--id <id...>', 'which; all when left out'),
    async options => {
      const { runSinkReplay } = await import('./command.ts')
      await runSinkReplay(options)
    }
  )
  desk(
    sink
      .command('drop')
      .description('give dead letters up for good 放弃')
      .option('--id <id...>', 'which; all when left out')
      .option('--yes', 'yes, drop them'),
    async options => {
      const { runSinkDrop } = await import('./command.ts')
      await runSinkDrop(options)
    }
  )
  desk(
    sink
      .command('rewind')
      .description('send everything again, to a fresh database 全部重发')
      .option('--from-arrival <n>', 'only batches after this one (default: 0)')
      .option('--yes', 'yes, all of it'),
    async options => {
      const { runSinkRewind } = await import('./command.ts')
      await runSinkRewind(options)
    }
  )
}

/** What all commands about a collector's sinks share. */
const desk = (command: Command, action: (options: SinkOptions) => Promise<void>): void =>
  void command
    .option('--sink <name>', 'which sink (default: influx)')
    .option('--data <dir>', 'directory of the collector (default: ./var/collector)')
    .option('--url <url>', 'a collector that runs, instead of a directory')
    .option('--secret-file <file>', 'file of its admin secret')
    .option('--json', 'print JSON')
    .action(action)
