import { CommanderError, type Command } from 'commander'
import { exitCodes, exitWordOf } from '../contract/exit.ts'

/** Runs a program's command line: errors are one sentence on stderr and the exit code of the table in contract/exit.ts. */
export const runProgram = async (program: Command, argv: readonly string[]): Promise<void> => {
  process.stdout.on('error', () => process.exit(exitCodes.failure))
  try {
    for (const command of withAllBelow(program)) command.exitOverride()
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what it has to say; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
      return
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    if (process.env['CAMPUS_GAUGE_TRACE'] === '1' && error instanceof Error)
      process.stderr.write(`${error.stack ?? ''}\n`)
    process.exitCode = exitCodes[exitWordOf(error)]
  }
}

const withAllBelow = (command: Command): Command[] => [command, ...command.commands.flatMap(withAllBelow)]
