import type { Reading } from '../../probe.ts'
import type { Answered, Broken, Exchange } from './exchange.ts'
import type { Portal } from './options.ts'
import { isSameSite } from './same-site.ts'

export type Judgement = Pick<Reading, 'outcome' | 'reason'>

const failed = (reason: string): Judgement => ({ outcome: 'failed', reason })

/** How long before its end a certificate is worth a word. */
const renewDays = 15
/** The text must be in what a browser sees first. */
const textBytes = 65_536

/** A name server's code to a reason: no such name, a server that fails, or no answer at all. */
export const dnsReason = (code: string): 'dns_nxdomain' | 'dns_servfail' | 'dns_timeout' => {
  if (code === 'ENOTFOUND' || code === 'ENODATA') return 'dns_nxdomain'
  // A closed port, or a server nobody routes to, is no answer as well.
  return ['ETIMEOUT', 'ECONNREFUSED', 'ETIMEDOUT'].includes(code) ? 'dns_timeout' : 'dns_servfail'
}

/** What one exchange says of the subject. `certDays` is the rest of the certificate's life, undefined without one. */
export const judge = (seen: Exchange, { subject, options }: Portal, certDays: number | undefined): Judgement => {
  if (seen.broken !== undefined) return failed(brokenReason(seen.broken))
  if (seen.distrust !== undefined) return failed(distrustReason(seen.distrust))
  const { answered } = seen
  if (answered === undefined) return failed('http_error')
  if (isCaptive(answered, subject.secure, subject.host)) return failed('captive_portal')
  const wanted = options.expect_status
  if (wanted === undefined ? answered.status >= 400 : !wanted.includes(answered.status))
    return failed(statusReason(answered.status))
  if (options.expect_text !== undefined && !holds(answered, options.expect_text)) return failed('body_mismatch')
  if (certDays !== undefined && certDays < renewDays) return { outcome: 'degraded', reason: 'cert_expiring' }
  return { outcome: 'ok' }
}

const brokenReason = ({ phase, code }: Broken): string => {
  switch (phase) {
    case 'tcp':
      if (code === 'deadline' || code === 'ETIMEDOUT') return 'tcp_timeout'
      return code === 'ECONNREFUSED' || code === 'ECONNRESET' ? 'tcp_refused' : 'tcp_unreachable'
    case 'tls':
      return 'tls_error'
    case 'http':
      return code === 'deadline' || code === 'ETIMEDOUT' ? 'http_timeout' : 'http_error'
  }
}

const distrustReason = (code: string): string => {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'tls_expired'
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'tls_name' : 'tls_untrusted'
}

const statusReason = (status: number): string => {
  if (status >= 500) return 'http_5xx'
  return status >= 400 ? 'http_4xx' : 'http_error'
}

/**
 * Somebody in between wants a login first: the status made for it (RFC 6585), or plain HTTP that leads to another site.
 * Behind a valid certificate nobody in between can have said it.
 */
const isCaptive = ({ status, location }: Answered, secure: boolean, host: string): boolean => {
  if (status === 511) return true
  if (secure || status < 300 || status >= 400 || location === undefined) return false
  const to = locationHost(location, host)
  return to !== undefined && !isSameSite(to, host)
}

/** The host a redirect leads to; that of the subject when it is relative; undefined when it is no URL. */
export const locationHost = (location: string, host: string): string | undefined =>
  URL.parse(location, `http://${host.includes(':') ? `[${host}]` : host}/`)?.hostname.replace(/^\[(.*)\]$/, '$1')

/** Many school sites are still written in GBK and not all of them say so: either reading of the bytes counts. */
const holds = ({ body }: Answered, text: string): boolean => {
  const head = body.subarray(0, textBytes)
  return ['utf-8', 'gb18030'].some(charset => new TextDecoder(charset).decode(head).includes(text))
}
