// Runs every test file with node's runner. `npm test -- delivery` runs the files whose path contains the word.
// CI=true adds tests/peers (real servers, namespaces) and the long forms inside the files.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const words = process.argv.slice(2)
const peers = process.env['CI'] === 'true'
const files = globSync('tests/**/*.test.ts')
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => (peers || words.some(word => word.includes('peers')) ? true : !file.startsWith('tests/peers/')))
  .filter(file => words.length === 0 || words.some(word => file.includes(word)))
  .sort()

if (files.length === 0) {
  console.error(`no test file contains ${words.join(', ')}`)
  process.exit(2)
}
if (!peers) console.error('tests/peers left out: they need CI=true and the Debian packages of .ci/run')
const env = { NODE_COMPILE_CACHE: resolve('node_modules/.cache/node-compile'), ...process.env }
// Two at a time take a third less time and a quarter more CPU: worth it only for the long forms.
const lanes = peers ? 2 : 1
const child = spawn(process.execPath, ['--test', `--test-concurrency=${lanes}`, ...files], { stdio: 'inherit', env })
child.on('exit', code => process.exit(code ?? 1))
