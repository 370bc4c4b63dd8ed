import { limits } from '../../contract/limits.ts'
import type { WireReading } from '../../contract/reading.ts'
import { runnerReasons, type Probe, type Reading } from '../probe.ts'

/** The part of a reading on the wire that a probe has a say in. */
export type Statement = Pick<WireReading, 'outcome' | 'reason' | 'part' | 'fields' | 'labels' | 'trace'>

const word = /^[a-z][a-z0-9_]{0,63}$/

/**
 * What may leave of the reading a probe returned: a probe with a bug must not cost the batch it travels in.
 * Fields that are not finite or not named like a field are dropped and named in the label `dropped_fields`, so that the loss
 * is visible. A reason outside the probe's closed list, or none where one is due, makes the reading `unavailable: error`.
 */
export const legalReading = (reading: Reading, probe: Pick<Probe, 'name' | 'reasons'>): Statement => {
  const fault = reasonFault(reading, probe)
  const { kept, dropped } = sift(reading.fields)
  const trace = legalTrace(reading.trace)
  if (reading.trace !== undefined && trace === undefined) dropped.push('trace')
  const labels = legalLabels({
    ...(dropped.length === 0 ? {} : { dropped_fields: dropped.join(' ') }),
    ...(fault === undefined ? {} : { message: fault }),
    ...withoutKeys(reading.labels, fault === undefined ? [] : ['message'])
  })
  const reason = fault === undefined ? reading.reason : 'error'
  return {
    outcome: fault === undefined ? reading.outcome : 'unavailable',
    ...(reason === undefined ? {} : { reason }),
    ...(reading.part === undefined || reading.part === '' ? {} : { part: reading.part.slice(0, limits.partLength) }),
    fields: kept,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(trace === undefined ? {} : { trace })
  }
}

/** Text without what a URL may carry of credentials: `user:password@`, and values of keys named like secrets. */
export const redact = (text: string): string =>
  text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi, '$1***@')
    .replace(/([?&;](?:[\w-]*(?:password|passwd|pwd|secret|token|key|auth|signature))=)[^&#;\s"']*/gi, '$1***')

const reasonFault = (reading: Reading, probe: Pick<Probe, 'name' | 'reasons'>): string | undefined => {
  const { outcome, reason } = reading
  if (reason === undefined)
    return outcome === 'ok' ? undefined : `the probe ${probe.name} gave no reason for its outcome ${outcome}`
  const known = Object.hasOwn(probe.reasons, reason) || Object.hasOwn(runnerReasons, reason)
  return known ? undefined : `the probe ${probe.name} gave the reason "${reason}", which is not in its list`
}

const sift = (fields: Reading['fields']): { kept: Record<string, number>; dropped: string[] } => {
  const kept: Record<string, number> = {}
  const dropped: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    const legal = word.test(name) && Number.isFinite(value) && Object.keys(kept).length < limits.fieldsPerReading
    if (legal) kept[name] = value
    else dropped.push(name)
  }
  return { kept, dropped }
}

const legalLabels = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => word.test(name))
      .slice(0, limits.labelsPerReading)
      .map(([name, value]) => [name, redact(value).slice(0, limits.labelLength)])
  )

const withoutKeys = (
  labels: Readonly<Record<string, string>> | undefined,
  keys: readonly string[]
): Record<string, string> => Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !keys.includes(name)))

/** A trace of anything but integers proves nothing and goes; one that is too long is cut. */
const legalTrace = (trace: readonly number[] | undefined): number[] | undefined =>
  trace?.every(value => Number.isSafeInteger(value)) === true ? trace.slice(0, limits.traceLength) : undefined
