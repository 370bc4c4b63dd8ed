import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import t from 'tap'
import { scratch } from '../delivery/scratch.ts'

const installer = resolve(import.meta.dirname, '../../deploy/install.js')

void t.test('packages are not installed through a link: npm would empty what it points to', async t => {
  const directory = scratch(t)
  const [clone, other] = [join(directory, 'clone'), join(directory, 'other')]
  mkdirSync(join(clone, 'deploy'), { recursive: true })
  mkdirSync(join(other, 'precious'), { recursive: true })
  copyFileSync(installer, join(clone, 'deploy/install.js'))
  // Nothing to install: npm would be done without a registry.
  const name = { name: 'clone', version: '1.0.0' }
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...name, type: 'module' }))
  const lock = { ...name, lockfileVersion: 3, requires: true, packages: { '': name } }
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(lock))
  writeFileSync(join(other, 'precious/index.js'), '')
  symlinkSync(other, join(clone, 'node_modules'))

  const run = promisify(execFile)(process.execPath, [join(clone, 'deploy/install.js'), 'all'])
  const failure = await run.then(
    () => undefined,
    (err: unknown) => err as { readonly code: number; readonly stderr: string }
  )
  t.equal(failure?.code, 1)
  t.match(failure?.stderr, `is a link to ${other}`)
  t.ok(existsSync(join(other, 'precious/index.js')), 'what was there stays')
})
