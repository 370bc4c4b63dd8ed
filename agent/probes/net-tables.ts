import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** A default route of the kernel's IPv4 table. */
export interface DefaultRoute {
  readonly iface: string
  readonly gateway: string
  readonly metric: number
}

/** The text of a kernel file, or undefined when it cannot be read (absent, EINVAL of a link that is down, no right). */
export const kernelFile = async (root: string, ...parts: string[]): Promise<string | undefined> => {
  try {
    return await readFile(path.join(root, ...parts), 'utf8')
  } catch {
    return undefined
  }
}

/** Default routes with a gateway, the preferred one first. Source: /proc/net/route (addresses are hex, little-endian). */
export const defaultRoutes = async (root: string): Promise<DefaultRoute[]> => {
  const rows = rowsOf(await kernelFile(root, 'proc/net/route'))
  return rows
    .flatMap(([iface = '', destination, gateway = '', flags = '0', , , metric = '0', mask]) => {
      const up = (Number.parseInt(flags, 16) & 0x1) !== 0
      const isDefault = destination === '00000000' && mask === '00000000' && /^[0-9A-F]{8}$/i.test(gateway)
      if (!up || !isDefault || gateway === '00000000') return []
      return [{ iface, gateway: dotted(gateway), metric: Number(metric) }]
    })
    .sort((a, b) => a.metric - b.metric)
}

/** Whether there is any default route at all, of either family, gateway or none (a point-to-point uplink has none). */
export const hasDefaultRoute = async (root: string): Promise<boolean> => {
  const [v4, v6] = await Promise.all([kernelFile(root, 'proc/net/route'), kernelFile(root, 'proc/net/ipv6_route')])
  const isUp = (flags: string | undefined) => (Number.parseInt(flags ?? '0', 16) & 0x1) !== 0
  if (rowsOf(v4).some(row => row[1] === '00000000' && row[7] === '00000000' && isUp(row[3]))) return true
  // The kernel always lists an unreachable ::/0 on lo; it has the reject flag (0x200) and is no route.
  const isReject = (flags: string | undefined) => (Number.parseInt(flags ?? '0', 16) & 0x200) !== 0
  return (v6 ?? '')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .some(
      row => /^0{32}$/.test(row[0] ?? '') && row[1] === '00' && row[9] !== 'lo' && isUp(row[8]) && !isReject(row[8])
    )
}

/**
 * Whether the kernel holds a complete neighbour entry for an address on an interface; undefined when it holds none, because
 * then nobody asked lately and nothing is known. Source: /proc/net/arp, flag 0x2 = complete.
 */
export const arpComplete = async (root: string, address: string, iface: string): Promise<boolean | undefined> => {
  const entry = rowsOf(await kernelFile(root, 'proc/net/arp')).find(row => row[0] === address && row[5] === iface)
  return entry === undefined ? undefined : (Number.parseInt(entry[2] ?? '0', 16) & 0x2) !== 0
}

/** The words of each line below the heading. */
const rowsOf = (table: string | undefined): string[][] =>
  (table ?? '')
    .split('\n')
    .slice(1)
    .filter(line => line.trim() !== '')
    .map(line => line.trim().split(/\s+/))

const dotted = (hex: string): string => Buffer.from(hex, 'hex').reverse().join('.')
