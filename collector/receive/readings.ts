import type { Gap } from '../../contract/batch.ts'
import { BatchEnvelope } from '../../contract/batch.ts'
import type { Rejected, RejectReason } from '../../contract/acknowledgement.ts'
import { faultOf, fits, parseJson } from '../../contract/parse.ts'
import { readingFault, WireReading } from '../../contract/reading.ts'
import type { Sent } from '../../contract/sent.ts'
import type { CheckRow } from '../ledger/checks.ts'
import type { CommitReading } from '../store/store.ts'
import { timeOf } from './anchor.ts'

/** A reading older than this at arrival was not sent while it was happening. */
const liveMs = 15 * 60_000

export interface Acceptance {
  readonly sent: Sent
  readonly receivedMs: number
  readonly offsets: ReadonlyMap<string, number>
  readonly devices: ReadonlySet<string>
  readonly check: (wireId: string) => CheckRow | undefined
}

export interface Sorted {
  readonly readings: readonly CommitReading[]
  readonly rejected: readonly (Rejected & { readonly body: string })[]
  readonly gaps: readonly Gap[]
  readonly markers: BatchEnvelope['markers']
}

/** Reads a batch's text. Throws a SentenceError when the whole cannot be read; one bad reading is only set aside, with its reason. */
export const sortBatch = (text: string, acceptance: Acceptance): Sorted => {
  const batch = parseJson(BatchEnvelope, text, 'batch')
  const readings: CommitReading[] = []
  const rejected: (Rejected & { body: string })[] = []
  for (const [i, raw] of batch.readings.entries()) {
    const sorted = sortReading(raw, acceptance)
    if ('atMs' in sorted) readings.push(sorted)
    else rejected.push({ i, ...sorted, body: textOf(raw) })
  }
  return { readings, rejected, gaps: batch.gaps, markers: batch.markers }
}

const sortReading = (
  raw: unknown,
  { check: findCheck, devices, ...clock }: Acceptance
): CommitReading | { reason: RejectReason; pointer: string } => {
  if (!fits(WireReading, raw)) return { reason: 'schema', pointer: faultOf(WireReading, raw)?.pointer ?? '' }
  if (readingFault(raw) !== undefined) return { reason: 'schema', pointer: '/reason' }
  const check = findCheck(raw.check)
  if (check === undefined) return { reason: 'unknown_check', pointer: '/check' }
  // An agent writes only what its own devices measured.
  if (!devices.has(check.device)) return { reason: 'foreign_device', pointer: '/check' }
  if (raw.device !== undefined && raw.device !== check.device) return { reason: 'foreign_device', pointer: '/device' }
  const time = timeOf(raw, clock.sent, clock.receivedMs, clock.offsets)
  if ('reason' in time) return { reason: time.reason, pointer: '/wall_ms' }
  return {
    atMs: time.atMs,
    checkId: check.id,
    part: raw.part ?? '',
    outcome: raw.outcome,
    reason: raw.reason,
    tookMs: raw.took_ms,
    fields: JSON.stringify(raw.fields),
    labels: raw.labels === undefined ? undefined : JSON.stringify(raw.labels),
    trace: raw.trace === undefined ? undefined : JSON.stringify(raw.trace),
    live: clock.receivedMs - time.atMs <= liveMs
  }
}

/** What was refused is kept as it came; only what cannot be written down at all (nested beyond the stack) is not. */
const textOf = (raw: unknown): string => {
  try {
    return JSON.stringify(raw)
  } catch {
    return '"(nested too deeply to keep)"'
  }
}
