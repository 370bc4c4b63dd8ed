import { getServers } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { isIP } from 'node:net'
import type { System } from '../../system.ts'

export type Family = 4 | 6

/** What one name server said. `code` is that of c-ares: ENOTFOUND, ENODATA, ESERVFAIL, ETIMEOUT … */
export type Answer =
  | {
      readonly ok: true
      readonly resolver: string
      readonly ms: number
      readonly address: string
      readonly family: Family
    }
  | { readonly ok: false; readonly resolver: string; readonly ms: number; readonly code: string }

/** A name server gets this long for each question. */
const questionMs = 3_000

/** The system's name servers; Node lists 127.0.0.1 where none is configured, which the caller sees as one that refuses. */
export const systemResolvers = (): readonly string[] => getServers()

/**
 * Asks each name server by itself, all at once, for the first address of the first family that has one. Answers come in the
 * order of `resolvers`. When the signal aborts, what is open counts as timed out; nothing rejects.
 */
export const askAll = (
  name: string,
  families: readonly Family[],
  resolvers: readonly string[],
  signal: AbortSignal
): Promise<Answer[]> => Promise.all(resolvers.map(resolver => askOne(name, families, resolver, signal)))

const askOne = async (
  name: string,
  families: readonly Family[],
  server: string,
  signal: AbortSignal
): Promise<Answer> => {
  const resolver = new Resolver({ timeout: questionMs, tries: 1 })
  resolver.setServers([server])
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  const started = performance.now()
  let code = 'ENODATA'
  try {
    for (const family of families) {
      if (signal.aborted) return { ok: false, resolver: server, ms: performance.now() - started, code: 'ETIMEOUT' }
      try {
        const [address] = await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name))
        if (address !== undefined)
          return { ok: true, resolver: server, ms: performance.now() - started, address, family }
      } catch (cause) {
        code = codeOf(cause)
        // No name, no answer: the other family would not fare better. Only "has no such record" leads on.
        if (code !== 'ENODATA') break
      }
    }
    return { ok: false, resolver: server, ms: performance.now() - started, code }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

const codeOf = (cause: unknown): string => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EUNKNOWN'
  return code === 'ECANCELLED' ? 'ETIMEOUT' : code
}

/** Addresses of a name that no name server is asked for: `localhost` (RFC 6761) and the system's hosts file. */
export const localAddresses = async (name: string, system: Pick<System, 'platform' | 'root'>): Promise<string[]> => {
  const wanted = name.replace(/\.$/, '').toLowerCase()
  const text = await readFile(hostsFile(system), 'utf8').catch(() => '')
  const found = text
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([address = '', ...names]) => isIP(address) !== 0 && names.some(one => one.toLowerCase() === wanted))
    .map(([address = '']) => address)
  if (found.length > 0) return found
  return wanted === 'localhost' || wanted.endsWith('.localhost') ? ['127.0.0.1', '::1'] : []
}

const hostsFile = ({ platform, root }: Pick<System, 'platform' | 'root'>): string =>
  platform === 'win32'
    ? path.join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32\\drivers\\etc\\hosts')
    : path.join(root, 'etc/hosts')
