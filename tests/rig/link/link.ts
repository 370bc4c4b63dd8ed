import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { tbf, type Shape } from './shape.ts'

export type End = 'server' | 'client'

export interface LinkOptions {
  /** Round trip of the empty link, ms. */
  readonly rttMs: number
  /** 1500 unless told. */
  readonly mtu?: number
  /** Which addresses the link has; both unless told. */
  readonly families?: readonly (4 | 6)[]
  /** Congestion control of both ends; the machine's own unless told. */
  readonly congestion?: 'bbr' | 'cubic'
  /**
   * A third namespace, a router, shapes what flows down. Where the sender's own machine shapes, its TCP feels the queue before it drops
   * anything (TCP small queues, local drops): kinder than a bottleneck in the network, which is where a policer really is.
   */
  readonly routed?: boolean
}

/** A test server's network and a school's gateway, each a network namespace with one device, `wan0`, that carries its default route. */
export interface Link {
  readonly serverAddress: string
  readonly clientAddress: string
  /** The same in IPv6. */
  readonly serverAddress6: string
  readonly clientAddress6: string
  readonly device: string
  readonly serverNamespace: string
  readonly clientNamespace: string
  /** The command line that runs a command at one end. */
  at(end: End, command: readonly string[]): string[]
  /** Runs a short command there and returns its stdout. Throws with its stderr. */
  run(end: End, ...command: string[]): string
  /** Shapes what flows down (server to client) or up; a bucket is full again afterwards. `undefined`: as fast as the machine can. */
  shape(direction: 'down' | 'up', shape: Shape | undefined): void
  /** Pulls the cable at the client, or puts it back. */
  carry(on: boolean): void
  /** Removes everything. Resolves with the number of packets that the pipe itself dropped: not 0 means that the rig was the bottleneck. */
  close(): Promise<number>
}

const device = 'wan0'
const prefix = 'cg-link-'
const source = fileURLToPath(new URL('delaypipe.c', import.meta.url))
const v4 = { server: '10.99.1.1', client: '10.99.2.2' } as const
/** The router's side of the server's network. */
const gateways = { 4: '10.99.3.1', 6: 'fe80::1' } as const
const v6 = { server: 'fd99:1::1', client: 'fd99:2::2' } as const

/** Why a link cannot be made here; undefined when it can. */
export const whyNoLink = (): string | undefined => {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'needs root (network namespaces and tbf)'
  if (!existsSync('/dev/net/tun')) return 'needs /dev/net/tun (modprobe tun)'
  for (const [program, from] of [
    ['ip', 'iproute2'],
    ['tc', 'iproute2'],
    ['cc', 'gcc and libc6-dev']
  ] as const)
    if (!installed(program)) return `needs ${program} (Debian: ${from})`
  const name = `${prefix}${process.pid}-try`
  try {
    command('ip', 'netns', 'add', name)
    command('ip', 'netns', 'exec', name, 'tc', 'qdisc', 'add', 'dev', 'lo', ...tbf({ rateMbps: 100 }))
    return undefined
  } catch (cause) {
    return `needs network namespaces and tbf: ${cause instanceof Error ? cause.message : String(cause)}`
  } finally {
    quietly('ip', 'netns', 'del', name)
  }
}

let made = 0

/** Two namespaces joined by a pipe of fixed delay. Needs what `whyNoLink` asks for. */
export const openLink = async (options: LinkOptions): Promise<Link> => {
  removeStale()
  const name = `${prefix}${process.pid}-${++made}`
  const namespaces = { server: `${name}-s`, client: `${name}-c` }
  const router = options.routed === true ? `${name}-r` : undefined
  const shaper = { down: router ?? namespaces.server, up: namespaces.client }
  const at = (end: End, words: readonly string[]): string[] => ['ip', 'netns', 'exec', namespaces[end], ...words]
  const run = (end: End, ...words: string[]): string => command(...at(end, words))
  let pipe: Pipe | undefined
  const remove = async (): Promise<number> => {
    process.off('exit', removeNamespaces)
    const dropped = (await pipe?.stop()) ?? 0
    removeNamespaces()
    return dropped
  }
  const removeNamespaces = (): void => {
    for (const namespace of [...Object.values(namespaces), ...(router === undefined ? [] : [router])])
      quietly('ip', 'netns', 'del', namespace)
  }
  process.on('exit', removeNamespaces)
  try {
    for (const namespace of Object.values(namespaces)) command('ip', 'netns', 'add', namespace)
    if (router !== undefined) joinRouter(router, namespaces.server)
    pipe = await startPipe([router ?? namespaces.server, namespaces.client], Math.round((options.rttMs * 1000) / 2))
    if (router !== undefined) setUpRouter(router, options)
    for (const end of ['server', 'client'] as const) setUp(end, options, run)
  } catch (cause) {
    await remove()
    throw cause
  }
  return {
    serverAddress: v4.server,
    clientAddress: v4.client,
    serverAddress6: v6.server,
    clientAddress6: v6.client,
    device,
    serverNamespace: namespaces.server,
    clientNamespace: namespaces.client,
    at,
    run,
    shape: (direction, shape) => {
      const tc = ['tc', '-n', shaper[direction], 'qdisc']
      quietly(...tc, 'del', 'dev', device, 'root')
      if (shape !== undefined) command(...tc, 'add', 'dev', device, ...tbf(shape))
    },
    carry: on => {
      run('client', 'ip', 'link', 'set', device, on ? 'up' : 'down')
      if (on) route('client', options, run)
    },
    close: remove
  }
}

type Run = (end: End, ...words: string[]) => string

const setUp = (end: End, options: LinkOptions, run: Run): void => {
  run(end, 'ip', 'link', 'set', 'lo', 'up')
  if (options.congestion !== undefined) setCongestion(end, options.congestion, run)
  // The device's own queue must never be the bottleneck: tbf has the one that counts.
  run(end, 'ip', 'link', 'set', device, 'txqueuelen', '10000', 'mtu', String(options.mtu ?? 1500), 'up')
  const families = options.families ?? [4, 6]
  if (families.includes(4)) run(end, 'ip', 'addr', 'add', `${v4[end]}/32`, 'dev', device)
  if (families.includes(6)) run(end, 'ip', 'addr', 'add', `${v6[end]}/128`, 'dev', device, 'nodad')
  route(end, options, run)
}

/** The server's `wan0` is then a veth pair's end, the router's `lan0` the other. */
const joinRouter = (router: string, server: string): void => {
  command('ip', 'netns', 'add', router)
  command(...['ip', '-n', server, 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', router])
}

const setUpRouter = (router: string, options: LinkOptions): void => {
  const ip = ['ip', '-n', router]
  for (const name of ['lan0', device])
    command(...ip, 'link', 'set', name, 'txqueuelen', '10000', 'mtu', String(options.mtu ?? 1500), 'up')
  const forwarding = ['/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv6/conf/all/forwarding']
  command('ip', 'netns', 'exec', router, 'sh', '-c', forwarding.map(file => `echo 1 > ${file}`).join('; '))
  for (const family of options.families ?? [4, 6]) {
    const addresses = family === 4 ? v4 : v6
    command(...ip, 'addr', 'add', gateways[family], 'dev', 'lan0', ...(family === 6 ? ['nodad'] : []))
    command(...ip, `-${family}`, 'route', 'add', addresses.server, 'dev', 'lan0')
    command(...ip, `-${family}`, 'route', 'add', addresses.client, 'dev', device)
  }
}

/** A namespace may only choose from what the machine allows everybody: the wish is allowed for that moment. */
const setCongestion = (end: End, congestion: string, run: Run): void => {
  const list = '/proc/sys/net/ipv4/tcp_allowed_congestion_control'
  const allowed = readFileSync(list, 'utf8').trim()
  try {
    writeFileSync(list, `${allowed} ${congestion}`)
    run(end, 'sh', '-c', `echo ${congestion} > /proc/sys/net/ipv4/tcp_congestion_control`)
  } finally {
    writeFileSync(list, allowed)
  }
}

const route = (end: End, options: LinkOptions, run: Run): void => {
  for (const family of options.families ?? [4, 6]) {
    const via = options.routed === true && end === 'server' ? ['via', gateways[family], 'onlink'] : []
    run(end, 'ip', `-${family}`, 'route', 'replace', 'default', ...via, 'dev', device)
  }
  // The device drops its IPv6 address when it goes down.
  if ((options.families ?? [4, 6]).includes(6))
    run(end, 'ip', 'addr', 'replace', `${v6[end]}/128`, 'dev', device, 'nodad')
}

interface Pipe {
  stop(): Promise<number>
}

const startPipe = async ([far, near]: readonly [string, string], delayUs: number): Promise<Pipe> => {
  const words = [far, device, near, device, String(delayUs)]
  const child = spawn(built(), words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let dropped = 0
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      if (line === 'ready') resolve()
      else dropped = Number(line.split(' ')[1])
    })
    ended.then(() => reject(new Error('the delay pipe must say that it is ready, it ended')), reject)
  })
  return {
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      return dropped
    }
  }
}

let program: string | undefined

/** The pipe, compiled once in each process. */
const built = (): string => {
  if (program !== undefined) return program
  const folder = mkdtempSync(join(tmpdir(), 'campus-gauge-delaypipe-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'delaypipe')
  command('cc', '-O2', '-o', file, source)
  program = file
  return file
}

/** A process that was killed leaves its namespaces behind: the next one removes them. */
const removeStale = (): void => {
  if (!existsSync('/run/netns')) return
  for (const name of readdirSync('/run/netns').filter(name => name.startsWith(prefix)))
    if (!alive(Number(name.slice(prefix.length).split('-')[0]))) quietly('ip', 'netns', 'del', name)
}

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`)

/** Whether the program is in the PATH. */
export const installed = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some(folder => folder !== '' && existsSync(join(folder, program)))

const command = (...[program = '', ...args]: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const quietly = (...words: readonly string[]): void => {
  try {
    command(...words)
  } catch {
    // It was not there.
  }
}
