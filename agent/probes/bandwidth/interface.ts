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
/** ARPHRD_PPP. */
const ppp = '512'

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

/**
 * Whether this machine forwards packets, that is, whether its interface sees what the whole school sends through the uplink. A machine beside the
 * gateway does not: its counter sees itself and its neighbours. Source: proc_sys_net(5).
 */
export const isForwarding = (root: string): boolean =>
  ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'].some(file => {
    try {
      return readFileSync(path.join(root, 'proc/sys/net', file), 'utf8').trim() === '1'
    } catch {
      return false
    }
  })

/** What crossed the interface in a direction of the uplink. Synchronous: it is read every 25 ms during a test and costs 20 µs. */
export const readCounts = (root: string, name: string, direction: Direction): Counts | undefined => {
  const side = direction === 'down' ? 'rx' : 'tx'
  const bytes = number(root, name, `statistics/${side}_bytes`)
  const packets = number(root, name, `statistics/${side}_packets`)
  return bytes === undefined || packets === undefined ? undefined : { bytes, packets }
}

/** What Ethernet negotiates. A modem's driver shows its radio's figure of the moment as `speed` (cdc_ncm: the lesser of up and down). */
const ethernetMbps: readonly number[] = [10, 100, 1_000, 2_500, 5_000, 10_000, 20_000, 25_000, 40_000, 50_000, 100_000]

/** Of the hardware itself, or of the one device below; a tunnel's own figure (10 for TUN) means nothing. */
const portMbps = (root: string, name: string, depth: number): number | undefined => {
  if (existsSync(path.join(root, folder, name, 'device'))) {
    const speed = number(root, name, 'speed')
    return speed !== undefined && ethernetMbps.includes(speed) ? speed : undefined
  }
  const [only, another] = lowerOf(root, name)
  return only === undefined || another !== undefined || depth === 0 ? undefined : portMbps(root, only, depth - 1)
}

/** Whether what leaves by `top` goes through `name`: the same, or a VLAN, a bridge or a PPPoE session on it. */
export const standsOn = (root: string, top: string, name: string, depth = 3): boolean =>
  top === name || (depth > 0 && lowerOf(root, top).some(lower => standsOn(root, lower, name, depth - 1)))

/** The devices that an interface stands on. PPP names none; the kernel's list of PPPoE sessions does. */
const lowerOf = (root: string, name: string): string[] =>
  word(root, name, 'type') === ppp
    ? pppoeDevices(root)
    : entries(root, name)
        .filter(entry => entry.startsWith('lower_'))
        .map(entry => entry.slice('lower_'.length))

/** Of every session: which of them is whose PPP unit is not said, so that several make the port unknown. */
const pppoeDevices = (root: string): string[] => {
  try {
    const [, ...rows] = readFileSync(path.join(root, 'proc/net/pppoe'), 'utf8').trim().split('\n')
    return [...new Set(rows.flatMap(row => row.trim().split(/\s+/)[2] ?? []))]
  } catch {
    return []
  }
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
