import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { SentenceError } from '../../../contract/parse.ts'
import { dayOf } from '../../calendar/day.ts'
import type { StoreReads } from '../../store/store.ts'
import type { Ledger } from '../ledger.ts'
import { faultText, openCounter, type RowFault } from './fault-list.ts'
import { importDrafts, type ImportStore } from './import.ts'
import { draftsOfLedger } from './ledger-yaml.ts'

/**
 * Brings the ledger file of the configuration into the store when it was edited since the last start. Otherwise it is left alone:
 * what was imported meanwhile must not be undone by a restart. Rejects with a SentenceError.
 */
export const applyStartLedger = async (
  store: ImportStore & Pick<StoreReads, 'ledgerImports'>,
  file: string,
  ledger: Ledger,
  nowMs: number
): Promise<void> => {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  const name = `start: ${basename(file)}`
  const last = (await store.ledgerImports(10_000)).find(entry => entry.name === name)
  if (last?.sha256 === sha256) return
  const drafts = draftsOfLedger(ledger, file)
  const faults = openCounter<RowFault>(1)
  const { applied } = await importDrafts(
    store,
    { drafts, kinds: new Set(), unusable: false },
    {
      name,
      sha256,
      dryRun: false,
      skipBad: false,
      nowMs,
      today: dayOf(nowMs),
      faults,
      warnings: openCounter(0),
      remember: 'always'
    }
  )
  const [fault] = faults.items
  if (!applied && fault !== undefined) throw new SentenceError(faultText(fault))
}
