import type { ClosingRecord, Direction } from '../../../contract/bandwidth.ts'
import type { Doubt } from './reasons.ts'
import type { Vantage } from './options.ts'

/** What is known of the circumstances of a test; what could not be measured is undefined and raises no doubt. */
export interface Circumstances {
  readonly vantage: Vantage
  readonly direction: Direction
  readonly tierMbps: number
  readonly lineMbps: number
  /** What was judged, Mbit/s at the IP layer. */
  readonly ipMbps: number | undefined
  /** Coefficient of variation of the judged stretch. */
  readonly cv: number | undefined
  /** The test ended because the link or the server went away. */
  readonly lost: boolean
  readonly aborted: boolean
  /** Other traffic in the tested direction, Mbit/s at the IP layer, and whether the judged rate has it in already. */
  readonly crossMbps: number | undefined
  readonly crossCounted: boolean
  /** This machine. `ownPct`: share of the time in which the process of the test ran or waited for a processor. */
  readonly loopP99Ms: number
  readonly cpuPct: number | undefined
  readonly stealPct: number | undefined
  readonly ownPct: number | undefined
  /** The sender's side of TCP. */
  readonly cc: string
  readonly retransPct: number | undefined
  readonly rwndLimitedPct: number | undefined
  readonly minRttMs: number | undefined
  /** Round trip while the bytes flowed: what it has over the least is the queue in front of the line. */
  readonly loadedRttMs: number | undefined
  readonly closing: ClosingRecord | undefined
}

const most = {
  /** A line that holds the streams holds them steadily; over this they stood still and ran by turns. */
  cv: 0.5,
  loopMs: 50,
  cpuPct: 85,
  ownPct: 85,
  stealPct: 10,
  retransPct: 2,
  /** Losses over this share need a queue that explains them: a full line has one, a policer or a bad cable has none. */
  lostWithoutQueuePct: 0.05,
  queueMs: 5,
  crossShare: 0.3,
  rwndPct: 20,
  pathMs: 100,
  /** Share of a test server's port that leases may sum up to. */
  portShare: 0.8,
  /** A port smaller than this many tiers cannot certify. */
  portTiers: 1.2
} as const

/**
 * Why a fail is not the line's fault, or undefined when it stands. A guard turns a fail into inconclusive and never makes a pass. The first
 * that applies is named, the plainest cause first.
 */
export const doubtOf = (seen: Circumstances): Doubt | undefined => guards.find(([, applies]) => applies(seen))?.[0]

type Guard = readonly [Doubt, (seen: Circumstances) => boolean]

const over = (value: number | undefined, limit: number): boolean => value !== undefined && value > limit

const guards: readonly Guard[] = [
  ['aborted', seen => seen.aborted],
  ['link_down', seen => seen.lost],
  ['host', seen => hostIsBusy(seen)],
  ['stalled', seen => over(seen.cv, most.cv)],
  // A server that cannot even say goodbye is the busiest of all.
  ['server', seen => seen.closing === undefined || serverIsBusy(seen.closing, seen.tierMbps)],
  ['path', seen => over(seen.minRttMs, most.pathMs)],
  ['rwnd', seen => over(seen.rwndLimitedPct, most.rwndPct)],
  ['loss', seen => !seen.cc.startsWith('bbr') && lossHolds(seen)],
  ['sender', seen => !seen.cc.startsWith('bbr') && queueOf(seen) === 'none'],
  ['busy', seen => !seen.crossCounted && crossMatters(seen)],
  // Last: a nearer cause says more than the place does.
  ['no_counter', seen => seen.vantage === 'panel']
]

/**
 * A processor at 85 % alone is no bottleneck: a small gateway is that busy by forwarding the very test. It is one when the test's own process
 * never slept, that is, when it was running or waiting for a processor nearly all the time; unknown (no Linux) counts as never.
 */
const hostIsBusy = (seen: Circumstances): boolean =>
  seen.loopP99Ms > most.loopMs ||
  over(seen.stealPct, most.stealPct) ||
  (over(seen.cpuPct, most.cpuPct) && (seen.ownPct === undefined || seen.ownPct > most.ownPct))

/**
 * A sender other than BBR takes every loss for a full line, so at 10 ms far less than 2 % hold four streams below 500 Mbit/s (Mathis et al.,
 * 1997). Losses are the line's own only where they come with its queue.
 */
const lossHolds = (seen: Circumstances): boolean => {
  const { retransPct } = seen
  if (retransPct === undefined || retransPct <= most.lostWithoutQueuePct) return false
  return retransPct > most.retransPct || queueOf(seen) !== 'stands'
}

/** Such a sender fills the queue of whatever line holds it. No queue and no loss: it was still finding its speed (slow start left too early). */
const queueOf = ({ minRttMs, loadedRttMs }: Circumstances): 'stands' | 'none' | 'unknown' => {
  if (minRttMs === undefined || loadedRttMs === undefined) return 'unknown'
  return loadedRttMs - minRttMs >= most.queueMs ? 'stands' : 'none'
}

const serverIsBusy = (closing: ClosingRecord, tierMbps: number): boolean =>
  closing.loop_p99_ms > most.loopMs ||
  (closing.peak_tests_n > 1 && closing.port_mbps > 0 && closing.peak_caps_mbps > most.portShare * closing.port_mbps) ||
  (closing.port_mbps > 0 && closing.port_mbps < most.portTiers * tierMbps)

/** Over 30 % of the tier, or enough to lift the judged rate over the line. */
const crossMatters = ({ crossMbps, tierMbps, lineMbps, ipMbps }: Circumstances): boolean =>
  crossMbps !== undefined &&
  (crossMbps > most.crossShare * tierMbps ||
    (ipMbps !== undefined && ipMbps < lineMbps && ipMbps + crossMbps >= lineMbps))
