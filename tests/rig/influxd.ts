import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { After } from './collector.ts'
import { ask, type Asked, type Credentials } from './influx-ask.ts'

/** One table of an answer: `values[i][j]` stands under `columns[j]`. */
export interface Series {
  readonly name: string
  readonly tags?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
}

export interface InfluxdOptions {
  /** Accounts are asked for; on unless a test is about a server without them. */
  readonly auth?: boolean
  /** PEM files: it speaks TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca: string }
  readonly maxBodyBytes?: number
  readonly index?: 'inmem' | 'tsi1'
  /** Made at the first start; `readiness` and `readiness_rollup` unless said otherwise. */
  readonly databases?: readonly string[]
  /** Lines of the configuration, by section, after our own. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** A real InfluxDB 1.x of this machine on loopback, with its data in a directory of its own. */
export interface Influxd {
  readonly url: string
  readonly host: string
  readonly port: number
  /** May do everything; may write and nothing else; may read and nothing else (on the databases made at the start). */
  readonly admin: Credentials
  readonly writer: Credentials
  readonly reader: Credentials
  readonly directory: string
  readonly logFile: string
  readonly version: string
  /** undefined while it is stopped. */
  pid(): number | undefined
  /** Series of every statement, as the admin. Throws what the server says. `epoch`: how times come back (RFC 3339 without). */
  query(database: string, q: string, options?: { epoch?: 'ns' | 'ms' | 's' }): Promise<readonly Series[]>
  /** Any request as anyone. */
  ask(path: string, options?: Omit<Asked, 'ca'>): ReturnType<typeof ask>
  /** Lines of line protocol in nanoseconds as the admin; throws unless all of them were taken. */
  write(database: string, lines: readonly string[]): Promise<void>
  /** Resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Again, on the same data and the same port. */
  start(): Promise<void>
}

const binary = '/usr/bin/influxd'
export const hasInfluxd = (): boolean => existsSync(binary)

/** Starts influxd and makes its accounts and databases. It ends with the test, and with the process in any case. */
export const openInfluxd = async (after: After, options: InfluxdOptions = {}): Promise<Influxd> => {
  if (!hasInfluxd())
    throw new Error(`${binary} must be there for this test, got nothing: apt-get install influxdb (as .ci/run does)`)
  const directory = mkdtempSync(join(tmpdir(), 'cg-influxd-'))
  const [port, rpcPort] = await freePorts()
  const host = '127.0.0.1'
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const configFile = join(directory, 'influxdb.conf')
  const logFile = join(directory, 'influxd.log')
  writeFileSync(configFile, configuration(directory, port, rpcPort, options))
  const ca = options.tls === undefined ? undefined : readFileSync(options.tls.ca, 'utf8')
  const admin = { username: 'admin', password: 'admin-of-the-rig' }
  const writer = { username: 'campus_gauge', password: 'writer-of-the-rig' }
  const reader = { username: 'grafana', password: 'reader-of-the-rig' }
  let child: ChildProcess | undefined
  let version = ''

  const killNow = (): void => {
    child?.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', killNow)

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const one = child
    if (one === undefined) return
    const ended = one.exitCode === null && one.signalCode === null ? once(one, 'exit') : undefined
    one.kill(signal)
    await ended
    child = undefined
  }

  const start = async (): Promise<void> => {
    if (child !== undefined) throw new Error('influxd runs already')
    const log = openSync(logFile, 'a')
    // Its environment could override the file.
    const one = spawn(binary, ['-config', configFile], { stdio: ['ignore', log, log], env: { HOME: directory } })
    closeSync(log)
    child = one
    for (let i = 0; i < 1_500; i++) {
      if (one.exitCode !== null || one.signalCode !== null) break
      const answer = await ask(`${url}/ping`, { ca, timeoutMs: 5_000 }).catch(() => undefined)
      if (answer?.status === 204) {
        version = String(answer.headers['x-influxdb-version'])
        return
      }
      await pause(20)
    }
    await stop('SIGKILL')
    throw new Error(`influxd did not answer on ${url}: ${readFileSync(logFile, 'utf8').slice(-2_000)}`)
  }

  after(async () => {
    process.removeListener('exit', killNow)
    await stop('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })

  const query: Influxd['query'] = async (database, q, more = {}) => {
    const parts = new URLSearchParams({ db: database, q, ...(more.epoch === undefined ? {} : { epoch: more.epoch }) })
    const answer = await ask(`${url}/query`, {
      ca,
      method: 'POST',
      credentials: admin,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: parts.toString()
    })
    const { results = [], error } = JSON.parse(answer.text) as {
      results?: { series?: (Omit<Series, 'values'> & Partial<Series>)[]; error?: string }[]
      error?: string
    }
    const fault = error ?? results.find(result => result.error !== undefined)?.error
    if (fault !== undefined) throw new Error(`influxd refuses ${q}: ${fault}`)
    // A table without rows comes without `values`.
    return results.flatMap(({ series = [] }) => series.map(one => ({ ...one, values: one.values ?? [] })))
  }

  await start()
  const names = options.databases ?? ['readiness', 'readiness_rollup']
  await query('', `CREATE USER ${admin.username} WITH PASSWORD '${admin.password}' WITH ALL PRIVILEGES`)
  for (const { username, password } of [writer, reader])
    await query('', `CREATE USER ${username} WITH PASSWORD '${password}'`)
  for (const name of names) {
    await query('', `CREATE DATABASE "${name}"`)
    await query('', `GRANT WRITE ON "${name}" TO ${writer.username}`)
    await query('', `GRANT READ ON "${name}" TO ${reader.username}`)
  }
  return {
    url,
    host,
    port,
    admin,
    writer,
    reader,
    directory,
    logFile,
    version,
    pid: () => child?.pid,
    query,
    ask: (path, asked = {}) => ask(`${url}${path}`, { ...asked, ca }),
    write: async (database, lines) => {
      const answer = await ask(`${url}/write?db=${encodeURIComponent(database)}&precision=ns`, {
        ca,
        method: 'POST',
        credentials: admin,
        body: lines.join('\n')
      })
      if (answer.status !== 204) throw new Error(`influxd did not take every line: ${answer.status} ${answer.text}`)
    },
    stop,
    start
  }
}

const configuration = (directory: string, port: number, rpcPort: number, options: InfluxdOptions): string => {
  const { tls, extra = {} } = options
  const sections: Record<string, readonly string[]> = {
    meta: [`dir = "${directory}/meta"`],
    data: [
      `dir = "${directory}/data"`,
      `wal-dir = "${directory}/wal"`,
      `index-version = "${options.index ?? 'inmem'}"`,
      'query-log-enabled = false'
    ],
    monitor: ['store-enabled = false'],
    subscriber: ['enabled = false'],
    continuous_queries: ['enabled = false'],
    http: [
      `bind-address = "127.0.0.1:${port}"`,
      `auth-enabled = ${options.auth ?? true}`,
      'log-enabled = false',
      'pprof-enabled = false',
      ...(options.maxBodyBytes === undefined ? [] : [`max-body-size = ${options.maxBodyBytes}`]),
      ...(tls === undefined
        ? []
        : ['https-enabled = true', `https-certificate = "${tls.certificate}"`, `https-private-key = "${tls.key}"`])
    ]
  }
  const names = [...new Set([...Object.keys(sections), ...Object.keys(extra)])]
  return [
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${rpcPort}"`,
    ...names.flatMap(name => [`[${name}]`, ...(sections[name] ?? []), ...(extra[name] ?? [])]),
    ''
  ].join('\n')
}

/** Two that are free at the same moment. Someone else may take one before influxd does: then it says so and the test fails. */
const freePorts = async (): Promise<[number, number]> => {
  const doors = [createServer(), createServer()] as const
  const taken = await Promise.all(
    doors.map(async door => {
      door.listen(0, '127.0.0.1')
      await once(door, 'listening')
      const address = door.address()
      return address !== null && typeof address === 'object' ? address.port : 0
    })
  )
  for (const door of doors) door.close()
  return [taken[0] ?? 0, taken[1] ?? 0]
}
