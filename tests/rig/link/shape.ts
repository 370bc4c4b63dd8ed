/** What a link carries at most, at the IP layer: a TUN device has no other. */
export interface Shape {
  readonly rateMbps: number
  /** Size of the token bucket, bytes. */
  readonly burstBytes?: number
  /** What may wait in the queue, bytes. */
  readonly limitBytes?: number
  /** How fast the bucket's credit may be spent, Mbit/s. */
  readonly peakMbps?: number
}

/** An ordinary line: 50 ms of queue, and a bucket too small to be seen. */
export const lineOf = (rateMbps: number): Shape => ({ rateMbps })

/** A shallow policer: what exceeds the rate is dropped after 30 kB, a quarter of what 100 Mbit/s hold in 10 ms. */
export const policedLine = (rateMbps: number): Shape => ({ rateMbps, burstBytes: 15_000, limitBytes: 30_000 })

/** A line with burst credit: after a rest it runs at the peak until it has sent that many seconds' worth of its rate in advance. */
export const creditLine = (rateMbps: number, creditS: number, peakMbps = 1000): Shape => ({
  rateMbps,
  burstBytes: Math.round((rateMbps * 1e6 * creditS) / 8),
  limitBytes: queueBytes(peakMbps),
  peakMbps
})

const queueBytes = (rateMbps: number): number => Math.max(262_144, rateMbps * 6_250)

/** Words of `tc qdisc add dev D` for it. Superframes of up to 64 KiB pass as they are only where the bucket holds them. */
export const tbf = (shape: Shape): string[] => [
  'root',
  'tbf',
  'rate',
  `${shape.rateMbps}mbit`,
  'burst',
  String(shape.burstBytes ?? Math.max(131_072, shape.rateMbps * 250)),
  'limit',
  String(shape.limitBytes ?? queueBytes(shape.rateMbps)),
  ...(shape.peakMbps === undefined
    ? []
    : ['peakrate', `${shape.peakMbps}mbit`, 'mtu', String(Math.max(131_072, shape.peakMbps * 250))])
]
