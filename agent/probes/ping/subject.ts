import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { shown } from '../../../contract/fault.ts'
import { SentenceError } from '../../../contract/parse.ts'
import { Unavailable } from '../../probe.ts'
import { isHostName } from '../host-name.ts'
import { defaultRoutes } from '../net-tables.ts'
import { untilAborted } from '../until-aborted.ts'

type Family = 4 | 6

/** A name to one address; undefined when it has none. */
export type Resolve = (name: string, family: Family | undefined) => Promise<string | undefined>

const expectation = 'must be a host name, an IP address, "gateway" or "self"'

/** Throws a SentenceError for what must never reach a command line, and for an address that is not of the family asked for. */
export const checkSubject = (subject: string, family: Family | undefined): void => {
  const literal = isIP(subject)
  if (literal === 0 ? !isHostName(subject) : subject.includes('%') && !/%[A-Za-z0-9._-]{1,15}$/.test(subject))
    throw new SentenceError(`ping options /subject ${expectation}, got ${shown(subject)}`, '/subject')
  if (literal !== 0 && family !== undefined && literal !== family)
    throw new SentenceError(`ping options /subject must be an IPv${family} address, got ${shown(subject)}`, '/subject')
  if (subject === 'gateway' && family === 6)
    throw new SentenceError('ping options /family must be 4 for the subject "gateway", got 6', '/family')
}

/** The address to send to; undefined when the name has none. Throws Unavailable for a gateway that is not there. */
export const addressOf = async (
  subject: string,
  family: Family | undefined,
  root: string,
  resolve: Resolve,
  signal: AbortSignal
): Promise<string | undefined> => {
  if (subject === 'self') return family === 6 ? '::1' : '127.0.0.1'
  if (subject === 'gateway') {
    const [route] = await defaultRoutes(root)
    if (route === undefined)
      throw new Unavailable('no_gateway', 'there is no default route with a gateway in /proc/net/route')
    return route.gateway
  }
  return isIP(subject) === 0 ? untilAborted(resolve(subject, family), signal) : subject
}

/** The system's own lookup: hosts file, search domains and all. */
export const systemResolve: Resolve = async (name, family) => {
  try {
    return (await lookup(name, { family: family ?? 0 })).address
  } catch {
    return undefined
  }
}

/** The subject of options that nobody has checked yet. */
export const hostOf = (raw: unknown): string | undefined =>
  typeof raw === 'object' && raw !== null && 'subject' in raw && typeof raw.subject === 'string'
    ? raw.subject.toLowerCase()
    : undefined
