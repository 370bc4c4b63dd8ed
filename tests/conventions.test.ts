import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { probes } from '../agent/probes/index.ts'
import { CollectorConfig } from '../collector/config.ts'
import { sinks } from '../collector/sinks/sinks.ts'

const root = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const run = promisify(execFile)

void t.test('every probe is a folder with code, README and a valid sample, and stands in the table', t => {
  const folders = readdirSync(join(root, 'agent/probes')).filter(name =>
    statSync(join(root, 'agent/probes', name)).isDirectory()
  )
  t.same(folders.sort(), probes.map(probe => probe.name).sort())
  for (const probe of probes) {
    const folder = `agent/probes/${probe.name}`
    t.ok(existsSync(join(root, folder, `${probe.name}.ts`)), `${folder}/${probe.name}.ts`)
    const sample = parseYaml(read(`${folder}/sample.yaml`)) as { probe: string; every_ms: number; options: unknown }
    t.equal(sample.probe, probe.name)
    t.ok(sample.every_ms > 0)
    t.doesNotThrow(() => probe.prepare(sample.options), `the sample of ${probe.name} is valid`)
    const readme = read(`${folder}/README.md`)
    for (const reason of Object.keys(probe.reasons)) t.match(readme, reason, `${folder}/README.md explains ${reason}`)
  }
  t.end()
})

void t.test('every sink is a folder with code and README, stands in the table, and has its settings', t => {
  const names = sinks.map(sink => sink.name).sort()
  const folders = readdirSync(join(root, 'collector/sinks')).filter(name =>
    statSync(join(root, 'collector/sinks', name)).isDirectory()
  )
  t.same(folders.sort(), names)
  for (const name of names)
    for (const file of [`${name}.ts`, 'README.md'])
      t.ok(existsSync(join(root, 'collector/sinks', name, file)), `collector/sinks/${name}/${file}`)
  t.same(Object.keys(CollectorConfig.properties.sinks.properties).sort(), names)
  t.end()
})

void t.test('a probe added by following CONTRIBUTING is one new folder and one line', async t => {
  const copy = t.testdir()
  for (const name of ['contract', 'agent', 'collector', 'deploy', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir')
  const steps = [
    ...read('CONTRIBUTING.md').matchAll(/\d\. `(agent\/probes\/load\/[^`]+)`\n\n {3}```\w+\n([\s\S]*?)\n {3}```/g)
  ]
  t.equal(steps.length, 3, 'CONTRIBUTING has the three files')
  for (const [, file = '', text = ''] of steps) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    writeFileSync(join(copy, file), text.replaceAll(/^ {3}/gm, ''))
  }
  const table = join(copy, 'agent/probes/index.ts')
  writeFileSync(
    table,
    `import { load } from './load/load.ts'\n${readFileSync(table, 'utf8').replace('portal]', 'portal, load]')}`
  )
  const { stdout } = await run(process.execPath, [
    join(copy, 'deploy/bin.js'),
    'once',
    'load',
    '--options',
    '{"limit":1000000}',
    '--json'
  ])
  const { readings } = JSON.parse(stdout) as { readings: { outcome: string; fields: Record<string, number> }[] }
  t.equal(readings[0]?.outcome, 'ok')
  t.type(readings[0]?.fields['load1'], 'number')
})

void t.test('README.md and README.zh-CN.md say the same', t => {
  const shape = (file: string) => {
    const text = read(file)
    return {
      headings: [...text.matchAll(/^(#+) /gm)].map(match => match[1]),
      commands: [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1]),
      tables: [...text.matchAll(/^\|/gm)].length,
      links: [...text.matchAll(/\]\(([^)]+)\)/g)]
        .map(match => match[1])
        .filter(link => link?.startsWith('README') !== true)
    }
  }
  t.same(shape('README.zh-CN.md'), shape('README.md'))
  t.end()
})

void t.test('every link of the documents leads to a file', t => {
  for (const file of ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })])
    for (const [, link = ''] of read(file).matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      t.ok(existsSync(join(root, dirname(file), link)), `${file} → ${link}`)
  t.end()
})

void t.test('every command of the README exists in package.json or in the command line', async t => {
  const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const { stdout: help } = await run(process.execPath, [join(root, 'deploy/bin.js'), '--help'])
  for (const [, block = ''] of read('README.md').matchAll(/```sh\n([\s\S]*?)```/g))
    for (const line of block.trim().split('\n')) {
      const [, script] = /^npm (?:run )?([\w:]+)/.exec(line) ?? []
      const [, command] = /^npx campus-gauge (\w+)/.exec(line) ?? []
      if (script !== undefined) t.ok(script in manifest.scripts, line)
      else t.match(help, new RegExp(`^  ${command ?? 'nothing'} `, 'm'), line)
    }
})

void t.test('exact versions, and no address of a registry in the lock file', t => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies'])
    for (const [name, version] of Object.entries(manifest[kind] ?? {}))
      t.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name} ${version}`)
  t.notMatch(read('package-lock.json'), /"resolved": *"http/)
  t.end()
})

void t.test('no source file is over 300 lines', t => {
  for (const file of globSync('{contract,agent,collector,dashboards,deploy,bench,tests}/**/*.{ts,js}', { cwd: root })) {
    const lines = read(file).split('\n').length
    t.ok(lines <= 301, `${file} has ${lines} lines`)
  }
  t.end()
})

// Fourteen CPU-seconds: with CI=true only; `npm run format` makes it so.
if (process.env['CI'] === 'true')
  void t.test('every file is formatted', async t => {
    const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs')
    await t.resolves(run(process.execPath, [prettier, '--log-level', 'warn', '--check', '.'], { cwd: root }))
  })
