import type { TSchema } from 'typebox'
import type { Outcome } from '../contract/reading.ts'
import type { System } from './system.ts'

/** What a run of a probe says about one part (port, track, subject of many). The runner adds device, check, boot, times and duration. */
export interface Reading {
  readonly outcome: Outcome
  /** From the probe's closed list; required unless ok. */
  readonly reason?: string
  /** An id local to the check; absent when the check has one part only. */
  readonly part?: string
  /** Finite numbers; the unit is the last word of the name (contract/units.ts). */
  readonly fields: Readonly<Record<string, number>>
  /** Kept in the store, never a tag in InfluxDB. No secrets. */
  readonly labels?: Readonly<Record<string, string>>
  /** At most 80 integers, as evidence. */
  readonly trace?: readonly number[]
}

/** How a field of equal measurements becomes one field of a folded reading. */
export type Fold = 'last' | 'mean' | 'min' | 'max' | 'sum'

/** What the runner hands to a run. Nothing here is policy. */
export interface ProbeContext {
  /** Aborts at the total deadline and at shutdown. Every await of a probe must obey it. */
  readonly signal: AbortSignal
  /** Total time this run has, ms. */
  readonly timeoutMs: number
  readonly system: System
  /** Wall clock, ms since 1970. */
  now(): number
  /** What the last signed acknowledgement said of our wall clock: collector minus us, ms. Undefined before the first. */
  clockOffsetMs(): number | undefined
  /** Base URL of the collector. */
  readonly collectorUrl: string
  /** One HTTP Date of the collector, ms since 1970, for the clock probe's fallback. Rejects when it is unreachable. */
  collectorTime(): Promise<number>
  /** A signed request to the collector, whose answer says whether it was signed in turn; undefined when a person runs a probe once. */
  readonly exchange: Exchange | undefined
  /** Where the agent keeps its files, for what must outlive a restart; undefined when a person runs a probe once. */
  readonly dataDirectory: string | undefined
  /** Whether the collector asked for this run now, beside the period. */
  asked(): boolean
}

export type Exchange = (request: {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Uint8Array
}) => Promise<{
  readonly status: number
  readonly text: string
  /** Signed by the collector that this agent enrolled with. Nothing else may be obeyed. */
  readonly verified: boolean
}>

/**
 * A way of measuring. Two steps on purpose: `prepare` checks the options and touches no network, so a bad configuration is
 * known before anything is scheduled. A probe throws when it could not measure; the runner makes that `unavailable`.
 */
export interface Probe {
  readonly name: string
  readonly summary: string
  readonly everyMs: number
  readonly timeoutMs: number
  readonly options: TSchema
  /** The closed list: every reason a reading of this probe can carry, with a sentence for people. */
  readonly reasons: Readonly<Record<string, string>>
  /** Fields that are not simply the last value when measurements are folded. */
  readonly fold?: Readonly<Record<string, Fold>>
  /** What two runs on one host must not do at the same time: checks with an equal key run one after the other. Default: the probe's name. */
  hostKey?(raw: unknown): string
  prepare(raw: unknown): (context: ProbeContext) => Promise<readonly Reading[]>
}

/** Thrown by a probe that could not measure, with a reason from its list; any other error becomes `error`. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly reason: string
  readonly labels: Readonly<Record<string, string>>
  constructor(reason: string, message: string, labels: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.labels = labels
  }
}

/** Thrown by a probe whose turn it is not: the run leaves no reading, because nothing was measured and nothing is wrong. */
export class NothingToSay extends Error {
  override readonly name = 'NothingToSay'
}

/** Reasons that the runner itself gives to any probe. */
export const runnerReasons = {
  timeout: 'the run did not end within its deadline',
  error: 'the probe failed inside; the log of the agent says how',
  bad_options: 'the options of this check are not valid for this agent',
  unknown_probe: 'this agent is older than the check: it has no such probe'
} as const
