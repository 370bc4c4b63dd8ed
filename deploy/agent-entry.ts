import { Command } from 'commander'
import { addAgentCommands } from '../agent/cli.ts'
import { AgentConfig, loadAgentSettings } from '../agent/config.ts'
import { addConfigCommand } from '../agent/config-command.ts'
import { childWord } from '../agent/probes/bandwidth/test-job.ts'
import { runProgram } from './run-program.ts'
import { version } from './version.ts'

// The bundle is one file: the process of a bandwidth test starts here too, with a word that is no command.
if (process.argv[2] === childWord && process.send !== undefined) {
  const { serveTest } = await import('../agent/probes/bandwidth/test-process.ts')
  serveTest()
} else {
  /** The command line of the agent alone: where deploy/bundle.ts starts. */
  const program = new Command('campus-gauge')
    .description('校园网络达标监测探针: the agent of campus-gauge')
    .version(version)
  addAgentCommands(program, version)
  addConfigCommand(program, { agent: { schema: AgentConfig, load: loadAgentSettings } })
  await runProgram(program, process.argv)
}
