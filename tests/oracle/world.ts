import type { GroupRow } from '../../collector/ledger/ledger.ts'
import type { Period } from '../../collector/calendar/period.ts'
import type { SchoolEvidence } from '../../collector/verdicts/verdict.ts'
import type { Rulers } from './targets.ts'

/** A generated province: who asks what of whom, and what was seen in some months, the oldest first. */
export interface World {
  readonly rulers: Rulers
  readonly groups: readonly GroupRow[]
  readonly months: readonly Month[]
}

export interface Month {
  readonly period: Period
  /** Each school once, in the area where it is on the month's last day; `before` is empty. */
  readonly schools: readonly SchoolEvidence[]
}
