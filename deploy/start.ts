import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Type from 'typebox'
import { readIfThere, writePrivate } from '../agent/private-file.ts'
import { thisSystem } from '../agent/system.ts'
import { readAdminSecret } from '../collector/keys.ts'
import { ExitError } from '../contract/exit.ts'
import { parse } from '../contract/parse.ts'
import { startChild, type Child } from './child.ts'
import { firstFigures } from './first-figures.ts'
import { writeOnce } from './one-school.ts'

const bin = fileURLToPath(new URL('./bin.js', import.meta.url))

export interface StartOptions {
  readonly port: number
  readonly host: string
  readonly data: string
}

/** `npm start`: a collector and an agent of this machine, as two child processes. Resolves when both have stopped. */
export const start = async (options: StartOptions): Promise<void> => {
  mkdirSync(options.data, { recursive: true, mode: 0o700 })
  const release = claim(options.data)
  const children = new Set<Child>()
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  try {
    const { collectorConfig } = writeOnce(options.data, await thisSystem().machine())
    const runCollector = (port: number) =>
      startChild(
        [bin, 'collector', '--config', collectorConfig, '--port', String(port), '--host', options.host],
        join(options.data, 'collector.log')
      )
    const collector = runCollector(options.port)
    children.add(collector)
    const { url } = parse(Type.Object({ url: Type.String() }), await readyOf(collector), 'the collector’s first line')
    const port = Number(new URL(url).port)
    const agentData = join(options.data, 'agent')
    await enrolOnce(url, options.data, agentData)
    const agentConfig = join(agentData, 'agent.yaml')
    writePrivate(
      agentConfig,
      `# Made by every npm start: the collector of this machine.\nurl: ${url}\ndata: .\nretry: { first_ms: 2000, base_ms: 2000, cap_ms: 60000 }\n`
    )
    const runAgent = () => startChild([bin, 'agent', '--config', agentConfig], join(options.data, 'agent.log'))
    const agent = runAgent()
    children.add(agent)
    await readyOf(agent)
    print(`校园网络达标监测已启动 campus-gauge runs: ${url}/`)
    print(
      `数据目录 data: ${options.data}    管理口令 admin secret: ${join(options.data, 'collector', 'admin.secret')}    停止 stop: Ctrl-C`
    )
    void firstFigures(url, stop.signal, print)
    await Promise.all([
      keepAlive('collector 采集端', collector, () => runCollector(port), children, stop.signal),
      keepAlive('agent 探针', agent, runAgent, children, stop.signal)
    ])
  } finally {
    // The agent first: its last batch still finds the collector.
    for (const child of [...children].toReversed()) {
      child.process.kill('SIGTERM')
      const forced = setTimeout(() => child.process.kill('SIGKILL'), 10_000)
      await child.ended
      clearTimeout(forced)
    }
    release()
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const readyOf = async (child: Child): Promise<unknown> => {
  try {
    return await child.ready
  } catch (cause) {
    throw new ExitError('failure', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** Enrols through the real path: a token from the collector's API, given to `campus-gauge enroll` in a file that only we can read. */
const enrolOnce = async (url: string, data: string, agentData: string): Promise<void> => {
  if (readIfThere(join(agentData, 'enrolment.json')) !== undefined) return
  const response = await fetch(`${url}/v1/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readAdminSecret(join(data, 'collector'))}`,
      'content-type': 'application/json'
    },
    body: JSON.stringify({ school: 'local-school', uses: 1, days: 1 })
  })
  const body: unknown = await response.json()
  if (response.status !== 201)
    throw new ExitError(
      'failure',
      `the collector made no enrolment token (${response.status}): ${JSON.stringify(body)}`
    )
  const { token } = parse(Type.Object({ token: Type.String() }), body, 'answer of /v1/tokens')
  const tokenFile = join(data, 'enrolment-token')
  writePrivate(tokenFile, token)
  try {
    const enrolling = startChild(
      [bin, 'enroll', '--url', url, '--token-file', tokenFile, '--data', agentData, '--json'],
      join(data, 'agent.log')
    )
    await readyOf(enrolling)
    await enrolling.ended
  } finally {
    rmSync(tokenFile, { force: true })
  }
}

/** Starts a child again when it ends by itself, later each time. Resolves at stop. */
const keepAlive = async (
  name: string,
  first: Child,
  again: () => Child,
  children: Set<Child>,
  stop: AbortSignal
): Promise<void> => {
  const stopped = new Promise<undefined>(resolve =>
    stop.addEventListener('abort', () => resolve(undefined), { once: true })
  )
  let child = first
  let delayMs = 1_000
  while (!stop.aborted) {
    const startedMs = performance.now()
    const ended = await Promise.race([child.ended, stopped])
    if (ended === undefined) return
    children.delete(child)
    if (performance.now() - startedMs > 60_000) delayMs = 1_000
    process.stderr.write(`${name} ended (${ended.code ?? 'signal'}), again in ${delayMs / 1000} s\n`)
    await sleep(delayMs, undefined, { signal: stop }).catch(() => undefined)
    delayMs = Math.min(delayMs * 2, 30_000)
    if (isAborted(stop)) return
    child = again()
    children.add(child)
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted

/** One `npm start` a directory; and install.js must not reinstall packages under us. */
const claim = (data: string): (() => void) => {
  const file = join(data, 'start.pid')
  const other = Number(readIfThere(file) ?? NaN)
  if (Number.isInteger(other) && other !== process.pid && isOurs(other))
    throw new ExitError(
      'failure',
      `${data} is in use by process ${other}: stop it, or choose another directory with --data`
    )
  writeFileSync(file, String(process.pid))
  const directory = fileURLToPath(new URL('../node_modules/.campus-gauge-running', import.meta.url))
  const mark = join(directory, String(process.pid))
  mkdirSync(directory, { recursive: true })
  writeFileSync(mark, '')
  return () => {
    rmSync(file, { force: true })
    rmSync(mark, { force: true })
  }
}

/** Process ids are used again after a reboot: only one that looks like ours counts. */
const isOurs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bin.js')
  } catch {
    return false
  }
}
