import type { DatabaseSync } from 'node:sqlite'
import type { StoreReads } from '../store.ts'
import { bulletinReads } from './bulletins.ts'
import { calendarReads } from './calendars.ts'
import { evidenceReads } from './evidence.ts'
import { identityReads } from './identity.ts'
import { judgementReads } from './judgement.ts'
import { leaseReads } from './leases.ts'
import { ledgerReads } from './ledger.ts'
import type { Sync } from './transaction.ts'
import { uplinkReads } from './uplinks.ts'

export const reads = (db: DatabaseSync): Sync<StoreReads> => ({
  ...evidenceReads(db),
  ...identityReads(db),
  ...judgementReads(db),
  ...ledgerReads(db),
  ...uplinkReads(db),
  ...leaseReads(db),
  ...calendarReads(db),
  ...bulletinReads(db)
})
