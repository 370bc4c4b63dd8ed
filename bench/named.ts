/** Something that can be run by its name: prints one table. */
export interface Named {
  readonly summary: string
  /** Lazily, so that listing the names costs nothing. */
  load(): Promise<{ run: (argv: readonly string[]) => Promise<void> }>
}

/** `npm run bench -- NAME [options]`: without a name it lists them, with an unknown one it ends with 2. */
export const runNamed = async (
  kind: string,
  table: Readonly<Record<string, Named>>,
  argv: readonly string[]
): Promise<void> => {
  const [name, ...rest] = argv
  const list = Object.entries(table).map(([known, { summary }]) => `  ${known.padEnd(10)} ${summary}`)
  if (name === undefined) {
    console.log(list.length === 0 ? `${kind}: none yet` : `npm run ${kind} -- NAME\n${list.join('\n')}`)
    return
  }
  const found = Object.hasOwn(table, name) ? table[name] : undefined
  if (found === undefined) {
    console.error(`argument NAME must be one of ${Object.keys(table).join(', ') || '(none yet)'}, got "${name}"`)
    process.exitCode = 2
    return
  }
  const { run } = await found.load()
  await run(rest)
}
