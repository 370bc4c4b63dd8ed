// Runs every test file with node's runner. `npm test -- delivery` runs the files whose path contains the word.
// CI=true adds tests/peers (real servers, namespaces) and the long forms inside the files, and gives every file a process
// of its own. Without it, and without words, the files of a folder share one process, which is a third of the CPU.
import { spawn } from 'node:child_process'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
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

/** Folders whose files start processes of their own, for a minute and more: little is shared there. */
const apart = ['delivery', 'demo', 'peers']

/** The folder under tests/ that the file shares a process with, or its own name. @param {string} file */
const placeOf = file => {
  const [, folder = '', rest] = file.split('/')
  return rest === undefined || apart.includes(folder) ? file : folder
}

/** For every folder one file that runs those of the folder, in .tap/together; the others as they are. */
const gathered = () => {
  const directory = '.tap/together'
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  return [...Map.groupBy(files, placeOf)].map(([place, members]) => {
    if (place === members[0]) return place
    const entry = `${directory}/${place}.js`
    writeFileSync(
      entry,
      `import { together } from '../../tests/together.ts'\nawait together(${JSON.stringify(members, undefined, 2)})\n`
    )
    return entry
  })
}

// tap's 30 seconds are for a dead-lock; a file on a busy machine may take as long.
const env = { NODE_COMPILE_CACHE: resolve('node_modules/.cache/node-compile'), TAP_TIMEOUT: '120', ...process.env }
// Two at a time take a third less time and a quarter more CPU: worth it only for the long forms.
const lanes = peers ? 2 : 1
const targets = peers || words.length > 0 ? files : gathered()
const child = spawn(process.execPath, ['--test', `--test-concurrency=${lanes}`, ...targets], { stdio: 'inherit', env })
child.on('exit', code => process.exit(code ?? 1))
