import type { Fact } from '../../../collector/ledger/ledger.ts'
import type { SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { evidence, fact, period, school } from '../../rig/evidence.ts'
import type { Case } from './cases.ts'

const facts = (...list: Fact[]): SchoolEvidence => evidence({ facts: list })

const declared = (what: string, list: Fact[], ...want: Case['want']): Case => ({
  what,
  evidence: facts(...list),
  terms: { fact: 'labs' },
  want
})

const people = (teachers: number | undefined, pupils: number | undefined, ...list: Fact[]): SchoolEvidence =>
  evidence({ school: { ...school, teachers, pupils }, facts: list })
const computers = (teachers: string, pupils: string): Fact[] => [
  fact('teacher-computers', teachers),
  fact('pupil-computers', pupils)
]

/** Cases of the rules that rest on declared facts alone. */
export const factCases: Readonly<Record<string, readonly Case[]>> = {
  declared: [
    declared('declared to be there', [fact('labs', 'present')], 'met', 'declared_present', 1, 1),
    declared('yes is present', [fact('labs', 'yes')], 'met', 'declared_present', 1, 1),
    declared('declared not to be there', [fact('labs', 'none')], 'missed', 'declared_none', 1, 1),
    declared('no is none', [fact('labs', 'no')], 'missed', 'declared_none', 1, 1),
    declared('nobody said anything', [fact('drills', 'present')], 'unknown', 'not_declared', 0, 1),
    declared('a word that says neither', [fact('labs', 'maybe')], 'unknown', 'bad_declaration', 1, 1),
    declared(
      'the newest counts, whatever the order',
      [fact('labs', 'present', '2026-11-02'), fact('labs', 'none', '2026-09-01')],
      'met',
      'declared_present',
      1,
      1
    ),
    declared('the last day still counts', [fact('labs', 'present', period.lastDay)], 'met', 'declared_present', 1, 1),
    declared(
      'of after the period is nothing yet',
      [fact('labs', 'none', '2026-11-20')],
      'unknown',
      'not_declared',
      0,
      1
    )
  ],
  'device-ratio': [
    {
      what: 'exactly enough',
      evidence: people(20, 500, ...computers('20', '100')),
      want: ['met', 'ratios_hold', 2, 2]
    },
    {
      what: 'one teacher too many',
      evidence: people(21, 500, ...computers('20', '100')),
      want: ['missed', 'ratio_fails', 2, 2]
    },
    {
      what: 'one pupil too many',
      evidence: people(20, 501, ...computers('20', '100')),
      want: ['missed', 'ratio_fails', 2, 2]
    },
    {
      what: 'one ratio fails, the other is not known',
      evidence: people(21, undefined, fact('teacher-computers', '20')),
      want: ['missed', 'ratio_fails', 1, 2]
    },
    {
      what: 'no computers and nobody to use them',
      evidence: people(0, 0, ...computers('0', '0')),
      want: ['met', 'ratios_hold', 2, 2]
    },
    {
      what: 'no computers at all',
      evidence: people(3, 60, ...computers('0', '0')),
      want: ['missed', 'ratio_fails', 2, 2]
    },
    {
      what: 'the ledger does not count people',
      evidence: people(undefined, 500, ...computers('20', '100')),
      want: ['unknown', 'ledger_incomplete', 1, 2]
    },
    {
      what: 'the pupils’ computers are not declared',
      evidence: people(20, 500, fact('teacher-computers', '20')),
      want: ['unknown', 'not_declared', 1, 2]
    },
    { what: 'nothing is declared', evidence: people(20, 500), want: ['unknown', 'not_declared', 0, 2] },
    ...['120台', '-1', '1.5', '', '１２', '1e3'].map((value): Case => ({
      what: `"${value}" is no count`,
      evidence: people(20, 500, ...computers(value, '100')),
      want: ['unknown', 'bad_declaration', 1, 2]
    })),
    {
      what: 'the figures are the pack’s',
      evidence: people(40, 500, ...computers('20', '50')),
      parameters: { teachers_per_computer: 2, pupils_per_computer: 10 },
      want: ['met', 'ratios_hold', 2, 2]
    }
  ],
  'monthly-report': [
    { what: 'submitted', evidence: facts(fact('monthly-report', 'submitted')), want: ['met', 'submitted', 1, 1] },
    {
      what: 'submitted on the last day',
      evidence: facts(fact('monthly-report', 'submitted', period.lastDay)),
      want: ['met', 'submitted', 1, 1]
    },
    {
      what: 'submitted on the first day',
      evidence: facts(fact('monthly-report', 'submitted', period.firstDay)),
      want: ['met', 'submitted', 1, 1]
    },
    { what: 'late', evidence: facts(fact('monthly-report', 'late')), want: ['missed', 'late', 1, 1] },
    {
      what: 'late at first, then submitted',
      evidence: facts(fact('monthly-report', 'late', '2026-11-01'), fact('monthly-report', 'submitted', '2026-11-02')),
      want: ['met', 'submitted', 1, 1]
    },
    {
      what: 'of the month before',
      evidence: facts(fact('monthly-report', 'late', '2026-10-19')),
      want: ['unknown', 'not_declared', 0, 1]
    },
    { what: 'another word', evidence: facts(fact('monthly-report', 'yes')), want: ['unknown', 'not_declared', 0, 1] },
    { what: 'nothing', evidence: evidence(), want: ['unknown', 'not_declared', 0, 1] }
  ]
}
