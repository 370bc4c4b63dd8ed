import type { RuleTerms, SchoolEvidence, VerdictWord } from '../../../collector/verdicts/verdict.ts'
import { factCases } from './fact-cases.ts'
import { hostCases } from './host-cases.ts'

/** One school and what a rule must say of it. */
export interface Case {
  readonly what: string
  readonly evidence: SchoolEvidence
  readonly parameters?: Readonly<Record<string, number>>
  readonly terms?: RuleTerms
  readonly want: readonly [verdict: VerdictWord, reason: string, n: number, expectedN: number]
}

/** By indicator. Together they reach every reason of every rule here (explain.test.ts). */
export const cases: Readonly<Record<string, readonly Case[]>> = { ...factCases, ...hostCases }
