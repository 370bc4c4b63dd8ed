import { periodNamed } from '../calendar/period.ts'
import { figuresOf, type Figures } from '../judgement/figures.ts'
import { packOf } from '../ledger/load.ts'
import { judgeSchool } from '../verdicts/evaluate.ts'
import type { Ranking } from '../verdicts/ranking.ts'
import { openTargets, type Jurisdiction } from '../verdicts/resolve.ts'
import { rules } from '../verdicts/rules.ts'
import type { Verdict } from '../verdicts/verdict.ts'
import { sha256 } from './canonical.ts'
import type { SharedEvidence } from './evidence-set.ts'
import { schoolEvidenceOf } from './school-evidence.ts'

/**
 * Verdicts, shares and rankings from frozen evidence and nothing else. Freezing judges by it too, from the very text that it keeps:
 * so verifying repeats what was done, and only other bytes or other rules can make a difference.
 */
export interface Judging {
  readonly jurisdiction: Jurisdiction
  /** Of the text of a school's evidence. */
  verdictsOf(text: string): Verdict[]
  figuresOf(verdicts: readonly Verdict[]): Figures
}

export const openJudging = (shared: SharedEvidence): Judging => {
  const period = periodNamed(shared.period)
  const packs = shared.packs.map(({ id, text }) => packOf({ id, text, sha256: sha256(text) }))
  const jurisdiction = { areas: shared.areas, packs, scopes: shared.scopes }
  const context = { period, asOfMs: shared.asOfMs, answered: shared.answered }
  const targetsIn = openTargets(jurisdiction, shared.period)
  return {
    jurisdiction,
    verdictsOf: text => {
      const evidence = schoolEvidenceOf(text, context)
      return judgeSchool(evidence, targetsIn(evidence.school.area))
    },
    figuresOf: verdicts =>
      figuresOf(
        { period, jurisdiction, groups: shared.groups, schools: shared.schools },
        verdicts,
        shared.rankingsBefore
      )
  }
}

/** Indicator → version of the rules of this program. */
export const ruleVersions = (): Record<string, string> =>
  Object.fromEntries(Object.entries(rules).map(([indicator, rule]) => [indicator, rule.version]))

/** False when the period is carried over: all that could be ranked was left out for the vacation. */
export const isRanked = (rankings: readonly Ranking[]): boolean =>
  rankings.some(one => one.ranked) || !rankings.some(one => one.reason === 'vacation')
