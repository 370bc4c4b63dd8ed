import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { parse, SentenceError } from '../../contract/parse.ts'
import { readYaml } from '../config.ts'
import type { PackRow } from '../store/store.ts'
import { Pack } from '../verdicts/pack.ts'
import { checkLedger, Ledger } from './ledger.ts'

/** A ledger file, checked whole. Throws a SentenceError. */
export const loadLedger = (file: string): Ledger => checkLedger(parse(Ledger, readYaml(file), file), file)

/** Every pack in a directory. The text is kept as it is: it is evidence. Throws a SentenceError. */
export const loadPacks = (directory: string): PackRow[] => {
  const files = readdirSync(directory)
    .filter(name => name.endsWith('.yaml'))
    .sort()
  const seen = new Map<string, string>()
  return files.map(name => {
    const file = join(directory, name)
    const { id } = parse(Pack, readYaml(file), file)
    const other = seen.get(id)
    if (other !== undefined) throw new SentenceError(`${file} /id must be unique, got "${id}" which is in ${other} too`)
    seen.set(id, file)
    const text = readFileSync(file, 'utf8')
    return { id, sha256: createHash('sha256').update(text).digest('hex'), text }
  })
}

/** A stored pack as data again. */
export const packOf = (row: PackRow): Pack => parse(Pack, parseYaml(row.text), `pack ${row.id}`)
