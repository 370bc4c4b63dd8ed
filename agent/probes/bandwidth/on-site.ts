import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { holds, routeTo, type Route } from './routes.ts'

export interface LocalAddress {
  readonly iface: string
  readonly address: string
  readonly family: 4 | 6
  /** Prefix length of its network. */
  readonly bits: number
}

/** Addresses of this machine, loopback among them. */
export const localAddresses = (): LocalAddress[] =>
  Object.entries(networkInterfaces()).flatMap(([iface, addresses]) =>
    (addresses ?? []).map(({ address, family, cidr }) => ({
      iface,
      address,
      family: family === 'IPv6' ? (6 as const) : (4 as const),
      bits: Number(cidr?.split('/')[1] ?? (family === 'IPv6' ? 128 : 32))
    }))
  )

/**
 * Why a test against this address would not cross the uplink, as a sentence; undefined when nothing speaks against it. A server on this
 * host, in a network of one of its interfaces or behind another route than the default one is inside the school.
 */
export const whyOnSite = (
  address: string,
  locals: readonly LocalAddress[],
  routes: readonly Route[]
): string | undefined => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  const family = isIP(plain) === 6 ? 6 : 4
  if (plain === '::1' || (family === 4 && holds('127.0.0.0', 8, 4, plain)))
    return `the test server ${plain} is this machine`
  const same = locals.filter(local => local.family === family)
  if (same.some(local => local.address === plain)) return `the test server ${plain} is this machine`
  const near = same.find(local => holds(local.address, local.bits, family, plain))
  if (near !== undefined) return `the test server ${plain} is in the network of the interface ${near.iface}`
  const route = routeTo(routes, plain)
  if (route !== undefined && route.bits > 0)
    return `the route to the test server ${plain} is ${route.network}/${route.bits} over ${route.iface}, not the default route`
  return undefined
}
