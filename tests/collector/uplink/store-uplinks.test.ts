import t from 'tap'
import { sqliteDoor } from '../../rig/store-door.ts'
import { uplinkSuite } from '../../suites/store-uplinks.ts'

uplinkSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))
