import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ExitError } from '../../contract/exit.ts'

/** A slip in a path must not make a second, empty store: commands that look at one say so. Throws an ExitError that names the option. */
export const mustHoldStore = (directory: string): void => {
  if (!existsSync(join(directory, 'store.sqlite')))
    throw new ExitError(
      'badConfiguration',
      `option --data must be the directory of a collector's store.sqlite, got "${directory}"`
    )
}
