import type { Reading } from '../../probe.ts'
import type { Port } from './sysfs.ts'

const gigabit = 1000
/** Good and least signal of a classroom, dBm (specs: -67 good, -75 minimum). */
const goodDbm = -67
const leastDbm = -75

/** What a wired port proves. The collector counts `speed_low` against a room only when the card itself can do better. */
export const judgePort = (port: Port): Reading => {
  const fields = {
    carrier: port.carrier ? 1 : 0,
    ...optional('speed_mbps', port.speedMbps),
    ...optional('duplex_full', port.duplex === undefined ? undefined : port.duplex === 'full' ? 1 : 0),
    ...optional('carrier_changes_n', port.carrierChanges),
    ...optional('capable_mbps', port.capableMbps)
  }
  const said = { part: port.name, fields, labels: labelsOf(port) }
  if (!port.carrier) return { outcome: 'unavailable', reason: 'no_carrier', ...said }
  if (port.speedMbps === undefined) return { outcome: 'unavailable', reason: 'speed_unknown', ...said }
  if (port.speedMbps < gigabit) return { outcome: 'degraded', reason: 'speed_low', ...said }
  // Duplex that is not said counts as full: at 1000 Mbit/s and above half duplex is not built (Windows never says).
  if (port.duplex === 'half') return { outcome: 'degraded', reason: 'half_duplex', ...said }
  return { outcome: 'ok', ...said }
}

/** What a Wi-Fi card proves of the room it stands in. `gatewayReachable` undefined: nobody knows. */
export const judgeWifi = (port: Port, gatewayReachable: boolean | undefined): Reading => {
  const { rssiDbm } = port
  const fields = {
    associated: port.carrier ? 1 : 0,
    ...optional('rssi_dbm', port.carrier ? rssiDbm : undefined),
    ...optional('gateway_reachable', gatewayReachable === undefined ? undefined : gatewayReachable ? 1 : 0)
  }
  const said = { part: port.name, fields, labels: labelsOf(port) }
  if (!port.carrier) return { outcome: 'unavailable', reason: 'not_associated', ...said }
  if (rssiDbm !== undefined && rssiDbm < leastDbm) return { outcome: 'failed', reason: 'signal_too_low', ...said }
  if (gatewayReachable === false) return { outcome: 'failed', reason: 'no_gateway', ...said }
  if (rssiDbm === undefined) return { outcome: 'unavailable', reason: 'signal_unknown', ...said }
  if (gatewayReachable === undefined) return { outcome: 'unavailable', reason: 'gateway_unknown', ...said }
  if (rssiDbm < goodDbm) return { outcome: 'degraded', reason: 'weak_signal', ...said }
  return { outcome: 'ok', ...said }
}

const labelsOf = (port: Port): Record<string, string> => ({
  kind: port.kind,
  ...(port.driver === undefined ? {} : { driver: port.driver })
})

const optional = (name: string, value: number | undefined): Record<string, number> =>
  value === undefined ? {} : { [name]: value }
