import { directions, type Direction } from '../../../contract/bandwidth.ts'
import type { Counts, Interface } from './interface.ts'
import { totalIpBytes } from './rule/layers.ts'

/** One look at the counters of the uplink's interface. */
export interface Look {
  readonly iface: Interface
  readonly counts: Readonly<Record<Direction, Counts>>
  /** Monotonic, ms; stands still while the machine sleeps. */
  readonly monotonicMs: number
  /** Since boot, with sleep, ms. */
  readonly upMs: number
}

/** Mean rate of everything that crossed the interface between two looks. */
export interface Mean {
  readonly direction: Direction
  /** Mbit/s at the IP layer, never more than the counters prove. */
  readonly ipMbps: number
  readonly durationMs: number
}

/** Any burst credit seen on a line is spent by then, ms. */
export const leastMeanMs = 30_000
/** Two clocks that differ by more than this between two looks: the machine slept or a clock is broken, ms. */
const clockSlackMs = 5_000

export interface Passive {
  /** The means since the look before; none when there was none, it is too near, or the two cannot be compared. */
  look(now: Look): readonly Mean[]
}

/** Counters that went backwards, another interface and a sleep make no statement: the next look starts anew. */
export const openPassive = (): Passive => {
  let before: Look | undefined
  return {
    look: now => {
      const base = before
      if (base === undefined || !comparable(base, now)) {
        before = now
        return []
      }
      const durationMs = now.monotonicMs - base.monotonicMs
      if (durationMs < leastMeanMs) return []
      before = now
      return directions
        .map(direction => ({ direction, durationMs, ipMbps: meanOf(base, now, direction, durationMs) }))
        .filter(mean => mean.ipMbps <= fastest(now.iface))
    }
  }
}

const comparable = (a: Look, b: Look): boolean =>
  a.iface.name === b.iface.name &&
  a.iface.index === b.iface.index &&
  a.iface.kind === b.iface.kind &&
  b.monotonicMs > a.monotonicMs &&
  Math.abs(b.upMs - a.upMs - (b.monotonicMs - a.monotonicMs)) <= clockSlackMs &&
  directions.every(
    direction =>
      b.counts[direction].bytes >= a.counts[direction].bytes &&
      b.counts[direction].packets >= a.counts[direction].packets
  )

const meanOf = (a: Look, b: Look, direction: Direction, durationMs: number): number =>
  ipMbpsOf(a.counts[direction], b.counts[direction], b.iface, durationMs)

/** Rate between two readings of one counter, Mbit/s at the IP layer. Taken at its least: nothing is added for headers that merging hid. */
export const ipMbpsOf = (from: Counts, to: Counts, iface: Interface, durationMs: number): number => {
  const interfaceBytes = to.bytes - from.bytes
  const least = totalIpBytes({
    testBytes: 0,
    interfaceBytes,
    // A merged packet hides headers; counted as one packet of its size it can only read too low.
    interfacePackets: Math.max(to.packets - from.packets, interfaceBytes / (iface.mtu + 14)),
    kind: iface.kind,
    path: { mtu: iface.mtu, family: 4 }
  })
  return (least * 8) / durationMs / 1_000
}

/** A counter that says more than its port can carry is broken. */
const fastest = (iface: Interface): number => (iface.portMbps ?? 100_000) * 1.05
