import type { Command } from 'commander'
import type { TSchema } from 'typebox'
import { ExitError } from '../contract/exit.ts'

/** A configuration file that `config check` and `config schema` know. */
export interface ConfigKind {
  readonly schema: TSchema
  /** Throws a SentenceError with file, place, expectation and value. */
  readonly load: (file: string) => unknown
  /** What a person should know before using the file. */
  readonly notes?: (file: string) => readonly string[]
}

/** `config check agent FILE`, `config schema agent`: for every kind in the table. */
export const addConfigCommand = (program: Command, kinds: Readonly<Record<string, ConfigKind>>): void => {
  const names = Object.keys(kinds).join('|')
  const kindOf = (name: string): ConfigKind => {
    const kind = kinds[name]
    if (kind === undefined) throw new ExitError('usage', `argument kind must be ${names}, got "${name}"`)
    return kind
  }
  const config = program.command('config').description('check a configuration file, or print its JSON Schema 检查配置')
  config
    .command('check')
    .argument('<kind>', names)
    .argument('<file>')
    .option('--json', 'print {"ok":true,"file":…}')
    .action((name: string, file: string, options: { json?: boolean }) => {
      const kind = kindOf(name)
      kind.load(file)
      const notes = kind.notes?.(file) ?? []
      process.stdout.write(options.json === true ? `${JSON.stringify({ ok: true, file })}\n` : `✔ ${file}\n`)
      if (options.json !== true) process.stdout.write(notes.map(note => `  ${note}\n`).join(''))
    })
  config
    .command('schema')
    .argument('<kind>', names)
    .action((name: string) => {
      process.stdout.write(
        `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...kindOf(name).schema }, null, 2)}\n`
      )
    })
}
