import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readIfThere } from '../../collector/private-file.ts'
import { ExitError } from '../../contract/exit.ts'
import { mark, type TreeFile } from '../../dashboards/tree/tree.ts'

export interface WrittenFile {
  readonly path: string
  /** `stale`: ours, from an earlier run, and not asked for now; Grafana still reads it until somebody removes it. */
  readonly state: 'written' | 'same' | 'to_write' | 'stale'
}

/**
 * Writes a tree of files below a directory. Nothing at all is written when one of them is there and not ours, unless `force` is set: a bureau's own
 * Grafana has files of its own. Rejects with exit code 1 and every such path.
 */
export const writeTree = (
  out: string,
  files: readonly TreeFile[],
  { force, dryRun }: { readonly force: boolean; readonly dryRun: boolean }
): readonly WrittenFile[] => {
  try {
    return written(out, files, { force, dryRun })
  } catch (cause) {
    if (cause instanceof ExitError || !(cause instanceof Error && 'code' in cause)) throw cause
    throw new ExitError('failure', `option --out must be a directory that can be written: ${cause.message}`, { cause })
  }
}

const written = (
  out: string,
  files: readonly TreeFile[],
  { force, dryRun }: { readonly force: boolean; readonly dryRun: boolean }
): readonly WrittenFile[] => {
  const before = new Map(files.map(({ path }) => [path, readIfThere(join(out, path))]))
  const foreign = [...before].filter(([, text]) => text !== undefined && !isOurs(text)).map(([path]) => join(out, path))
  if (foreign.length > 0 && !force)
    throw new ExitError(
      'failure',
      `these files were not made by campus-gauge and are left alone (--force overwrites them): ${foreign.join(', ')}`
    )
  const states = files.map(({ path, text }): WrittenFile => {
    if (before.get(path) === text) return { path, state: 'same' }
    if (dryRun) return { path, state: 'to_write' }
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), text)
    return { path, state: 'written' }
  })
  return [...states, ...staleIn(out, new Set(before.keys()))]
}

const staleIn = (out: string, asked: ReadonlySet<string>): WrittenFile[] =>
  globSync('{provisioning/**/*.{yaml,yml},dashboards/*.json}', { cwd: out })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => !asked.has(path) && isOurs(readIfThere(join(out, path)) ?? ''))
    .sort()
    .map(path => ({ path, state: 'stale' }))

/** Our YAML says so in its first line; JSON has no comments, and our dashboards carry our tag. */
const isOurs = (text: string): boolean =>
  text.startsWith(`${mark}\n`) || (text.startsWith('{') && /"uid":\s*"cg-/.test(text) && /"campus-gauge"/.test(text))
