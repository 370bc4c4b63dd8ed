import type { Fact } from '../ledger/ledger.ts'
import type { Finding } from './verdict.ts'

/** What a sentence says of a declared fact: always with source, day and name, so that nobody takes it for a measurement. */
export const declarationFacts = (fact: Fact): Record<string, string> => ({
  declared_value: fact.value,
  source: fact.source,
  as_of: fact.asOf,
  by: fact.by
})

/** A finding that rests on one declared fact. */
export const byDeclaration = (
  verdict: Finding['verdict'],
  reason: string,
  fact: Fact,
  more: Finding['facts'] = {}
): Finding => ({
  verdict,
  reason,
  n: 1,
  expectedN: 1,
  facts: { ...more, ...declarationFacts(fact) },
  excluded: {},
  evidence: [`fact ${fact.key} ${fact.asOf}`]
})

/** Unknown because nobody declared it. */
export const notDeclared = (facts: Finding['facts']): Finding => ({
  verdict: 'unknown',
  reason: 'not_declared',
  n: 0,
  expectedN: 1,
  facts,
  excluded: {},
  evidence: []
})
