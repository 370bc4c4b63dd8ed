import { isIP, isIPv6 } from 'node:net'
import { shown } from '../../../contract/fault.ts'
import { SentenceError } from '../../../contract/parse.ts'
import { isHostName } from '../host-name.ts'

/** A time server; `text` is how the options write it. */
export interface Server {
  readonly text: string
  readonly host: string
  readonly port: number
}

const ntpPort = 123

/** `host`, `host:port`, `192.0.2.1:123`, `2001:db8::1`, `[2001:db8::1]:123`. Throws a SentenceError with its place in the list. */
export const parseServer = (text: string, i: number): Server => {
  const pointer = `/servers/${i}`
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = isIPv6(text) ? text : (bracketed ?? plain ?? '')
  const port = portText === undefined || isIPv6(text) ? ntpPort : Number(portText)
  const hostFits = bracketed !== undefined ? isIPv6(bracketed) : isIP(host) !== 0 || isHostName(host)
  if (!hostFits || port < 1 || port > 65_535)
    throw new SentenceError(
      `clock options ${pointer} must be a host name or an IP address, with :port or without, got ${shown(text)}`,
      pointer
    )
  return { text, host, port }
}
