import { capOn } from '../../../../leases/servers.ts'
import type { Policy } from '../../../../leases/terms.ts'
import type { PageContext } from '../../context.ts'
import type { OneUplink } from './reads.ts'

/** Why no test server can test a tier, and what to do; undefined when one can. The same choice as for a lease (leases/decide.ts). */
export const obstacleText = (
  { say, formats }: PageContext,
  policy: Policy,
  { uplink }: OneUplink,
  tierMbps: number,
  capMbps: number
): string | undefined => {
  const named = uplink.server
  const some = policy.servers.filter(one => (named === undefined ? one.place === 'off_site' : one.id === named))
  if (some.length === 0) return named === undefined ? say('obstacle_none') : say('obstacle_unknown', { server: named })
  if (some.every(server => server.place === 'on_site')) return say('obstacle_on_site', { server: named ?? '' })
  if (some.some(server => capOn(server, tierMbps, capMbps, policy.passRatio).kind === 'cap')) return undefined
  const port = Math.max(...some.map(server => server.portMbps))
  return say('obstacle_port', { mbps: tierMbps, port: formats.number(port) })
}
