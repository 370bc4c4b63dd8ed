import t from 'tap'
import { bin, node } from '../bench/processes.ts'
import { endToEnd } from './suites/end-to-end.ts'

// The clone as it is: `node deploy/bin.js`, with CI=true. The bundle runs the same suite in tests/bundle.test.ts, always.
if (process.env['CI'] === 'true') endToEnd(t, { command: [node, bin] })
else t.pass('left to CI=true')
