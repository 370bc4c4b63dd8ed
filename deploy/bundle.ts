import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { version } from './version.ts'

export interface Bundle {
  /** What a person runs. */
  readonly launcher: string
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** Sources inside, relative to the clone. */
  readonly inputs: readonly string[]
}

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The agent alone as one ES module that needs Node 24 and nothing else: type stripping is refused inside node_modules, so what leaves
 * the clone is bundled. Rejects when anything of the collector got in.
 */
export const bundleAgent = async (directory: string): Promise<Bundle> => {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'campus-gauge-agent.mjs')
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['deploy/agent-entry.ts'],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    // Names of errors and functions are what a person sends us from a school.
    keepNames: true,
    legalComments: 'external',
    sourcemap: 'external',
    metafile: true,
    logLevel: 'silent',
    // CommonJS packages ask for Node's own modules with require.
    banner: {
      js: "import { createRequire as campusGaugeRequire } from 'node:module';\nconst require = campusGaugeRequire(import.meta.url);"
    }
  })
  const inputs = Object.keys(metafile.inputs)
  refuseStrangers(inputs)
  const launcher = join(directory, 'campus-gauge.js')
  copyFileSync(join(root, 'deploy/agent-launcher.js'), launcher)
  const readme = readFileSync(join(root, 'deploy/agent-readme.txt'), 'utf8')
  writeFileSync(join(directory, 'README.txt'), readme.replace('VERSION', version))
  writeFileSync(join(directory, 'LICENSES.txt'), licencesOf(metafile))
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  return { launcher, file, bytes: statSync(file).size, sha256, inputs }
}

const mayBeInside =
  /^(agent\/|contract\/|node_modules\/|deploy\/(agent-entry|run-program|version)\.ts$|package\.json$|\(disabled\):)/

const refuseStrangers = (inputs: readonly string[]): void => {
  const strangers = inputs.filter(input => !mayBeInside.test(input))
  if (strangers.length > 0)
    throw new Error(`the bundle must hold the agent and contract/ only, but it has ${strangers.join(', ')}`)
}

/** The licence text of every package inside, as their licences ask for. */
const licencesOf = (metafile: Metafile): string => {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.replace('(disabled):', ''))?.[0] ?? []
    )
  )
  const own = readFileSync(join(root, 'LICENSE'), 'utf8')
  const theirs = [...packages].sort().map(name => {
    const directory = join(root, name)
    const file = existsSync(directory) ? readdirSync(directory).find(entry => /^licen[cs]e/i.test(entry)) : undefined
    const text = file === undefined ? 'see its package.json' : readFileSync(join(directory, file), 'utf8').trim()
    return `${name.replace(/^.*node_modules\//, '')}\n\n${text}\n`
  })
  return [`campus-gauge ${version}\n\n${own}`, ...theirs].join(`\n${'-'.repeat(80)}\n`)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist/agent') } } })
  const made = await bundleAgent(resolve(values.out))
  console.log(`${made.file}  ${(made.bytes / 1024).toFixed(0)} KiB`)
  console.log(`sha256 ${made.sha256}`)
  console.log(`run: node ${made.launcher} --help`)
}
