#!/usr/bin/env node
// Plain JavaScript, so that an old Node can at least say what is wrong.
import module from 'node:module'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `campus-gauge needs Node 24 or newer, this is ${process.versions.node} (${process.execPath}). ` +
      'In a clone use `npm start` or `npx campus-gauge`: they bring the right one.\n'
  )
  process.exit(1)
}
module.enableCompileCache()
const { run } = await import('./cli.ts')
await run(process.argv)
