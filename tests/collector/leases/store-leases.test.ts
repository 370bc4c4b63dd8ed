import t from 'tap'
import { sqliteDoor } from '../../rig/store-door.ts'
import { leaseSuite } from '../../suites/store-leases.ts'

leaseSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))
