import type { Command } from 'commander'
import { ExitError } from '../contract/exit.ts'
import type { CheckOptions } from './calendar-command.ts'
import type { LedgerImportOptions } from './ledger/import/command.ts'
import type { BulletinOptions } from './bulletin/command.ts'
import { addSinkCommands } from './sinks/cli.ts'
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

  const ledger = program.command('ledger').description('bring schools and devices into the ledger 台账')
  ledger
    .command('import')
    .description('import CSV, XLSX or YAML; nothing changes unless every row is good 导入')
    .argument('<file>', 'ledger file')
    .option('--kind <kind>', 'kind of a CSV whose name and headings do not say it')
    .option('--dry-run', 'only say what would change, and every bad row')
    .option('--skip-bad', 'import the rows that depend on no bad row')
    .option('--data <dir>', 'directory of a collector that is not running (default: ./var/collector)')
    .option('--config <file>', 'its collector.yaml instead: new devices get their checks at once')
    .option('--url <url>', 'a collector that runs, instead of a directory')
    .option('--secret-file <file>', 'file of its admin secret')
    .option('--json', 'print the report as JSON')
    .action(async (file: string, options: LedgerImportOptions) => {
      const { runLedgerImport } = await import('./ledger/import/command.ts')
      await runLedgerImport(file, options)
    })
  ledger
    .command('template')
    .description('write an empty workbook with every sheet and heading 模板')
    .requiredOption('--out <file>', 'where to write it, for example ledger.xlsx')
    .action(async ({ out }: { out: string }) => {
      const { runLedgerTemplate } = await import('./ledger/import/command.ts')
      await runLedgerTemplate(out)
    })

  program
    .command('calendar')
    .description('school calendars 校历')
    .command('check')
    .description('check calendars and print the expected school days of every period 检查校历，列出各周期应到校天数')
    .argument('[dir]', 'directory of calendars; the shipped ones when left out')
    .option('--scope <id>', 'whose: nation, or the id of an area or a school', 'nation')
    .option('--ledger <file>', 'ledger.yaml, for areas above a scope and for scopes that do not exist')
    .option('--year <yyyy>', 'periods of this year; this one when left out')
    .option('--json', 'print JSON')
    .action(async (directory: string | undefined, options: CheckOptions) => {
      const { checkCalendars } = await import('./calendar-command.ts')
      checkCalendars(directory, options)
    })

  addSinkCommands(program)

  program
    .command('bulletin')
    .description('freeze, verify and print the bulletin of a period 通报')
    .argument('<period>', 'YYYY-MM')
    .option('--out <dir>', 'write JSON, XLSX and HTML here; a preview while the period is not frozen')
    .option('--verify', 'compute it anew from its evidence and compare; every revision unless --revision is given')
    .option('--revision <n>', 'which; 0 for the current figures; the newest when left out')
    .option('--freeze', 'freeze a period that has ended')
    .option('--revise', 'make the next revision from the evidence as it is now')
    .option('--by <name>', 'who asks for it')
    .option('--note <text>', 'why')
    .option('--data <dir>', 'directory of the collector (default: ./var/collector)')
    .option('--json', 'print JSON')
    .action(async (period: string, options: BulletinOptions) => {
      const { runBulletin } = await import('./bulletin/command.ts')
      await runBulletin(period, options)
    })
}

export const portOf = (text: string): number => {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new ExitError('usage', `option --port must be 0 to 65535, got "${text}"`)
  return port
}
