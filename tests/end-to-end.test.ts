import t from 'tap'
import { bin, node } from '../bench/processes.ts'
import { endToEnd } from './suites/end-to-end.ts'

// The clone as it is: `node deploy/bin.js`. The bundle runs the same suite in tests/bundle.test.ts.
endToEnd(t, { command: [node, bin] })
