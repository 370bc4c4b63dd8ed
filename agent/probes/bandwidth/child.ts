import { serveTest } from './test-process.ts'

/** Where run-test.ts starts the process of a test in a clone; in the bundle deploy/agent-entry.ts does. */
serveTest()
