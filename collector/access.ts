import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { ProblemError } from './errors.ts'

/**
 * Who may call the human routes. On loopback they are open (the page says so), for the Host and Origin of this machine only, so that
 * a web page elsewhere cannot reach in by DNS rebinding; a forwarded header means a proxy brought a stranger here. Everything else, and
 * every write, needs the admin secret: `Authorization: Bearer SECRET`, or Basic with any user name so that a browser can ask for it.
 */
export const openAccess = (secret: string) => {
  const wanted = digest(secret)
  const holdsSecret = (request: FastifyRequest): boolean => {
    const given = secretOf(request.headers.authorization)
    return given !== undefined && timingSafeEqual(digest(given), wanted)
  }
  return {
    /** Throws a ProblemError unless the request may read. */
    read: (request: FastifyRequest): void => {
      if (holdsSecret(request)) return
      const why = strangeness(request)
      if (why !== undefined)
        throw new ProblemError('unauthorised', `${why}: send the admin secret (Authorization: Bearer …)`)
    },
    /** Throws a ProblemError unless the request may change things. */
    write: (request: FastifyRequest): void => {
      if (!holdsSecret(request))
        throw new ProblemError(
          'unauthorised',
          'a change needs the admin secret (Authorization: Bearer …), also on this machine'
        )
      const origin = request.headers.origin
      if (origin !== undefined && hostOf(origin) !== request.headers.host)
        throw new ProblemError('forbidden', `header origin must be of this collector, got "${origin.slice(0, 200)}"`)
    }
  }
}
export type Access = ReturnType<typeof openAccess>

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const secretOf = (authorization: string | undefined): string | undefined => {
  const [scheme, value] = authorization?.split(' ', 2) ?? []
  if (value === undefined) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() !== 'basic') return undefined
  const pair = Buffer.from(value, 'base64').toString('utf8')
  return pair.slice(pair.indexOf(':') + 1)
}

const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'] as const

/** Why a request is not simply this machine's own user, or undefined when it is. */
const strangeness = (request: FastifyRequest): string | undefined => {
  if (!isLoopback(request.socket.remoteAddress)) return 'this address is not this machine'
  const relayed = forwarded.find(name => request.headers[name] !== undefined)
  if (relayed !== undefined) return `header ${relayed} says that a proxy forwarded this`
  if (!isOwnHost(request.headers.host))
    return `header host must name this machine (localhost, 127.0.0.1, [::1]), got "${(request.headers.host ?? '').slice(0, 200)}"`
  const origin = request.headers.origin
  if (origin !== undefined && !isOwnHost(hostOf(origin)))
    return `header origin must name this machine, got "${origin.slice(0, 200)}"`
  return undefined
}

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'

const isOwnHost = (host: string | undefined): boolean =>
  host !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host)

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)
