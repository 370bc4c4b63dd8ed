import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

/**
 * Runs test files (paths from the working directory) one after the other in this process, each to its end before the next is loaded: what they
 * share (Node, tap, the product's modules) is started once and not once a file, which is half the CPU of a short file.
 * Each file has tap's time-out to itself, and what it asked the root to tear down is done at its end.
 * A file that throws while it is loaded fails by its name, and the others run; a process that ends before its last file fails.
 */
export const together = async (files: readonly string[]): Promise<void> => {
  const left = [...files]
  process.on('exit', () => {
    if (left.length === 0) return
    // Not console.error: tap swallows it at this hour.
    writeSync(2, `these files must run to their end, and did not: ${left.join(', ')}\n`)
    process.exitCode = 1
  })
  for (const file of files) {
    const works: (() => unknown)[] = []
    // Not tap's own: it ends the root as soon as that is idle, which it is between two files.
    t.teardown = work => void works.unshift(work)
    t.setTimeout(Number(process.env['TAP_TIMEOUT'] ?? 30) * 1000)
    try {
      await import(pathToFileURL(resolve(file)).href)
    } catch (error) {
      t.error(error, `${file} cannot be loaded`)
    }
    // Subtests run in turn: when this one runs, those of the file are done. It does not run once something has ended the root.
    await t.test(`the end of ${file}`, async t => {
      left.shift()
      t.pass(file)
    })
    for (const work of works) await work()
  }
}

// A hook of the root would go on for the files after its own.
for (const hook of ['before', 'after', 'beforeEach', 'afterEach'] as const)
  t[hook] = () => {
    throw new Error(
      `a test file calls t.${hook} of the root, which holds for every file of its folder: use a subtest's`
    )
  }
