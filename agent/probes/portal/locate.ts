import { isIP } from 'node:net'
import type { System } from '../../system.ts'
import { dnsReason } from './judge.ts'
import type { Portal } from './options.ts'
import { hasGlobalV6, isLoopback, type OwnAddress } from './place.ts'
import { askAll, localAddresses, type Answer, type Family } from './resolve.ts'

/** The address of a subject and who said it, or why there is none. `fields` has the time of each name server. */
export type Location = {
  readonly fields: Readonly<Record<string, number>>
} & (
  | {
      readonly kind: 'found'
      readonly address: string
      readonly family: Family
      /** The name server, or `hosts`; undefined for an address. */
      readonly resolver?: string
      /** Whether a name server said it: only then can it be a lie of DNS. */
      readonly fromDns: boolean
    }
  | { readonly kind: 'none'; readonly reason: string; readonly code: string; readonly address?: string }
)

/** Finds the one address a run connects to. Never rejects. */
export const locate = async (
  { subject, options }: Portal,
  own: readonly OwnAddress[],
  system: Pick<System, 'platform' | 'root'>,
  systemServers: readonly string[],
  signal: AbortSignal
): Promise<Location> => {
  const literal = isIP(subject.host)
  if (literal !== 0)
    return { kind: 'found', address: subject.host, family: literal === 6 ? 6 : 4, fromDns: false, fields: {} }

  const local = (await localAddresses(subject.host, system)).find(
    address => options.family === undefined || isIP(address) === options.family
  )
  if (local !== undefined) {
    const family = isIP(local) === 6 ? 6 : 4
    return { kind: 'found', address: local, family, resolver: 'hosts', fromDns: false, fields: {} }
  }

  const servers = options.resolvers ?? systemServers
  const answers = await askAll(subject.host, familiesOf(options.family, own), servers, signal)
  const fields = timesOf(answers)
  const answer = answers.find(one => one.ok)
  if (answer !== undefined) {
    const { address, family, resolver, ms } = answer
    // No public name lives on the asker's own machine: this is what a filter answers.
    if (isLoopback(address)) return { kind: 'none', reason: 'dns_hijack', code: 'ELOOPBACK', address, fields }
    return { kind: 'found', address, family, resolver, fromDns: true, fields: { dns_ms: ms, ...fields } }
  }
  const code = worst(answers)
  const nobodyConfigured =
    options.resolvers === undefined && code === 'ECONNREFUSED' && servers.every(one => one.startsWith('127.'))
  return { kind: 'none', reason: nobodyConfigured ? 'no_resolver' : dnsReason(code), code, fields }
}

/** The order of the system (RFC 6724): IPv6 first where this machine has a global address of it. */
const familiesOf = (family: Family | undefined, own: readonly OwnAddress[]): readonly Family[] => {
  if (family !== undefined) return [family]
  return hasGlobalV6(own) ? [6, 4] : [4, 6]
}

const timesOf = (answers: readonly Answer[]): Record<string, number> =>
  Object.fromEntries(
    answers.flatMap((one, i) => (one.ok || one.code !== 'ETIMEOUT' ? [[`dns_${i}_ms`, one.ms] as const] : []))
  )

/** Of several failures the one that says most: a server that knows better than one that fails, that than silence. */
const worst = (answers: readonly Answer[]): string => {
  const codes = answers.flatMap(one => (one.ok ? [] : [one.code]))
  const rank = ['dns_nxdomain', 'dns_servfail', 'dns_timeout']
  return codes.toSorted((a, b) => rank.indexOf(dnsReason(a)) - rank.indexOf(dnsReason(b)))[0] ?? 'ECONNREFUSED'
}
