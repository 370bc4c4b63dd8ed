import t from 'tap'
import { sqliteDoor } from '../rig/store-door.ts'
import { bulletinSuite } from '../suites/store-bulletins.ts'

bulletinSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))
