import type { NetworkInterfaceInfo } from 'node:os'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Where an address is, seen from this machine:
 * self: one of its own; on_site: link-local, or in a network it is attached to; private: an address no one reaches over the
 * Internet, somewhere behind a router; off_site: public unicast.
 */
export type Place = 'self' | 'on_site' | 'private' | 'off_site'

/** What `os.networkInterfaces()` says, flat. */
export type OwnAddress = Pick<NetworkInterfaceInfo, 'address' | 'cidr' | 'internal'>

/** Throws for a text that is no IP address. An IPv4-mapped IPv6 address is the IPv4 address in it. */
export const placeOf = (address: string, own: readonly OwnAddress[]): Place => {
  const it = numeric(address)
  const range = it.range()
  if (range === 'loopback' || range === 'unspecified') return 'self'
  if (own.some(mine => sameAddress(numeric(mine.address), it))) return 'self'
  if (range === 'linkLocal' || own.some(mine => inSubnet(it, mine.cidr))) return 'on_site'
  // NAT64 (RFC 6052): the last 32 bits are the IPv4 address it stands for.
  if (range === 'rfc6052') return placeOf(ipaddr.fromByteArray(it.toByteArray().slice(12)).toString(), own)
  return offSite.has(range) ? 'off_site' : 'private'
}

/**
 * Addresses that a check may not talk to unless it says so: link-local ones and the metadata services of clouds, which hand
 * out credentials to whoever asks from inside.
 */
export const isDenied = (address: string): boolean => {
  const it = numeric(address)
  return it.range() === 'linkLocal' || metadata.some(one => sameAddress(numeric(one), it))
}

export const isLoopback = (address: string): boolean => ['loopback', 'unspecified'].includes(numeric(address).range())

/** Whether this machine has an IPv6 address that the Internet could answer: then the system prefers IPv6 (RFC 6724). */
export const hasGlobalV6 = (own: readonly OwnAddress[]): boolean =>
  own.some(mine => mine.address.includes(':') && numeric(mine.address).range() === 'unicast')

const metadata = ['169.254.169.254', '100.100.100.200', 'fd00:ec2::254']

/** Everything else ipaddr.js names is private, reserved, for documentation or for many: no proof of the Internet. */
const offSite = new Set(['unicast', 'as112', 'as112v6', 'amt', '6to4', 'teredo'])

/** Link-local addresses may carry a zone (`fe80::1%eth0`), which says which cable, not which address. */
const numeric = (address: string): Address => ipaddr.process(address.split('%')[0] ?? address)

const sameAddress = (a: Address, b: Address): boolean => a.kind() === b.kind() && a.toString() === b.toString()

const inSubnet = (it: Address, cidr: string | null): boolean => {
  if (cidr === null) return false
  const [net, bits] = ipaddr.parseCIDR(cidr)
  // A network of everything is a way of writing a default route, not a place.
  if (bits === 0) return false
  if (net instanceof ipaddr.IPv4) return it instanceof ipaddr.IPv4 && it.match(net, bits)
  return it instanceof ipaddr.IPv6 && it.match(net, bits)
}
