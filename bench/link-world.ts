import { openNormal } from './simulated-links.ts'

/** A simulated link and what happens to it. Rates in Mbit/s at the IP layer. */
export interface SimulatedLink {
  readonly tierMbps: number
  readonly mbps: number
  /** The slowest port on the path. */
  readonly portMbps: number
  /** Of one 50 ms step, and the correlation of neighbouring ones. */
  readonly cv: number
  readonly rho: number
  /** Seconds of burst credit at line rate, full again every night, and the rate at which it is spent. */
  readonly credit: { readonly s: number; readonly mbps: number } | undefined
  /** From this night on it carries 0.9 T. */
  readonly fallsOn: number | undefined
  /** Nights on which somebody else's trouble took a part of it, and what was left (ratio). */
  readonly faults: ReadonlyMap<number, number>
  /** Nights without power. */
  readonly dark: ReadonlySet<number>
}

export const lineRatio = 0.95
export const stepMs = 50

/** Where links stand to their line: clearly above it, within 4 % of it on either side, clearly below. */
export type Side = 'above' | 'near' | 'below'
export const sideOf = (mbps: number, tierMbps: number): Side => {
  const ratio = mbps / (lineRatio * tierMbps)
  return Math.abs(ratio - 1) <= 0.04 ? 'near' : ratio > 1 ? 'above' : 'below'
}

/**
 * A city of links: 68 % above the line (most as sold, some far faster), 4 % near it, 24 % below it (a quarter of them with burst credit that
 * looks like a faster line), 4 % that fall to 0.9 T on the way. One in seven is noisy. Faults hit 1 % of the nights, 3 % are dark.
 */
export const drawLink = (tierMbps: number, nights: number, random: () => number): SimulatedLink => {
  const between = (low: number, high: number): number => low + (high - low) * random()
  const kind = random()
  const line = lineRatio * tierMbps
  const falls = kind >= 0.96
  const above = kind < 0.68 || falls
  const near = kind >= 0.68 && kind < 0.72
  const ratio = near
    ? between(0.961, 1.039)
    : above
      ? random() < 0.7
        ? between(1.042, 1.12)
        : between(1.2, 2.6)
      : between(0.3, 0.958)
  const mbps = ratio * line
  // Behind a port as fast as the tier nothing can exclude credit: the page says so, and no figure here counts it.
  const slowPort = tierMbps === 1000 && mbps < 1000 && random() < 0.4
  const portMbps = slowPort ? 1000 : 10_000
  const bursts = !above && !near && !slowPort && random() < 0.25
  const noisy = random() < 0.15
  const every = Array.from({ length: nights }, (_, night) => night)
  return {
    tierMbps,
    mbps: slowPort ? Math.min(mbps, 985) : mbps,
    portMbps,
    cv: noisy ? between(0.03, 0.12) : between(0.002, 0.02),
    rho: between(0, 0.8),
    credit: bursts ? { s: between(0.5, 2.8), mbps: between(1.3, 3) * tierMbps } : undefined,
    fallsOn: falls ? Math.floor(between(8, nights - 8)) : undefined,
    faults: new Map(every.filter(() => random() < 0.01).map(night => [night, between(0.3, 0.85)])),
    dark: new Set(every.filter(() => random() < 0.03))
  }
}

/** The rate that the link itself keeps up on a night. */
export const keptMbps = (link: SimulatedLink, night: number): number =>
  link.fallsOn !== undefined && night >= link.fallsOn ? Math.min(link.mbps, 0.9 * link.tierMbps) : link.mbps

/** Rates of the 50 ms steps of one test, as a receiver would see them: start, burst credit, correlated noise, the sender's cap. */
export const ratesOf = function* (
  link: SimulatedLink,
  night: number,
  capMbps: number,
  random: () => number
): Generator<number> {
  const normal = openNormal(random)
  const trueMbps = keptMbps(link, night) * (link.faults.get(night) ?? 1)
  const peakMbps = Math.min(link.credit?.mbps ?? 0, link.portMbps)
  let creditMbit = (link.credit?.s ?? 0) * lineRatio * link.tierMbps
  let ramp = 0.05 + 0.1 * random()
  let deviation = normal()
  for (;;) {
    const bursting = creditMbit > 0 && peakMbps > trueMbps
    const free = (bursting ? peakMbps : trueMbps) * Math.max(0, 1 + link.cv * deviation)
    const mbps = Math.min(capMbps, link.portMbps * 0.975, free) * Math.min(1, ramp)
    if (bursting) creditMbit -= (Math.max(0, mbps - trueMbps) * stepMs) / 1_000
    ramp *= 2
    deviation = link.rho * deviation + Math.sqrt(1 - link.rho * link.rho) * normal()
    yield mbps
  }
}
