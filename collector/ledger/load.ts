import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { parse } from '../../contract/parse.ts'
import { readYaml } from '../config.ts'
import type { PackRow } from '../store/store.ts'
import { Pack } from '../verdicts/pack.ts'
import { checkPack, checkPacks } from '../verdicts/parameters.ts'
import { checkLedger, Ledger } from './ledger.ts'

/** A ledger file, checked whole. Throws a SentenceError. */
export const loadLedger = (file: string): Ledger => checkLedger(parse(Ledger, readYaml(file), file), file)

/** Every pack in a directory, checked each and together. The text is kept as it is: it is evidence. Throws a SentenceError. */
export const loadPacks = (directory: string): PackRow[] => {
  const files = readdirSync(directory)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => join(directory, name))
  const packs = files.map(file => ({ pack: checkPack(parse(Pack, readYaml(file), file), file), place: file }))
  checkPacks(packs)
  return packs.map(({ pack: { id }, place }) => {
    const text = readFileSync(place, 'utf8')
    return { id, sha256: createHash('sha256').update(text).digest('hex'), text }
  })
}

/** A stored pack as data again. */
export const packOf = (row: PackRow): Pack => parse(Pack, parseYaml(row.text), `pack ${row.id}`)
