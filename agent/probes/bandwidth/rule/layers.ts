/**
 * From what a counter counts to bytes at the IP layer. A wrong layer is worth up to 3.6 %: a healthy gigabit port carries 941.5 Mbit/s of TCP
 * payload and 975 at the IP layer, and the line of a 1000M tier is 950.
 */
export type Family = 4 | 6

/** IP and TCP headers of a full segment, bytes. Timestamps (RFC 7323) take 12 with their padding. */
const headerBytes = ({ family, timestamps = true }: PathLayer): number =>
  (family === 4 ? 40 : 60) + (timestamps ? 12 : 0)
/** PPPoE and PPP headers, bytes (RFC 2516). */
const pppoeBytes = 8

export interface PathLayer {
  /** Of the local interface, bytes. */
  readonly mtu: number
  readonly family: Family
  /** A PPPoE session lies behind an interface whose own MTU does not show it. */
  readonly pppoe?: boolean
  /** Of TCP: on where both ends have them, as Linux does by default. */
  readonly timestamps?: boolean
}

const pathMtu = ({ mtu, pppoe = false }: PathLayer): number => (pppoe ? Math.min(mtu, 1_500 - pppoeBytes) : mtu)

/** IP bytes per byte of TCP payload: 1500/1448 for IPv4 over Ethernet. */
export const ipFactor = (layer: PathLayer): number => {
  const mtu = pathMtu(layer)
  return mtu / (mtu - headerBytes(layer))
}

/** What an interface's byte counter counts: sysfs of an Ethernet device leaves out the frame check sequence, ifHC octets do not. */
export type CounterKind = 'ethernet' | 'if_octets' | 'ip'

/** Link bytes per packet beside the IP packet. */
export const linkBytes = (kind: CounterKind): number => (kind === 'ethernet' ? 14 : kind === 'if_octets' ? 18 : 0)

/** IP bytes per counted byte, of full packets. */
export const linkFactor = (kind: CounterKind, mtu: number): number => mtu / (mtu + linkBytes(kind))

export interface CountedBytes {
  /** TCP payload of the test, bytes since its start. */
  readonly testBytes: number
  /** The interface's counter in the tested direction since the same moment; undefined without a counter. */
  readonly interfaceBytes?: number
  /** Its packet counter: without it the bytes are taken at their least. */
  readonly interfacePackets?: number
  readonly kind: CounterKind
  readonly path: PathLayer
}

/**
 * IP bytes that crossed the link in all: the test's and, where a counter sees it, everybody's. Never less than the test's own, so a counter
 * that is stuck or counts another direction makes no false fail; and never more than the counter proves, so it makes no false pass.
 */
export const totalIpBytes = (counted: CountedBytes): number =>
  Math.max(counted.testBytes * ipFactor(counted.path), interfaceIpBytes(counted))

const interfaceIpBytes = ({ interfaceBytes, interfacePackets, kind, path }: CountedBytes): number => {
  if (interfaceBytes === undefined || !Number.isFinite(interfaceBytes)) return 0
  if (interfacePackets === undefined || !Number.isFinite(interfacePackets)) {
    return interfaceBytes * linkFactor(kind, path.mtu)
  }
  const bytes = interfaceBytes - linkBytes(kind) * interfacePackets
  // The device counts what the kernel merged (GRO) or has not cut yet (GSO): each merged packet hides the headers of its segments. Small
  // packets among them make the count of segments too low, never too high.
  const headers = headerBytes(path)
  const segments = (bytes - headers * interfacePackets) / (pathMtu(path) - headers)
  return bytes + headers * Math.max(0, segments - interfacePackets)
}
