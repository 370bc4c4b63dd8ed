import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A child process whose first line of stdout is JSON and says that it is ready, like the collector's and the agent's. */
export interface Running {
  readonly pid: number
  /** Rejects with what it wrote to stderr when it ends before that. */
  readonly ready: Promise<unknown>
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL when that is not obeyed in time. Harmless when it has ended. */
  stop(graceMs?: number): Promise<Ended>
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  readonly cwd?: string
  /** The whole environment; this process's when left out. */
  readonly env?: Readonly<Record<string, string>>
}

export const node = process.execPath
/** The command line of the clone. */
export const bin = fileURLToPath(new URL('../deploy/bin.js', import.meta.url))

export const start = (command: readonly string[], options: StartOptions = {}): Running => {
  const [program = node, ...args] = command
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout: stdout(), stderr: stderr() }))
  })
  const ready = new Promise<unknown>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', line => {
      try {
        resolve(JSON.parse(line))
      } catch {
        reject(new Error(`the first line of ${command.join(' ')} must be JSON, got ${line.slice(0, 80)}`))
      }
    })
    ended.then(
      end => reject(new Error(`${command.join(' ')} ended with ${end.code ?? 'a signal'}: ${end.stderr.slice(-2000)}`)),
      reject
    )
  })
  ready.catch(() => undefined)
  const kill = (signal: NodeJS.Signals) => void child.kill(signal)
  const stop = async (graceMs = 15_000): Promise<Ended> => {
    kill('SIGTERM')
    const forced = setTimeout(() => kill('SIGKILL'), graceMs)
    return ended.finally(() => clearTimeout(forced))
  }
  return { pid: pidOf(child), ready, ended, kill, stop }
}

/** Runs a command to its end. */
export const run = (command: readonly string[], options: StartOptions = {}): Promise<Ended> =>
  start(command, options).ended

const pidOf = (child: ChildProcess): number => {
  if (child.pid === undefined) throw new Error(`${child.spawnfile} could not be started`)
  return child.pid
}

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => (text += chunk))
  return () => text
}

/** A clock tick of /proc, ms: USER_HZ is 100 on every Linux that Node runs on. */
const tickMs = 10

/** CPU time of a process over all its threads, ms; with `children`, of its ended children too. Source: proc(5), stat fields 14 to 17. */
export const cpuMs = (pid: number, children = false): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in the second field may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number)
  return (user + system + (children ? childUser + childSystem : 0)) * tickMs
}

export interface Memory {
  readonly rssMb: number
  /** What is not backed by a file: heap, stacks, JIT code. */
  readonly anonMb: number
}

/** Resident memory of a process, MiB. */
export const memory = (pid: number): Memory => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mb = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? NaN) / 1024
  return { rssMb: mb('VmRSS'), anonMb: mb('RssAnon') }
}
