import { performance } from 'node:perf_hooks'
import { isForwarding, readCounts, readInterface, type Counts, type Interface } from './interface.ts'
import { localAddresses } from './on-site.ts'
import { ipFactor, totalIpBytes, type Family } from './rule/layers.ts'
import type { Sample } from './rule/terms.ts'
import type { Session } from './session-types.ts'
import type { TestJob } from './test-job.ts'

/** Counts what crosses the link during a test. */
export interface Meter {
  /** The interface that the streams use, when it is known. */
  readonly iface: Interface | undefined
  readonly ipFactor: number
  /** Its counter is part of what is judged. */
  readonly counted: boolean
  /** What crossed since the start; undefined while the receiver has said nothing new. */
  sample(): Sample | undefined
  /** The counter was reset during the test: the interface went away. */
  readonly broken: () => boolean
  /** IP bytes that crossed the interface in the tested direction since the start, test and all; undefined without a counter. */
  interfaceIpBytes(): number | undefined
}

/**
 * On a gateway a download is judged by the interface, test and cross traffic together: all of it came through the line. An upload is judged by
 * what the server received: our own counter also sees what is lost behind it, and would make a pass of a policed line.
 */
export const openMeter = (job: TestJob, session: Session): Meter => {
  const family: Family = session.remoteAddress.includes(':') && !session.remoteAddress.startsWith('::ffff:') ? 6 : 4
  const name = localAddresses().find(local => local.address === bare(session.localAddress))?.iface
  const iface = name === undefined ? undefined : readInterface(job.root, name)
  const ours = iface?.counts === true && (job.lab || job.interfaceName === iface.name) ? iface : undefined
  const began = ours === undefined ? undefined : readCounts(job.root, ours.name, job.direction)
  const seesAll = job.vantage === 'gateway' && (job.lab || isForwarding(job.root))
  const counted = began !== undefined && seesAll && job.direction === 'down'
  const factor = ipFactor({ mtu: Math.min(iface?.mtu ?? ethernetMtu, ethernetMtu), family })
  const startMs = performance.now()
  let lastMs = 0
  let lastIpBytes = 0
  let broken = false

  const since = (): Counts | undefined => {
    if (ours === undefined || began === undefined) return undefined
    const now = readCounts(job.root, ours.name, job.direction)
    if (now === undefined || now.bytes < began.bytes || now.packets < began.packets) {
      broken = true
      return undefined
    }
    return { bytes: now.bytes - began.bytes, packets: now.packets - began.packets }
  }
  const crossed = (): number | undefined => {
    const counts = since()
    return counts === undefined || iface === undefined
      ? undefined
      : totalIpBytes({
          testBytes: 0,
          interfaceBytes: counts.bytes,
          interfacePackets: counts.packets,
          kind: iface.kind,
          path: { mtu: iface.mtu, family }
        })
  }

  return {
    iface,
    ipFactor: factor,
    counted,
    broken: () => broken,
    sample: () => {
      const received = session.received()
      // The receiver's clock: ours in a download, the server's in an upload.
      const ms = job.direction === 'down' ? performance.now() - startMs : received.ms
      if (ms <= lastMs) return undefined
      lastMs = ms
      const own = received.bytes * factor
      lastIpBytes = Math.max(lastIpBytes, own, counted ? (crossed() ?? 0) : 0)
      return { ms, ipBytes: lastIpBytes, testBytes: received.bytes }
    },
    interfaceIpBytes: crossed
  }
}

/** Beyond the school's own network no path is wider, bytes. */
const ethernetMtu = 1_500

/** A mapped address is an IPv4 one; a scope is no part of an address. */
export const bare = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
