import t from 'tap'
import { sqliteDoor } from '../rig/store-door.ts'
import { ledgerRowsSuite } from '../suites/store-ledger-rows.ts'
import { ledgerSuite } from '../suites/store-ledger.ts'

ledgerSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))
ledgerRowsSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))
