import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { tiers } from '../../contract/bandwidth.ts'
import { parse, SentenceError } from '../../contract/parse.ts'
import { readYaml } from '../config.ts'
import type { PackRow } from '../store/store.ts'
import { Pack } from '../verdicts/pack.ts'
import { uplinkIndicator } from '../verdicts/uplink/tiers.ts'
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
    const { id, targets } = parse(Pack, readYaml(file), file)
    for (const [i, target] of targets.entries()) {
      const mbps = target.parameters?.['tier_mbps']
      if (target.indicator === uplinkIndicator && !tiers.some(tier => tier === mbps))
        throw new SentenceError(
          `${file} /targets/${i}/parameters/tier_mbps must be one of ${tiers.join(', ')}, got ${mbps ?? 'nothing'}`
        )
    }
    const other = seen.get(id)
    if (other !== undefined) throw new SentenceError(`${file} /id must be unique, got "${id}" which is in ${other} too`)
    seen.set(id, file)
    const text = readFileSync(file, 'utf8')
    return { id, sha256: createHash('sha256').update(text).digest('hex'), text }
  })
}

/** A stored pack as data again. */
export const packOf = (row: PackRow): Pack => parse(Pack, parseYaml(row.text), `pack ${row.id}`)
