import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { SessionError, type SessionOptions } from './session-types.ts'
import {
  answersPlainly,
  blocked,
  ClosedAfterUpgrade,
  openStream,
  unreachable,
  type RawStream,
  type StreamOptions
} from './upgrade.ts'

/** How long an Upgrade may stay without an answer, ms: well under the whole deadline, so that a plain request can still be tried. */
const answerMs = 6_000

/** Opens a stream; where nothing answers an Upgrade, finds out whether that is the server or somebody between who blocks it. */
export const openUpgrade = async (options: StreamOptions): Promise<RawStream> => {
  const patience = AbortSignal.timeout(answerMs)
  try {
    return await openStream({ ...options, signal: AbortSignal.any([options.signal, patience]) })
  } catch (error) {
    const silent = patience.aborted && !options.signal.aborted && error === patience.reason
    if (!silent && !(error instanceof ClosedAfterUpgrade)) throw error
    if (await answersPlainly(options))
      throw blocked(
        silent
          ? 'nothing, but it answers a plain request'
          : 'by closing the connection, but it answers a plain request',
        error
      )
    if (options.signal.aborted) throw error
    const why = error instanceof ClosedAfterUpgrade ? error.message : `no answer within ${answerMs / 1_000} s`
    throw unreachable(options, new Error(why, { cause: error }))
  }
}

/** Addresses of the host, in the system's order; only of the families that the streams may use. */
export const addressesOf = async (
  options: Pick<SessionOptions, 'host' | 'family' | 'localAddresses'>
): Promise<string[]> => {
  const { host, family, localAddresses } = options
  const literal = host.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return [literal]
  try {
    const found = await lookup(host, { all: true, ...(family === undefined ? {} : { family }) })
    return found
      .map(({ address }) => address)
      .filter(address => localAddresses === undefined || localAddresses[familyOf(address)] !== undefined)
  } catch (cause) {
    throw new SessionError(
      'server_unreachable',
      `the name of the test server, ${host}, must have an address: ${cause instanceof Error ? cause.message : ''}`,
      { cause }
    )
  }
}

const familyOf = (address: string): 4 | 6 => (isIP(address) === 6 ? 6 : 4)

/** What streams to an address are bound to. */
export const boundFor = (
  { localAddress, localAddresses }: Pick<SessionOptions, 'localAddress' | 'localAddresses'>,
  address: string
): string | undefined => localAddress ?? localAddresses?.[familyOf(address)]

/**
 * The first address that takes a connection. A refusal is final, but for one: the lease was asked for from our other address (IPv4 and IPv6
 * of one name), and the other way in is the right one.
 */
export const firstOf = async <T>(addresses: readonly string[], open: (address: string) => Promise<T>): Promise<T> => {
  let last: unknown = new SessionError('server_unreachable', 'the name of the test server must have an address')
  for (const address of addresses) {
    try {
      return await open(address)
    } catch (error) {
      if (!(error instanceof SessionError)) throw error
      const isAway = ['server_unreachable', 'link_down'].includes(error.reason)
      if (!isAway && error.code !== 'lease_foreign_address') throw error
      last = error
    }
  }
  throw last
}
