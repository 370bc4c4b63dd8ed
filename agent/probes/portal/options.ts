import { isIP, isIPv6 } from 'node:net'
import Type, { type Static } from 'typebox'
import { shown } from '../../../contract/fault.ts'
import { parse, SentenceError } from '../../../contract/parse.ts'
import { redact } from '../legal-reading.ts'

export const PortalOptions = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    family: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(6)])),
    expect_status: Type.Optional(
      Type.Array(Type.Integer({ minimum: 200, maximum: 599 }), { minItems: 1, maxItems: 32 })
    ),
    expect_text: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    resolvers: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 4 })),
    max_bytes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_048_576 })),
    allow_link_local: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
)

/** What a run looks at. `host` is a name or an address without brackets, lower case; `hostHeader` is as HTTP writes it. */
export interface Subject {
  readonly secure: boolean
  readonly host: string
  readonly hostHeader: string
  readonly port: number
  readonly path: string
}

export interface Portal {
  readonly subject: Subject
  readonly options: Static<typeof PortalOptions>
}

/** Throws a SentenceError; what it says of a URL never shows the credentials in it. */
export const parseOptions = (raw: unknown): Portal => {
  const options = parse(PortalOptions, raw, 'portal options')
  for (const [i, resolver] of (options.resolvers ?? []).entries())
    if (!isResolver(resolver))
      throw new SentenceError(
        `portal options /resolvers/${i} must be an IP address or address:port, got ${shown(resolver)}`,
        `/resolvers/${i}`
      )
  const subject = subjectOf(options.url)
  const literal = isIP(subject.host)
  if (literal !== 0 && options.family !== undefined && literal !== options.family)
    throw urlFault(`must name a host or an IPv${options.family} address`, options.url)
  return { subject, options }
}

/** The host of options that nobody has checked yet. */
export const hostOf = (raw: unknown): string | undefined => {
  if (typeof raw !== 'object' || raw === null || !('url' in raw) || typeof raw.url !== 'string') return undefined
  return URL.parse(raw.url)?.hostname
}

const subjectOf = (text: string): Subject => {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '')
    throw urlFault('must be an http or https URL', text)
  if (url.username !== '' || url.password !== '') throw urlFault('must not hold a user name or a password', text)
  const secure = url.protocol === 'https:'
  return {
    secure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    hostHeader: url.host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search
  }
}

const urlFault = (expectation: string, url: string): SentenceError =>
  new SentenceError(`portal options /url ${expectation}, got ${shown(redact(url))}`, '/url')

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5353`. */
const isResolver = (text: string): boolean => {
  if (isIP(text) !== 0) return true
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const portFits = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)
  return portFits && (bracketed === undefined ? isIP(plain ?? '') === 4 : isIPv6(bracketed))
}
