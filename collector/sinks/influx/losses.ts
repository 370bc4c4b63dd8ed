import { deniedCode } from './address.ts'
import type { Answer } from './deliver.ts'
import { both } from './sentences.ts'

export interface LossContext {
  readonly url: string
  readonly timeoutMs: number
  /** The exchange took longer than the time-out. */
  readonly late: boolean
  /** Who issued the certificate that was not trusted, when that is known. */
  readonly issuer: string | undefined
}

type Lost = Exclude<Answer, { kind: 'taken' | 'bad_lines' }>

/** What it means that no answer came, as a sentence that says what to do. The error's own message is never shown. */
export const lossOf = (error: unknown, { url, timeoutMs, late, issuer }: LossContext): Lost => {
  const away = (zh: string, en: string, brokeOff = false): Lost => ({
    kind: 'away',
    says: both(zh, en),
    retryAfterMs: undefined,
    ...(brokeOff ? { brokeOff } : {})
  })
  const refused = (zh: string, en: string): Lost => ({ kind: 'refused', says: both(zh, en) })
  const code = codeOf(error)
  if (late)
    return away(
      `${url} 在 ${timeoutMs / 1000} 秒内没有答完：请检查 InfluxDB 的负载，或加大 sinks.influx.timeout_ms。`,
      `${url} did not answer within ${timeoutMs / 1000} s: look at the load of InfluxDB, or raise sinks.influx.timeout_ms.`,
      true
    )
  if (isCertificateFault(error)) {
    const [zh, en] = certificateWords(code)
    return refused(
      `${url} 的证书不可信：${zh}${issuer === undefined ? '' : `（签发者：${issuer}）`}。请把签发它的 CA 证书（PEM）写入 sinks.influx.ca_file，或更换证书。`,
      `The certificate of ${url} is not trusted: ${en}${issuer === undefined ? '' : ` (issued by ${issuer})`}. Put the certificate of its authority (PEM) into sinks.influx.ca_file, or replace it.`
    )
  }
  switch (code) {
    case deniedCode:
      return refused(
        `${url} 指向链路本地地址或云元数据服务，不予连接：请改正 sinks.influx.url；确有必要时设 allow_link_local: true。`,
        `${url} leads to a link-local address or a metadata service: correct sinks.influx.url, or set allow_link_local: true if that is meant.`
      )
    case 'ECONNREFUSED':
      return away(
        `${url} 上没有程序在监听：请启动 InfluxDB，或改正 sinks.influx.url。`,
        `Nothing listens on ${url}: start InfluxDB, or correct sinks.influx.url.`
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return away(
        `${url} 的主机名解析不了：请检查 sinks.influx.url 的写法和 DNS。`,
        `The name in ${url} does not resolve: check sinks.influx.url and the DNS.`
      )
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return away(
        `连不上 ${url}（${code}）：请检查网络和防火墙。`,
        `${url} cannot be reached (${code}): check the network and the firewall.`
      )
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return refused(
        `${url} 不使用 TLS：请把 sinks.influx.url 改为 http:// 开头，或在 InfluxDB 中启用 HTTPS。`,
        `${url} does not speak TLS: let sinks.influx.url begin with http://, or switch HTTPS on in InfluxDB.`
      )
    case 'HPE_HEADER_OVERFLOW':
      return {
        kind: 'too_large',
        says: both(`${url} 的应答头过长。`, `The header of the answer of ${url} is too long.`)
      }
    default:
      break
  }
  if (code.startsWith('HPE_'))
    return away(`${url} 的应答不是 HTTP（${code}）。`, `${url} does not answer in HTTP (${code}).`)
  return away(`与 ${url} 的连接中断（${code}）。`, `The connection to ${url} broke off (${code}).`, true)
}

const certificateCodes: Readonly<Record<string, readonly [string, string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['它是自签名的', 'it signed itself'],
  SELF_SIGNED_CERT_IN_CHAIN: ['证书链的根不被信任', 'the root of its chain is not trusted here'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['不认识签发它的 CA', 'its authority is unknown here'],
  UNABLE_TO_GET_ISSUER_CERT: ['不认识签发它的 CA', 'its authority is unknown here'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['不认识签发它的 CA', 'its authority is unknown here'],
  CERT_SIGNATURE_FAILURE: ['签名不对', 'its signature is wrong'],
  CERT_UNTRUSTED: ['签发它的 CA 不被信任', 'its authority is not trusted'],
  CERT_REJECTED: ['签发它的 CA 不被信任', 'its authority is not trusted'],
  CERT_HAS_EXPIRED: ['它已过期', 'it has expired'],
  CERT_NOT_YET_VALID: [
    '它还没有生效（请核对两台机器的时钟）',
    'it is not valid yet (compare the clocks of both machines)'
  ],
  CERT_REVOKED: ['它已被吊销', 'it was revoked'],
  INVALID_PURPOSE: ['它不是服务器证书', 'it is not one for servers'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['它不是发给这个主机名的', 'it was not made for this host name']
}
const certificateWords = (code: string): readonly [string, string] => certificateCodes[code] ?? [code, code]

export const isCertificateFault = (error: unknown): boolean => Object.hasOwn(certificateCodes, codeOf(error))

/** The code of an error, or of the first of several (a name with many addresses). */
const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof AggregateError ? codeOf(error.errors[0]) : error.name
}
