import type { DatabaseSync } from 'node:sqlite'
import type { StoreWrites } from '../store.ts'
import { bulletinWrites } from './bulletins.ts'
import { calendarWrites } from './calendars.ts'
import { checkWrites } from './checks.ts'
import { identityWrites } from './identity.ts'
import { ingest } from './ingest.ts'
import { judgementWrites, type LineWrites } from './judgement.ts'
import { leaseWrites } from './leases.ts'
import { ledgerWrites } from './ledger.ts'
import { rollupWrites } from './rollups.ts'
import { sinkWrites } from './sinks.ts'
import type { Sync } from './transaction.ts'
import { uplinkWrites } from './uplinks.ts'

export const writes = (db: DatabaseSync): Sync<StoreWrites & LineWrites> => ({
  ...ingest(db),
  ...identityWrites(db),
  ...ledgerWrites(db),
  ...checkWrites(db),
  ...judgementWrites(db),
  ...rollupWrites(db),
  ...uplinkWrites(db),
  ...leaseWrites(db),
  ...calendarWrites(db),
  ...bulletinWrites(db),
  ...sinkWrites(db)
})
