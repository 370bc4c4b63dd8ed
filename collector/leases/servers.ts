import Type, { type Static } from 'typebox'
import { SentenceError } from '../../contract/parse.ts'
import { RegistryId } from '../../contract/registry-id.ts'

/** A test server as configured. Without `host` it is the collector itself, and its id is `collector`. */
export const ServerConfig = Type.Object(
  {
    id: RegistryId,
    host: Type.Optional(
      Type.String({ minLength: 1, maxLength: 253, pattern: '^[0-9A-Za-z.:-]+$', description: 'Name or address' })
    ),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    port_mbps: Type.Number({ minimum: 10, maximum: 400_000, description: 'Slowest port between it and the schools' }),
    place: Type.Optional(Type.Enum(['off_site', 'on_site'])),
    bind_address: Type.Optional(
      Type.Boolean({
        description: 'Leases hold for the address that asked only; false where schools reach it by another'
      })
    )
  },
  { additionalProperties: false }
)
export type ServerConfig = Static<typeof ServerConfig>

export interface TestServerRow {
  readonly id: string
  /** Undefined: the collector itself. */
  readonly host: string | undefined
  readonly port: number | undefined
  readonly portMbps: number
  readonly place: 'off_site' | 'on_site'
  readonly bindAddress: boolean
}

export const ownServerId = 'collector'

/** Throws a SentenceError. */
export const serversOf = (
  list: readonly ServerConfig[] = [{ id: ownServerId, port_mbps: 1000 }],
  place = '/bandwidth/servers'
): readonly TestServerRow[] => {
  const seen = new Set<string>()
  return list.map((server, i) => {
    const at = (key: string, sentence: string) =>
      new SentenceError(`${place}/${i}/${key} ${sentence}`, `${place}/${i}/${key}`)
    if (seen.has(server.id)) throw at('id', `must be unique, got "${server.id}" again`)
    seen.add(server.id)
    const own = server.id === ownServerId
    if (own && (server.host !== undefined || server.port !== undefined))
      throw at(
        'id',
        `must not be "${ownServerId}" for a server with a host or port of its own: that is the collector itself`
      )
    if (!own && server.host === undefined)
      throw at('host', `is missing: only the collector itself (id "${ownServerId}") has none`)
    if (!own && server.port === undefined) throw at('port', 'is missing')
    return {
      id: server.id,
      host: server.host,
      port: server.port,
      portMbps: server.port_mbps,
      place: server.place ?? 'off_site',
      bindAddress: server.bind_address ?? true
    }
  })
}

/** Live caps never sum up to more than this share of a server's port. */
export const portShare = 0.8
/** A port below this multiple of the tier is no test of the tier. */
const leastPort = 1.2
/** An uncapped test shows a flat line only if it may go this far beyond the tier. */
const leastUncapped = 1.5
/** An uncapped test is accounted with this. */
const mostUncapped = 2
/** A capped test must be able to go this much beyond the line, or it cannot pass. */
const leastAboveLine = 1.03

export type Cap =
  { readonly kind: 'cap'; readonly capMbps: number } | { readonly kind: 'too_small'; readonly detail: string }

/** How fast a server may send in a test, Mbit/s, or why its port is too small. `wantedMbps`: Infinity when uncapped. */
export const capOn = (server: TestServerRow, tierMbps: number, wantedMbps: number, passRatio: number): Cap => {
  const { id, portMbps } = server
  const share = portShare * portMbps
  const tooSmall = (needMbps: number, why: string): Cap => ({
    kind: 'too_small',
    detail: `test server ${id} must have a port of at least ${figure(needMbps)} Mbit/s to test ${tierMbps} Mbit/s${why}, got ${figure(portMbps)}`
  })
  if (portMbps < leastPort * tierMbps) return tooSmall(leastPort * tierMbps, '')
  if (wantedMbps === Infinity) {
    if (share < leastUncapped * tierMbps)
      return tooSmall((leastUncapped * tierMbps) / portShare, ' uncapped (burst credit must show)')
    return { kind: 'cap', capMbps: Math.min(mostUncapped * tierMbps, share) }
  }
  const capMbps = Math.min(wantedMbps, share)
  const least = leastAboveLine * passRatio * tierMbps
  return capMbps < least
    ? tooSmall(least / portShare, ' within 80 % of it')
    : { kind: 'cap', capMbps: Math.floor(capMbps * 1000 + 1e-6) / 1000 }
}

const figure = (mbps: number): string => String(Math.ceil(mbps * 10) / 10)
