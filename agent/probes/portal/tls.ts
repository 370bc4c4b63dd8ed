import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import tls from 'node:tls'

/** When a certificate is valid, ms since 1970. */
export interface Certificate {
  /** End of the leaf's own validity: that is what somebody must renew. */
  readonly leafToMs: number
  /** When every certificate of the chain is valid. */
  readonly fromMs: number
  readonly toMs: number
}

export interface Handshake {
  readonly socket: tls.TLSSocket
  readonly ms: number
  readonly certificate?: Certificate
  /** OpenSSL's or Node's word for why the certificate does not prove the host. */
  readonly distrust?: string
}

/**
 * TLS by the subject's name over an open connection. The certificate is verified as always, but a bad one ends in `distrust`
 * instead of an exception, because its dates are the evidence; the caller must not send anything then.
 */
export const shakeHands = async (
  socket: Socket,
  host: string,
  trusted: readonly string[] | undefined,
  signal: AbortSignal
): Promise<Handshake> => {
  const started = performance.now()
  const secure = tls.connect({
    socket,
    // An address is not a name: RFC 6066 allows none in SNI.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: false,
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
    ALPNProtocols: ['http/1.1'],
    ...(trusted === undefined ? {} : { ca: [...trusted] })
  })
  secure.on('error', () => undefined)
  try {
    await once(secure, 'secureConnect', { signal })
  } catch (cause) {
    secure.destroy()
    throw cause
  }
  const certificate = datesOf(secure.getPeerCertificate(true))
  return {
    socket: secure,
    ms: performance.now() - started,
    ...(certificate === undefined ? {} : { certificate }),
    ...(secure.authorized ? {} : { distrust: String(secure.authorizationError) })
  }
}

/** The root signs itself, which ends the walk; so does a chain longer than any honest one. */
const datesOf = (leaf: tls.DetailedPeerCertificate): Certificate | undefined => {
  const leafToMs = Date.parse(leaf.valid_to)
  if (Number.isNaN(leafToMs)) return undefined
  let fromMs = Date.parse(leaf.valid_from)
  let toMs = leafToMs
  // The types promise an issuer; a server that leaves its intermediate out has none.
  let one: Partial<tls.DetailedPeerCertificate> = leaf
  for (let depth = 0; depth < 10; depth++) {
    const issuer = one.issuerCertificate
    if (issuer === undefined || issuer === one) break
    fromMs = Math.max(fromMs, Date.parse(issuer.valid_from))
    toMs = Math.min(toMs, Date.parse(issuer.valid_to))
    one = issuer
  }
  return { leafToMs, fromMs, toMs }
}
