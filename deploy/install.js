// Installs what is missing, before `npm start` (runtime packages) or `npm test` (all). Plain JavaScript: it runs before there is a Node 24.
// Never reinstalls under a running tree: while a collector or agent of this clone runs, packages are only added.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = process.argv[2] === 'all' ? 'all' : 'runtime'
const packages = join(root, 'node_modules')
const stampFile = join(packages, '.campus-gauge.json')
const lockDir = join(root, '.install-lock')

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex')

/** @returns {{lock?: string, what?: string}} */
const readStamp = () => {
  try {
    const stamp = /** @type {unknown} */ (JSON.parse(readFileSync(stampFile, 'utf8')))
    return typeof stamp === 'object' && stamp !== null ? stamp : {}
  } catch {
    return {}
  }
}

const satisfied = () => {
  const stamp = readStamp()
  return stamp.lock === lockHash() && (stamp.what === 'all' || stamp.what === wanted)
}

/** @param {number} pid */
const alive = pid => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Processes of this clone that run now (deploy/start.ts leaves a file for each). */
const running = () => {
  const directory = join(packages, '.campus-gauge-running')
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .map(Number)
    .filter(pid => Number.isInteger(pid) && pid !== process.pid && alive(pid))
}

/** @param {() => boolean} ready One installer at a time; a lock whose owner died is taken over. */
const takeLock = async ready => {
  for (;;) {
    try {
      mkdirSync(lockDir)
      writeFileSync(join(lockDir, 'pid'), String(process.pid))
      return true
    } catch {
      if (ready()) return false
      const owner = existsSync(join(lockDir, 'pid')) ? Number(readFileSync(join(lockDir, 'pid'), 'utf8')) : NaN
      const ageMs = existsSync(lockDir) ? Date.now() - statSync(lockDir).mtimeMs : 0
      if (Number.isNaN(owner) ? ageMs > 10_000 : !alive(owner)) rmSync(lockDir, { recursive: true, force: true })
      await new Promise(resolve => setTimeout(resolve, 300))
    }
  }
}

/** @param {string[]} args @returns {Promise<{code: number | null, output: string}>} */
const npm = args =>
  new Promise(resolve => {
    const cli = process.env['npm_execpath']
    const command = cli === undefined ? 'npm' : process.execPath
    const child = spawn(
      command,
      [...(cli === undefined ? [] : [cli]), ...args, '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: cli === undefined && process.platform === 'win32'
      }
    )
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => (output = (output + String(chunk)).slice(-4000)))
    child.on('error', error => resolve({ code: 1, output: String(error) }))
    child.on('close', code => resolve({ code, output }))
  })

const main = async () => {
  if (satisfied()) return 0
  // npm would empty whatever it points to: another clone that may be running.
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    process.stderr.write(
      `node_modules 是指向 ${readlinkSync(packages)} 的链接，安装会清空那里：请先删除该链接，或到那个目录安装。\n` +
        `node_modules is a link to ${readlinkSync(packages)}, which an installation would empty: remove the link, or install there.\n`
    )
    return 1
  }
  if (!(await takeLock(satisfied))) return 0
  const startedMs = Date.now()
  const seconds = () => Math.round((Date.now() - startedMs) / 1000)
  const progress = setInterval(() => process.stderr.write(`  … ${seconds()} s\n`), 10_000)
  try {
    if (satisfied()) return 0
    const users = running()
    const sameLock = readStamp().lock === lockHash()
    if (users.length > 0 && !sameLock) {
      process.stderr.write(
        `依赖包有更新，但本目录的程序正在运行（进程 ${users.join(', ')}）：请先停止它。\n` +
          `The packages have changed, but this clone is running (process ${users.join(', ')}): stop it first.\n`
      )
      return 1
    }
    process.stderr.write(
      `正在安装${wanted === 'all' ? '全部' : '运行所需'}依赖包（首次约一分钟）… installing ${wanted} packages, about a minute the first time\n`
    )
    // Adding to an installed tree leaves what is there alone; only a tree that nobody uses is made anew.
    const omit = wanted === 'all' ? [] : ['--omit=dev']
    const result = await npm(sameLock ? ['install', '--no-save', ...omit] : ['ci', ...omit])
    if (result.code !== 0) {
      process.stderr.write(
        `安装失败 the installation failed:\n${result.output}\n检查网络或 npm 镜像设置后重试。Check the network or the npm mirror and try again.\n`
      )
      return 1
    }
    writeFileSync(stampFile, JSON.stringify({ lock: lockHash(), what: wanted }))
    process.stderr.write(`  ✔ ${seconds()} s\n`)
    return 0
  } finally {
    clearInterval(progress)
    rmSync(lockDir, { recursive: true, force: true })
  }
}

process.exitCode = await main()
