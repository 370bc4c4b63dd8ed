import { BlockList, isIP } from 'node:net'
import { kernelFile } from '../net-tables.ts'

/** A route of the kernel's main table that can carry packets. */
export interface Route {
  readonly iface: string
  readonly family: 4 | 6
  readonly network: string
  /** Prefix length; 0 is a default route. */
  readonly bits: number
  readonly metric: number
}

const up = 0x1
const reject = 0x200

/** Routes of both families, without rejects and loopback. Source: /proc/net/route (little-endian hex), /proc/net/ipv6_route. */
export const readRoutes = async (root: string): Promise<Route[]> => {
  const [v4, v6] = await Promise.all([kernelFile(root, 'proc/net/route'), kernelFile(root, 'proc/net/ipv6_route')])
  return [...wordsOf(v4).flatMap(fromV4), ...wordsOf(v6).flatMap(fromV6)]
}

const fromV4 = ([iface = '', network = '', , flags = '0', , , metric = '0', mask = '']: string[]): Route[] => {
  if (!usable(iface, flags) || !/^[0-9A-F]{8}$/i.test(network) || !/^[0-9A-F]{8}$/i.test(mask)) return []
  const bits = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length
  return [{ iface, family: 4, network: Buffer.from(network, 'hex').reverse().join('.'), bits, metric: Number(metric) }]
}

const fromV6 = (row: string[]): Route[] => {
  const [network = '', length = ''] = row
  const iface = row[9] ?? ''
  if (!usable(iface, row[8] ?? '0') || !/^[0-9a-f]{32}$/i.test(network) || !/^[0-9a-f]{2}$/i.test(length)) return []
  return [
    {
      iface,
      family: 6,
      network: (network.match(/.{4}/g) ?? []).join(':'),
      bits: Number.parseInt(length, 16),
      metric: Number.parseInt(row[5] ?? '0', 16)
    }
  ]
}

const usable = (iface: string, flags: string): boolean => {
  const set = Number.parseInt(flags, 16)
  return iface !== '' && iface !== 'lo' && (set & up) !== 0 && (set & reject) === 0
}

const wordsOf = (table: string | undefined): string[][] =>
  (table ?? '')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(words => words.length > 1)

/** The interface that carries the default route, the preferred one of IPv4 first. */
export const defaultInterface = (routes: readonly Route[], family?: 4 | 6): string | undefined =>
  routes
    .filter(route => route.bits === 0 && (family === undefined || route.family === family))
    .sort((a, b) => a.family - b.family || a.metric - b.metric)[0]?.iface

/** The route that the kernel takes to an address: the longest prefix, then the lowest metric. */
export const routeTo = (routes: readonly Route[], address: string): Route | undefined => {
  const family = isIP(address) === 6 ? 6 : 4
  return routes
    .filter(route => route.family === family && holds(route.network, route.bits, family, address))
    .sort((a, b) => b.bits - a.bits || a.metric - b.metric)[0]
}

/** Whether a network holds an address of the same family. */
export const holds = (network: string, bits: number, family: 4 | 6, address: string): boolean => {
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, bits, type)
  return list.check(address, type)
}
