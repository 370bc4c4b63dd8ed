import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Reads a secret's file, or makes it once: 0600, written whole beside it and linked into place, so that two starters at the same
 * moment agree on one and a power cut never leaves half a key.
 */
export const readOrMake = (file: string, make: () => string): { text: string; made: boolean } => {
  const known = readIfThere(file)
  if (known !== undefined) return { text: known, made: false }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  const handle = openSync(draft, 'w', 0o600)
  writeSync(handle, make())
  fsyncSync(handle)
  closeSync(handle)
  try {
    linkSync(draft, file)
    return { text: readFileSync(file, 'utf8'), made: true }
  } catch (error) {
    const other = readIfThere(file)
    if (other === undefined) throw error
    return { text: other, made: false }
  } finally {
    unlinkSync(draft)
  }
}

/** Undefined when the file is not there; throws what else is in the way. */
export const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
