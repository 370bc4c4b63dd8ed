#!/usr/bin/env node
// Goes beside the bundle as campus-gauge.js. Old syntax on purpose: Node 12 must get as far as the sentence below. The same text runs as
// CommonJS and as an ES module, because which of them it is depends on a package.json somewhere above the directory it is unpacked in.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    'campus-gauge 需要 Node 24 或更新版本，当前是 ' +
      process.versions.node +
      '。campus-gauge needs Node 24 or newer, this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n'
  )
  process.exitCode = 1
} else {
  const start = async () => {
    const { default: module } = await import('node:module')
    module.enableCompileCache()
    // @ts-expect-error deploy/bundle.ts makes it
    await import('./campus-gauge-agent.mjs')
  }
  start().catch((/** @type {unknown} */ error) => {
    process.stderr.write(`${String(error)}\n`)
    process.exitCode = 1
  })
}
