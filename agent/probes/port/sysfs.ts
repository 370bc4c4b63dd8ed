import { access, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import { kernelFile } from '../net-tables.ts'

/** One port as it was seen; what the system does not say is absent. */
export interface Port {
  readonly name: string
  readonly kind: 'port' | 'wifi'
  /** A link: for Wi-Fi, that it has joined a network. */
  readonly carrier: boolean
  readonly speedMbps?: number
  readonly duplex?: 'full' | 'half'
  /** Times the link came or went since boot. */
  readonly carrierChanges?: number
  /** The highest speed the card itself supports. */
  readonly capableMbps?: number
  readonly rssiDbm?: number
  readonly driver?: string
}

const ethernet = '1'
const folder = 'sys/class/net'

/** Names of what is made of hardware: Ethernet type, and a device behind it (bridges, VLANs, tunnels and containers have none). */
export const portNames = async (root: string): Promise<string[]> => {
  const names = await readdir(path.join(root, folder)).catch(() => [])
  const physical = await Promise.all(
    names.map(async name => {
      const [device, type] = await Promise.all([exists(root, name, 'device'), attribute(root, name, 'type')])
      return device && type === ethernet
    })
  )
  return names.filter((_, i) => physical[i] === true).sort()
}

/** Everything sysfs says about one port; undefined when there is none of that name. */
export const readPort = async (root: string, name: string): Promise<Port | undefined> => {
  if (!(await exists(root, name, '.'))) return undefined
  const [wireless, phy, carrier, speed, duplex, changes, driver, signal] = await Promise.all([
    exists(root, name, 'wireless'),
    exists(root, name, 'phy80211'),
    attribute(root, name, 'carrier'),
    attribute(root, name, 'speed'),
    attribute(root, name, 'duplex'),
    attribute(root, name, 'carrier_changes'),
    readlink(path.join(root, folder, name, 'device/driver')).catch(() => undefined),
    kernelFile(root, 'proc/net/wireless')
  ])
  const wifi = wireless || phy
  // Reading carrier of a port that is switched off gives EINVAL: it carries nothing either.
  const up = carrier === '1'
  return {
    name,
    kind: wifi ? 'wifi' : 'port',
    carrier: up,
    // The last speed stays readable on some drivers after the cable is gone; -1 and 0 mean unknown.
    ...(up && /^[1-9]\d*$/.test(speed ?? '') ? { speedMbps: Number(speed) } : {}),
    ...(up && (duplex === 'full' || duplex === 'half') ? { duplex } : {}),
    ...(/^\d+$/.test(changes ?? '') ? { carrierChanges: Number(changes) } : {}),
    ...(driver === undefined ? {} : { driver: path.basename(driver) }),
    ...(wifi ? rssiOf(signal ?? '', name) : {})
  }
}

/** Signal level from /proc/net/wireless, dBm. Old drivers write it as an unsigned byte (206 is -50); 0 to 100 is no level but a quality. */
const rssiOf = (table: string, name: string): { rssiDbm?: number } => {
  const row = table.split('\n').find(line => line.trim().startsWith(`${name}:`))
  const level = Number.parseFloat(row?.trim().split(/\s+/)[3] ?? '')
  const dbm = level > 127 && level < 256 ? level - 256 : level
  return dbm < 0 && dbm > -128 ? { rssiDbm: dbm } : {}
}

const attribute = async (root: string, name: string, file: string): Promise<string | undefined> =>
  (await kernelFile(root, folder, name, file))?.trim()

const exists = (root: string, name: string, file: string): Promise<boolean> =>
  access(path.join(root, folder, name, file)).then(
    () => true,
    () => false
  )
