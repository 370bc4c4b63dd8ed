import type { Fact } from '../ledger/ledger.ts'
import { declared, type Finding, type Rule, type SchoolEvidence } from './verdict.ts'

/**
 * 师机比、生机比: enough computers for teachers and for pupils. People are counted in the ledger, computers are declared
 * (`teacher-computers`, `pupil-computers`). Both ratios must hold; one that is known and fails is a miss, whatever the other is.
 * Source: 榆林市教育信息化2.0行动计划, teachers 1:1, pupils no worse than 5:1.
 */
export const deviceRatio: Rule = {
  version: 'device-ratio/1',
  probes: [],
  parameters: {
    teachers_per_computer: { unit: 'persons', least: 0.1, most: 100, whole: false, byDefault: 1 },
    pupils_per_computer: { unit: 'persons', least: 0.1, most: 100, whole: false, byDefault: 5 }
  },
  judge: (evidence, parameters) => {
    const teachers = ratioOf(evidence, 'teachers', 'teacher-computers', parameters['teachers_per_computer'] ?? 1)
    const pupils = ratioOf(evidence, 'pupils', 'pupil-computers', parameters['pupils_per_computer'] ?? 5)
    const ratios = [teachers, pupils]
    const known = ratios.filter(({ state }) => state === 'holds' || state === 'fails')
    const base = {
      n: known.length,
      expectedN: ratios.length,
      facts: { ...teachers.facts, ...pupils.facts, declarations: declarationsOf(ratios) },
      excluded: {},
      evidence: ratios.flatMap(({ fact }) => (fact === undefined ? [] : [`fact ${fact.key} ${fact.asOf}`]))
    }
    if (ratios.some(({ state }) => state === 'fails')) return { ...base, verdict: 'missed', reason: 'ratio_fails' }
    if (known.length === ratios.length) return { ...base, verdict: 'met', reason: 'ratios_hold' }
    const reason = (['ledger_incomplete', 'not_declared', 'bad_declaration'] as const).find(word =>
      ratios.some(({ state }) => state === word)
    )
    return { ...base, verdict: 'unknown', reason: reason ?? 'not_declared' }
  }
}

interface Ratio {
  readonly state: 'holds' | 'fails' | 'ledger_incomplete' | 'not_declared' | 'bad_declaration'
  readonly fact: Fact | undefined
  readonly facts: Finding['facts']
}

const ratioOf = (evidence: SchoolEvidence, who: 'teachers' | 'pupils', key: string, most: number): Ratio => {
  const people = evidence.school[who]
  const fact = declared(evidence, key)
  const computers = fact === undefined ? undefined : wholeNumber(fact.value)
  const name = who === 'teachers' ? 'teacher' : 'pupil'
  const facts = {
    [who]: people ?? '–',
    [`${name}_computers`]: computers ?? fact?.value ?? '–',
    [`${who}_per_computer`]: most
  }
  if (people === undefined) return { state: 'ledger_incomplete', fact, facts }
  if (fact === undefined) return { state: 'not_declared', fact, facts }
  if (computers === undefined) return { state: 'bad_declaration', fact, facts }
  return { state: people <= most * computers ? 'holds' : 'fails', fact, facts }
}

/** Source, day and name of each declaration, once when both came together; in words that need no language. */
const declarationsOf = (ratios: readonly Ratio[]): string => {
  const said = ratios.flatMap(({ fact }) => (fact === undefined ? [] : [`${fact.source} ${fact.asOf} ${fact.by}`]))
  return said.length === 0 ? '–' : [...new Set(said)].join('；')
}

/** Digits only: "120 台" or "1.5" is not a count of computers. */
const wholeNumber = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)
