import { spawn } from 'node:child_process'
import { isIPv6 } from 'node:net'
import builders from 'ping/lib/builder/factory.js'
import parsers, { type PingConfig, type PingResponse } from 'ping/lib/parser/factory.js'
import { Unavailable } from '../../probe.ts'

/** What came back. `times` has one round trip per reply, ms, in order. */
export interface Echoes {
  readonly sent: number
  readonly lost: number
  readonly times: readonly number[]
}

/** Sends `count` echo requests to an address. Throws Unavailable when this machine cannot, rejects with the signal's reason. */
export type Echo = (address: string, count: number, signal: AbortSignal) => Promise<Echoes>

const lastReplyS = 2
/** The least that an ordinary user may ask of iputils. */
const intervalS = '0.2'
const outputBytes = 65_536

/**
 * The system's own ping through the package `ping`: its argument builder and its parser, but not its `promise.probe`. That one
 * keeps the child to itself, so it could not be stopped at a deadline; it lets LC_ALL through, which the parser does not
 * read; and a line its parser chokes on is thrown inside an event handler, where it would end the agent.
 */
export const echo: Echo = async (address, count, signal) => {
  const v6 = isIPv6(address)
  const { platform } = process
  const config: PingConfig = {
    numeric: true,
    min_reply: count,
    v6,
    packetSize: 56,
    // The builder refuses a time-out for ping6 of macOS; our own deadline stays.
    timeout: platform === 'darwin' && v6 ? false : lastReplyS,
    extra: platform === 'linux' ? [v6 ? '-6' : '-4', '-i', intervalS] : []
  }
  const builder = builders.createBuilder(platform)
  // On Linux one `ping` does both families; `ping6` need not be there.
  const tool = builders.getExecutablePath(platform, v6 && platform !== 'linux')
  const { code, stdout, stderr } = await run(tool, builder.getCommandArguments(address, config), signal)

  const seen = echoesIn(stdout, address, platform, config)
  if (seen !== undefined && seen.times.length > 0) return seen
  // Before silence is blamed on the subject: a local firewall or a missing route also ends in "0 received".
  const said = firstLine(stderr) ?? firstLine(stdout) ?? `ended with code ${code}`
  if (/not permitted|permission denied|cap_net_raw|lacking privilege/i.test(stderr))
    throw new Unavailable('not_permitted', `${tool} may not send echo requests: ${said}`)
  if (/unreachable|no route/i.test(stderr))
    throw new Unavailable('no_network', `this machine has no route to ${address}: ${said}`)
  if (seen !== undefined) return seen
  throw new Unavailable('tool_error', `${tool} says: ${said}`)
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a tool without a shell and in English; an aborted one is killed outright. */
const run = (tool: string, args: readonly string[], signal: AbortSignal): Promise<Ended> => {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  const child = spawn(tool, args, {
    env: { ...process.env, LC_ALL: 'C', LANG: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true
  })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const settle = (then: () => void) => {
    signal.removeEventListener('abort', kill)
    then()
  }
  child.once('error', (cause: NodeJS.ErrnoException) => settle(() => reject(spawnFault(tool, cause))))
  child.once('close', code =>
    settle(() => {
      if (signal.aborted)
        reject(new Unavailable('timeout', `${tool} was stopped at its deadline`, {}, { cause: signal.reason }))
      else resolve({ code, stdout: stdout(), stderr: stderr() })
    })
  )
  return promise
}

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  let text = ''
  stream.setEncoding('latin1')
  stream.on('data', (chunk: string) => {
    if (text.length < outputBytes) text += chunk
  })
  return () => text
}

const spawnFault = (tool: string, cause: NodeJS.ErrnoException): Error => {
  if (cause.code === 'ENOENT') return new Unavailable('no_ping_tool', `there is no program ${tool} here`, {}, { cause })
  if (cause.code === 'EACCES' || cause.code === 'EPERM')
    return new Unavailable('not_permitted', `${tool} may not be started`, {}, { cause })
  return cause
}

/** What the output of a ping says; undefined when it holds no statistics: then the tool failed before it measured anything. */
export const echoesIn = (
  output: string,
  address: string,
  platform: NodeJS.Platform,
  config: PingConfig
): Echoes | undefined => {
  const counts = countsOf(output)
  if (counts === undefined) return undefined
  const times = (parsed(address, platform, config, output)?.times ?? []).filter(ms => ms !== 'unknown')
  // Windows counts "destination unreachable" of a router as received, and duplicates make more times than replies.
  const received = Math.min(counts.received, times.length)
  return { sent: counts.sent, lost: counts.sent - received, times: times.slice(0, received) }
}

/** `5 packets transmitted, 4 received` (Linux, macOS), or the three numbers of Windows' last lines, which are in any language. */
const countsOf = (output: string): { sent: number; received: number } | undefined => {
  const unix = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(output)
  const windows = /=\s*(\d+)[^=\n]*=\s*(\d+)[^=\n]*=\s*\d+\s*\(\d+\s*%/.exec(output)
  const [, sent, received] = unix ?? windows ?? []
  return sent === undefined || received === undefined || sent === '0'
    ? undefined
    : { sent: Number(sent), received: Number(received) }
}

/** The package's parser throws on lines it does not know; what it has read until then is kept. */
const parsed = (
  address: string,
  platform: NodeJS.Platform,
  config: PingConfig,
  output: string
): PingResponse | undefined => {
  const parser = parsers.createParser(address, platform, config)
  for (const line of output.split('\n')) {
    try {
      parser.eat(line)
    } catch {
      continue
    }
  }
  try {
    return parser.getResult()
  } catch {
    return undefined
  }
}

const firstLine = (text: string): string | undefined => {
  const line = text.split('\n').find(one => one.trim() !== '')
  return line?.trim().slice(0, 120)
}
