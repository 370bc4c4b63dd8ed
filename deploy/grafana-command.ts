import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ProvisionOptions } from './grafana/provision.ts'

/** Adds `grafana provision`. */
export const addGrafanaCommand = (program: Command): void => {
  program
    .command('grafana')
    .description('Grafana')
    .command('provision')
    .description(
      'write data sources, dashboards and alert rules for a Grafana, with the names of your ledger 生成 Grafana 的配置'
    )
    .requiredOption('--out <dir>', 'where to write the tree; files that somebody else made are left alone')
    .option('--config <file>', 'collector.yaml: generation and names of the databases, and the ledger of its store')
    .option('--data <dir>', 'directory of the collector whose ledger has the names')
    .option('--ledger <file>', 'ledger.yaml with the names, instead')
    .option('--generation <1|2|3>', 'of InfluxDB (default: that of --config, else 1)')
    .option('--with <list>', 'also: dingding, wecom, email, webhook, feishu, mute-timings, policies; comma-separated')
    .option('--collector-url <url>', 'where people open the collector: alerts then link to its pages')
    .option(
      '--dashboard-path <dir>',
      'where Grafana will find the dashboards (default: /var/lib/grafana/dashboards/campus-gauge)'
    )
    .option('--force', 'overwrite files that are not ours')
    .option('--dry-run', 'only say what would be written')
    .option('--json', 'print JSON')
    .action(async (options: ProvisionOptions) => {
      const { runProvision } = await import('./grafana/provision.ts')
      await runProvision({ ...options, out: resolve(options.out) })
    })
}
