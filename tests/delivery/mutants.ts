import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fault to be found. Each edit's text must stand in the file exactly once, so a mutant never goes stale in silence. */
export interface Planted {
  readonly name: string
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[]
}
/** A fault that the delivery tests must find. */
export interface Mutant extends Planted {
  readonly kill: 'collector' | 'agent'
}

export const mutants: readonly Mutant[] = [
  {
    name: 'acknowledge before the commit',
    kill: 'collector',
    edits: [
      {
        file: 'collector/receive/committer.ts',
        from: 'queue.push({ batch, resolve, reject })',
        to: "queue.push({ batch, resolve: () => undefined, reject }); resolve({ kind: 'stored', highWater: batch.seq })"
      },
      // The commit of a real disk takes this long; the one of a test machine's cache may win the race against the signal.
      {
        file: 'collector/receive/committer.ts',
        from: '=> {\n    await new Promise(resolve => setImmediate(resolve))',
        to: '=> {\n    await new Promise(resolve => setTimeout(resolve, 30))'
      }
    ]
  },
  {
    name: 'duplicates are not recognised',
    kill: 'collector',
    edits: [
      {
        file: 'collector/store/operations/ingest.ts',
        from: 'if (batch.seq <= stream.high_water) {',
        to: 'if (batch.seq < 0) {'
      },
      { file: 'collector/store/schema.ts', from: 'body BLOB NOT NULL, UNIQUE (stream, seq)', to: 'body BLOB NOT NULL' }
    ]
  },
  {
    name: 'readings are dated by the retry',
    kill: 'collector',
    edits: [
      {
        file: 'agent/upload.ts',
        from: 'const batch = spool.freeze(most)',
        to: 'spool.thaw(); const batch = spool.freeze(most)'
      },
      {
        file: 'agent/spool.ts',
        from: 'JSON.parse(row.body) as Entry)',
        to: '({ ...JSON.parse(row.body), wall_ms: Date.now(), up_ms: Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000) }) as Entry)'
      },
      {
        file: 'agent/spool.ts',
        from: "import { mkdirSync, renameSync, rmSync } from 'node:fs'",
        to: "import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'"
      }
    ]
  },
  {
    name: 'an unsigned acknowledgement is obeyed',
    kill: 'agent',
    edits: [
      {
        file: 'agent/upload.ts',
        from: 'const acknowledged = (answer: ClientAnswer, batch: Frozen): Ending => {\n    if (!answer.verified) {',
        to: 'const acknowledged = (answer: ClientAnswer, batch: Frozen): Ending => {\n    if (answer.status === 0) {'
      }
    ]
  }
]

/** Copies what runs into a directory and applies a mutant there; packages are linked, not copied. */
export const plant = (
  mutant: Planted,
  root: string,
  directory: string,
  folders: readonly string[] = ['contract', 'agent', 'collector', 'deploy', 'tests/delivery']
): string => {
  const copy = join(directory, 'code')
  mkdirSync(copy, { recursive: true })
  for (const folder of folders) cpSync(join(root, folder), join(copy, folder), { recursive: true })
  for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(copy, file))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir')
  for (const { file, from, to } of mutant.edits) {
    const text = readFileSync(join(copy, file), 'utf8')
    const parts = text.split(from)
    if (parts.length !== 2)
      throw new Error(
        `mutant "${mutant.name}": ${file} must hold the text once, it does ${parts.length - 1} times: ${from}`
      )
    writeFileSync(join(copy, file), parts.join(to))
  }
  return copy
}
