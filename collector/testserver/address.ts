import ipaddr from 'ipaddr.js'

/**
 * The one text of an address, so that two of them can be compared: IPv4 also where it came mapped into IPv6, no zone. Undefined when it is
 * no address.
 */
export const canonicalAddress = (text: string | undefined): string | undefined => {
  const [address = ''] = (text ?? '').split('%')
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : undefined
}
