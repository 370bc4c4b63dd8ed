import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Direction } from '../../../contract/bandwidth.ts'
import type { CounterKind } from './rule/layers.ts'

/** A network interface as far as a tier test needs it. Source: /sys/class/net. */
export interface Interface {
  readonly name: string
  /** A new device under an old name counts from zero again. */
  readonly index: number
  /** What its byte counters count. */
  readonly kind: CounterKind
  readonly mtu: number
  /** Negotiated speed of the port behind it, Mbit/s; undefined when the system does not say or there is none. */
  readonly portMbps: number | undefined
  /** Loopback and bridges carry what never crosses an uplink: their counters prove nothing. */
  readonly counts: boolean
}

/** Totals since the interface was made. */
export interface Counts {
  readonly bytes: number
  readonly packets: number
}

const folder = 'sys/class/net'
/** ARPHRD_ETHER and ARPHRD_LOOPBACK (linux/if_arp.h). */
const ethernet = '1'
const loopback = '772'

/** Undefined when there is no such interface, or no sysfs. */
export const readInterface = (root: string, name: string): Interface | undefined => {
  const type = word(root, name, 'type')
  const mtu = number(root, name, 'mtu')
  if (type === undefined || mtu === undefined) return undefined
  return {
    name,
    index: number(root, name, 'ifindex') ?? 0,
    kind: type === ethernet ? 'ethernet' : 'ip',
    mtu,
    portMbps: portMbps(root, name, 3),
    counts: type !== loopback && !existsSync(path.join(root, folder, name, 'bridge'))
  }
}

/** What crossed the interface in a direction of the uplink. Synchronous: it is read every 25 ms during a test and costs 20 µs. */
export const readCounts = (root: string, name: string, direction: Direction): Counts | undefined => {
  const side = direction === 'down' ? 'rx' : 'tx'
  const bytes = number(root, name, `statistics/${side}_bytes`)
  const packets = number(root, name, `statistics/${side}_packets`)
  return bytes === undefined || packets === undefined ? undefined : { bytes, packets }
}

/** Of the hardware itself, or of the one device that a VLAN stands on; a tunnel's own figure (10 for TUN) means nothing. */
const portMbps = (root: string, name: string, depth: number): number | undefined => {
  if (existsSync(path.join(root, folder, name, 'device'))) {
    const speed = number(root, name, 'speed')
    return speed !== undefined && speed > 0 ? speed : undefined
  }
  const lower = entries(root, name).filter(entry => entry.startsWith('lower_'))
  const [only] = lower
  return only === undefined || lower.length > 1 || depth === 0
    ? undefined
    : portMbps(root, only.slice('lower_'.length), depth - 1)
}

const entries = (root: string, name: string): string[] => {
  try {
    return readdirSync(path.join(root, folder, name))
  } catch {
    return []
  }
}

const number = (root: string, name: string, file: string): number | undefined => {
  const text = word(root, name, file)
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined
}

/** Unreadable files (a port that is down gives EINVAL) are undefined. */
const word = (root: string, name: string, file: string): string | undefined => {
  try {
    return readFileSync(path.join(root, folder, name, file), 'utf8').trim()
  } catch {
    return undefined
  }
}
