import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory that no other run ever had: a process that outlives a broken run must not meet the next one's files. */
export const scratch = (t: { teardown(work: () => void): void }): string => {
  const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
