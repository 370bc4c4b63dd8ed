import { lookup as resolveName } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Metadata services of clouds hand out credentials to whoever asks from inside; not all of them are link-local. */
const metadata = ['169.254.169.254', '100.100.100.200', 'fd00:ec2::254']

/**
 * May the collector talk to it? Never to link-local addresses and metadata services of clouds, unless the settings allow them.
 * Text that is no address is allowed here: it is a name, and what it resolves to is asked again.
 */
export const mayReach = (address: string, allowLinkLocal: boolean): boolean => {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (allowLinkLocal || !ipaddr.isValid(bare)) return true
  const it = ipaddr.process(bare)
  const range = it.range()
  // NAT64 and 6to4 carry an IPv4 address inside.
  if (range === 'rfc6052') return mayReach(ipaddr.fromByteArray(it.toByteArray().slice(12)).toString(), false)
  if (range === '6to4') return mayReach(ipaddr.fromByteArray(it.toByteArray().slice(2, 6)).toString(), false)
  return range !== 'linkLocal' && !metadata.includes(it.toString())
}

/** Code of the error when a name has no address that may be reached. */
export const deniedCode = 'ADDRESS_DENIED'

/** Resolves a name once for a connection: what is connected to is what was judged, so a name cannot change in between. */
export const guardedLookup =
  (allowLinkLocal: boolean): LookupFunction =>
  (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        done(error, [])
        return
      }
      const [first, ...others] = found.filter(({ address }) => mayReach(address, allowLinkLocal))
      if (first === undefined) done(Object.assign(new Error(`${name} may not be reached`), { code: deniedCode }), [])
      else if (options.all === true) done(null, [first, ...others])
      else done(null, first.address, first.family)
    })
  }
