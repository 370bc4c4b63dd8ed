import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A child process of `npm start` whose log goes to a file and whose first line of stdout says that it is ready. */
export interface Child {
  readonly process: ChildProcess
  /** The first line it printed, as JSON; rejects when it ended before that. */
  readonly ready: Promise<unknown>
  readonly ended: Promise<{ code: number | null }>
}

const mostLogBytes = 10 * 1_048_576

export const startChild = (args: readonly string[], logFile: string): Child => {
  trim(logFile)
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(process.execPath, [...args], {
    // Its standard input ends when we do, however we end: it stops then instead of holding the port for ever.
    stdio: ['pipe', 'pipe', log],
    env: { ...process.env, CAMPUS_GAUGE_PARENT: String(process.pid) }
  })
  closeSync(log)
  const ended = new Promise<{ code: number | null }>(resolve => child.once('exit', code => resolve({ code })))
  const ready = new Promise<unknown>((resolve, reject) => {
    const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout })
    lines?.once('line', line => {
      try {
        resolve(JSON.parse(line))
      } catch {
        reject(new Error(`the first line of ${args.join(' ')} must be JSON, got ${line.slice(0, 80)}`))
      }
    })
    void ended.then(({ code }) =>
      reject(
        new Error(
          `${lastLines(logFile)}\n(${args.slice(1).join(' ')} ended with ${code ?? 'a signal'}; its log is ${logFile})`
        )
      )
    )
  })
  ready.catch(() => undefined)
  return { process: child, ready, ended }
}

const trim = (file: string): void => {
  try {
    if (statSync(file).size > mostLogBytes) truncateSync(file)
  } catch {
    // There is no log yet.
  }
}

const lastLines = (file: string): string => readFileSync(file, 'utf8').trim().split('\n').slice(-3).join('\n')
