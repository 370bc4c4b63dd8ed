import type { WireReading } from '../contract/reading.ts'
import type { Fold } from './probe.ts'

/**
 * Measure often, send seldom: equal measurements of one check and part become one reading, a change is sent at once.
 * The state is data, so that the spool can keep it and a crash loses no measurement.
 */
export interface FoldState {
  /** What "equal" means: outcome, reason and measured place. */
  readonly sign: string
  /** Uptime at which the current window began, ms. */
  readonly windowMs: number
  /** Measured, not yet sent. */
  readonly pending: Pending | undefined
}

interface Pending {
  readonly last: WireReading
  readonly n: number
  readonly took: number
  /** Running figures of the fields that are not simply the last value. */
  readonly fields: Readonly<Record<string, number>>
  /** In how many of the n each field was measured. */
  readonly seen: Readonly<Record<string, number>>
  /** How they fold: kept, so that it can be finished when the check itself is gone. */
  readonly rules: Readonly<Record<string, Fold>>
}

export interface FoldStep {
  readonly state: FoldState
  /** Ready to be sent, oldest first. */
  readonly emit: readonly WireReading[]
  /** The outcome changed: do not wait for the upload's period. */
  readonly urgent: boolean
}

export const foldKey = (reading: Pick<WireReading, 'check' | 'part'>): string =>
  `${reading.check}\n${reading.part ?? ''}`

export const fold = (
  state: FoldState | undefined,
  reading: WireReading,
  rules: Readonly<Record<string, Fold>>,
  windowMs: number
): FoldStep => {
  const sign = signOf(reading)
  const before = state?.pending === undefined ? [] : [flush(state.pending)]
  if (windowMs === 0)
    return {
      state: { sign, windowMs: reading.up_ms, pending: undefined },
      emit: [...before, reading],
      urgent: state?.sign !== sign
    }
  const sameBoot = state?.pending === undefined || state.pending.last.boot === reading.boot
  if (state?.sign !== sign || !sameBoot || reading.up_ms < state.windowMs)
    return { state: { sign, windowMs: reading.up_ms, pending: undefined }, emit: [...before, reading], urgent: true }
  const pending = add(state.pending, reading, rules)
  if (reading.up_ms - state.windowMs < windowMs) return { state: { ...state, pending }, emit: [], urgent: false }
  return { state: { sign, windowMs: reading.up_ms, pending: undefined }, emit: [flush(pending)], urgent: false }
}

/** What is measured and not yet sent, as one reading: for a check that will not run again. */
export const unsent = (state: FoldState): WireReading | undefined =>
  state.pending === undefined ? undefined : flush(state.pending)

/** An event (reboot, suspend, clock step) is news even when the outcome is the same. */
const signOf = (reading: WireReading): string =>
  [reading.outcome, reading.reason ?? '', reading.labels?.['place'] ?? '', reading.labels?.['event'] ?? ''].join(' ')

const add = (pending: Pending | undefined, reading: WireReading, rules: Readonly<Record<string, Fold>>): Pending => {
  const fields: Record<string, number> = { ...pending?.fields }
  const seen: Record<string, number> = { ...pending?.seen }
  for (const [name, value] of Object.entries(reading.fields)) {
    const known = fields[name]
    fields[name] = known === undefined ? value : combine(rules[name] ?? 'last', known, value)
    seen[name] = (seen[name] ?? 0) + 1
  }
  return {
    last: reading,
    n: (pending?.n ?? 0) + 1,
    took: Math.max(pending?.took ?? 0, reading.took_ms),
    fields,
    seen,
    rules
  }
}

/** A mean is carried as a sum and divided at the end. */
const combine = (rule: Fold, known: number, value: number): number => {
  switch (rule) {
    case 'last':
      return value
    case 'min':
      return Math.min(known, value)
    case 'max':
      return Math.max(known, value)
    case 'sum':
    case 'mean':
      return known + value
  }
}

const flush = (pending: Pending): WireReading => {
  if (pending.n === 1) return pending.last
  const fields = Object.fromEntries(
    Object.entries(pending.fields).map(([name, value]) => [
      name,
      pending.rules[name] === 'mean' ? value / (pending.seen[name] ?? 1) : value
    ])
  )
  return { ...pending.last, took_ms: pending.took, fields: { ...fields, folded_n: pending.n } }
}
