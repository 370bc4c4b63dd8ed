import type { LookupFunction } from 'node:net'
import { connect } from 'node:tls'

/**
 * Who issued the certificate of a server that was not trusted, for a sentence: a second handshake that is refused like the first one, looked at
 * just before the refusal. Nothing is sent through it.
 */
export const issuerOf = (
  place: URL,
  ca: string | undefined,
  lookup: LookupFunction,
  timeoutMs: number
): Promise<string | undefined> =>
  new Promise(resolve => {
    const host = place.hostname.replace(/^\[|\]$/g, '')
    const socket = connect({
      host,
      port: place.port === '' ? 443 : Number(place.port),
      lookup,
      // A name may be asked for, an address not: as the request before it did.
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca })
    })
    let issuer: string | undefined
    const end = (): void => {
      socket.destroy()
      resolve(issuer)
    }
    // Before the verdict on the certificate, which destroys the socket and what it knows.
    socket.prependListener('secure', () => {
      const certificate = socket.getPeerCertificate()
      // Without a certificate this is an empty object, whatever its type says.
      if (!('issuer' in certificate)) return
      const { CN, O } = certificate.issuer
      const names = [CN, O].flat().filter(name => name !== undefined && name !== '')
      if (names.length > 0) issuer = names.join(', ')
    })
    socket.setTimeout(Math.min(timeoutMs, 5_000), end)
    socket.once('error', end)
    socket.once('secureConnect', end)
  })
