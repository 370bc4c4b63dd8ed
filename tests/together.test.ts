import { execFile } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const good = "import t from 'tap'\nvoid t.test('it passes', async t => t.pass())\n"

/** Exit code and output of files that run in one process. */
const together = (t: Test, files: Readonly<Record<string, string>>): Promise<{ code: number; output: string }> => {
  const directory = t.testdir(files)
  const module = JSON.stringify(join(import.meta.dirname, 'together.ts'))
  const paths = JSON.stringify(Object.keys(files).map(name => join(directory, name)))
  const text = `import { together } from ${module}\nawait together(${paths})`
  const env = { ...process.env }
  delete env['NODE_TEST_CONTEXT']
  return new Promise(resolve => {
    const child = execFile(process.execPath, ['--input-type=module', '-e', text], { env }, (_error, out, errors) =>
      resolve({ code: child.exitCode ?? -1, output: out + errors })
    )
  })
}

void t.test('files run in turn, and one that fails or cannot be loaded keeps no other from it', async t => {
  const { code, output } = await together(t, {
    '1.test.ts': "import t from 'tap'\nvoid t.test('it fails', async t => t.equal(1, 2))\n",
    '2.test.ts': "import t from 'tap'\nt.teardown(() => t.comment('torn down'))\nthrow new Error('it is broken')\n",
    '3.test.ts': "import t from 'tap'\nt.beforeEach(() => undefined)\n",
    '4.test.ts': good
  })
  t.equal(code, 1)
  t.match(output, /^not ok \d+ - it fails/m)
  t.match(output, /^not ok \d+ - it is broken/m)
  t.match(output, /torn down/)
  t.match(output, /a test file calls t\.beforeEach of the root/)
  t.match(output, /^ok \d+ - it passes/m)
  t.notMatch(output, /and did not/)
})

void t.test('a process that ends before its last file fails and names what did not run', async t => {
  const { code, output } = await together(t, { '1.test.ts': `${good}t.end()\n`, '2.test.ts': good })
  t.equal(code, 1)
  t.match(output, /^these files must run to their end, and did not: .*1\.test\.ts, .*2\.test\.ts$/m)
})
