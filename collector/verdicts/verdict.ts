import type { Period } from '../calendar/period.ts'
import type { DeviceRow, Fact, PortMapRow, RoomRow, SchoolRow } from '../ledger/ledger.ts'
import type { UplinkRow } from '../ledger/uplink.ts'
import type { DayRollup } from './rollup.ts'
import type { TierTest } from './uplink/tier-test.ts'

/** What a school's evidence says about a target in a period. `unknown` is an answer: it says what is missing. */
export type VerdictWord = 'met' | 'missed' | 'unknown' | 'not_applicable'
export const verdictWords = ['met', 'missed', 'unknown', 'not_applicable'] as const satisfies readonly VerdictWord[]

export interface Finding {
  readonly verdict: VerdictWord
  /** From the rule's closed list; `explain` turns it and the facts into sentences. */
  readonly reason: string
  /** Evidence that decided, and how much the rule wants: days, rooms… */
  readonly n: number
  readonly expectedN: number
  /** Figures and words for the explanation. */
  readonly facts: Readonly<Record<string, number | string>>
  /** What was not used, and why: reason → number of readings or days. */
  readonly excluded: Readonly<Record<string, number>>
  /** Where to look: days, rooms or facts the finding stands on. */
  readonly evidence: readonly string[]
}

export interface Verdict extends Finding {
  readonly school: string
  /** `pack/id`. */
  readonly target: string
  readonly indicator: string
  readonly asOfMs: number
  /** Name and version of the rule: same inputs and same version give the same verdict, bit for bit. */
  readonly ruleVersion: string
}

export interface Share {
  readonly area: string
  readonly target: string
  readonly metN: number
  readonly missedN: number
  readonly unknownN: number
  readonly notApplicableN: number
  /** All schools the target applies to, silent ones included. */
  readonly totalN: number
  /** met / total in percent; undefined when it applies to no school. */
  readonly pct: number | undefined
  /** (met + unknown) / total: what the share could be at most. */
  readonly hiPct: number | undefined
  readonly goalPct: number
}

/** A check as rules see it. */
export interface RuleCheck {
  readonly id: number
  readonly device: string
  readonly probe: string
  readonly subject: string
  /** Declared by whoever configured the check. */
  readonly place: string
}

/** All that a rule may look at for one school. */
export interface SchoolEvidence {
  readonly period: Period
  readonly asOfMs: number
  readonly school: SchoolRow
  readonly rooms: readonly RoomRow[]
  readonly devices: readonly DeviceRow[]
  readonly checks: readonly RuleCheck[]
  /** Rollups of the school's checks, of the period's days and, where a rule looks at the last days only, of those. */
  readonly rollups: readonly DayRollup[]
  readonly facts: readonly Fact[]
  readonly uplinks: readonly UplinkRow[]
  /** Of the school's uplinks, as far back as the history goes; later ones too, because what they show about credit counts backwards. */
  readonly tierTests: readonly TierTest[]
  readonly portMap: readonly PortMapRow[]
  /** Days of the period on which the school is expected to be open. */
  readonly schoolDays: readonly string[]
  /** Subject → days of the period on which it answered anywhere in the fleet: a site that is down everywhere is nobody's failure. */
  readonly answered: Readonly<Record<string, readonly string[]>>
  /** What the school's verdicts were in the period before, for a vacation that carries them over. */
  readonly before: readonly VerdictBefore[]
}

export interface VerdictBefore {
  readonly target: string
  readonly verdict: VerdictWord
  readonly reason: string
  readonly period: string
}

/** A figure that a pack may give to a rule. */
export interface Parameter {
  /** As in the name's last word: days, mbps, pct… */
  readonly unit: string
  readonly least: number
  readonly most: number
  readonly whole: boolean
  readonly oneOf?: readonly number[]
  /** What the target is about: a pack must state it. */
  readonly required?: true
  readonly byDefault: number
}

/** What a target says to its rule beside figures. */
export interface RuleTerms {
  /** The declared fact that the target is about. */
  readonly fact?: string | undefined
  /** Hosts that the target names. */
  readonly subjects?: readonly string[] | undefined
}

export type RollupPart = 'last' | 'figures'

export interface Rule {
  readonly version: string
  /** Probes whose rollups it looks at: nothing else is read for it. */
  readonly probes: readonly string[]
  /**
   * Parts of a rollup that it looks at beside counts, reasons and the last outcome; the others may be empty. `last`: fields and labels of the
   * last reading; `figures`: those of the day. Both when left out.
   */
  readonly reads?: readonly RollupPart[]
  /** Of which last days before the day of asking it looks at rollups, also of days before the period: how many. All of the period when left out. */
  lastDays?(parameters: Readonly<Record<string, number>>): number
  readonly parameters: Readonly<Record<string, Parameter>>
  /** Terms that a target must state; a pack that lacks them, or states others, is refused. */
  readonly needs?: readonly (keyof RuleTerms)[]
  judge(evidence: SchoolEvidence, parameters: Readonly<Record<string, number>>, terms?: RuleTerms): Finding
}

/** With fewer expected school days than this a period says nothing: it is carried over and not ranked. */
export const leastSchoolDays = 5

/** How many days of failing a rule wants before it says `missed`. */
export const neededDays = (expectedSchoolDays: number): number => Math.min(10, Math.ceil(0.6 * expectedSchoolDays))

/** The newest declared fact of a name that holds in the period. */
export const declared = (evidence: SchoolEvidence, key: string): Fact | undefined =>
  evidence.facts
    .filter(fact => fact.key === key && fact.asOf <= evidence.period.lastDay)
    .toSorted((a, b) => (a.asOf < b.asOf ? 1 : -1))[0]
