import type { DatabaseSync } from 'node:sqlite'
import type { StoreReads } from '../store.ts'
import { bulletinReads } from './bulletins.ts'
import { calendarReads } from './calendars.ts'
import { checkReads } from './checks.ts'
import { evidenceReads } from './evidence.ts'
import { historyReads } from './history.ts'
import { identityReads } from './identity.ts'
import { judgementReads } from './judgement.ts'
import { leaseReads } from './leases.ts'
import { ledgerReads } from './ledger-reads.ts'
import type { BlockReads } from '../rollup-reads.ts'
import { rollupReads } from './rollups.ts'
import { sinkReads } from './sinks.ts'
import type { Sync } from './transaction.ts'
import { uplinkReads } from './uplinks.ts'

export const reads = (db: DatabaseSync): Sync<Omit<StoreReads, 'rollups' | 'rollupsOf'>> & Sync<BlockReads> => ({
  ...evidenceReads(db),
  ...identityReads(db),
  ...judgementReads(db),
  ...rollupReads(db),
  ...ledgerReads(db),
  ...checkReads(db),
  ...uplinkReads(db),
  ...leaseReads(db),
  ...calendarReads(db),
  ...bulletinReads(db),
  ...historyReads(db),
  ...sinkReads(db)
})
