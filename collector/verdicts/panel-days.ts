import type { DeviceRow } from '../ledger/ledger.ts'
import { answeredIn, type Days } from './days.ts'
import type { SchoolEvidence } from './verdict.ts'

/** The panels (一体机、智慧黑板) of the ledger, in id order. */
export const panelsOf = (evidence: SchoolEvidence): DeviceRow[] =>
  evidence.devices.filter(device => device.kind === 'panel').toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** Device → school days on which it ran in the school's hours: its agent reported about the machine itself. A silent device is not in it. */
export const runningDays = (evidence: SchoolEvidence, days: Days): ReadonlyMap<string, ReadonlySet<string>> => {
  const known = recent.get(evidence)
  if (known !== undefined) return known
  const running = runningIn(evidence, days)
  recent.set(evidence, running)
  return running
}

/** Several targets ask the same of one evidence. */
const recent = new WeakMap<SchoolEvidence, ReadonlyMap<string, ReadonlySet<string>>>()

const runningIn = (evidence: SchoolEvidence, days: Days): Map<string, Set<string>> => {
  const deviceOf = new Map(
    evidence.checks.filter(check => check.probe === 'host').map(check => [check.id, check.device])
  )
  const running = new Map<string, Set<string>>()
  for (const row of evidence.rollups) {
    const device = deviceOf.get(row.checkId)
    if (device === undefined || !days.soFar.has(row.day) || !answeredIn(row.inHours)) continue
    const known = running.get(device)
    if (known === undefined) running.set(device, new Set([row.day]))
    else known.add(row.day)
  }
  return running
}
