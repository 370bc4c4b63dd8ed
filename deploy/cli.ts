import { Command } from 'commander'
import { addAgentCommands } from '../agent/cli.ts'
import { AgentConfig, loadAgentSettings } from '../agent/config.ts'
import { addConfigCommand } from '../agent/config-command.ts'
import { addCollectorCommands } from '../collector/cli.ts'
import { CollectorConfig, costNotes, loadSettings } from '../collector/config.ts'
import { version } from './version.ts'
import { runProgram } from './run-program.ts'
import { addDemoCommand } from './demo/command.ts'
import { addGrafanaCommand } from './grafana-command.ts'
import { addStartCommand } from './start-command.ts'

/** The whole command line, as it is in a clone. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const program = new Command('campus-gauge')
    .description('校园网络达标监测: does a campus meet its network targets?')
    .version(version)
  addStartCommand(program)
  addDemoCommand(program, version)
  addGrafanaCommand(program)
  addCollectorCommands(program, version)
  addAgentCommands(program, version)
  addConfigCommand(program, {
    agent: { schema: AgentConfig, load: loadAgentSettings },
    collector: { schema: CollectorConfig, load: loadSettings, notes: costNotes }
  })
  await runProgram(program, argv)
}
