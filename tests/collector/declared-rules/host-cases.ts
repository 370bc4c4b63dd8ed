import type { Fact } from '../../../collector/ledger/ledger.ts'
import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { answered, check, dayNumber, evidence, fact, failing, unavailable } from '../../rig/evidence.ts'
import type { Case } from './cases.ts'

/** School days of the period, the first ten of which decide. */
export const schoolDay = (i: number): string => evidence().schoolDays[i] ?? ''
const schoolDays = (n: number): string[] => Array.from({ length: n }, (_, i) => schoolDay(i))

/** Check 1 looks at the broadcast host by ping, 2 at another host, 3 has the same subject under a probe that proves nothing. */
export const hostChecks = [
  check(1, { probe: 'ping', subject: '10.0.0.9', place: 'on_site' }),
  check(2, { subject: 'other' }),
  check(3, { probe: 'host', subject: '10.0.0.9' })
]
const broadcast = (what: string, list: Fact[], rollups: DayRollup[], ...want: Case['want']): Case => ({
  what,
  evidence: evidence({ facts: list, checks: hostChecks, rollups }),
  terms: { fact: 'campus-broadcast' },
  want
})
const there = fact('campus-broadcast', 'present')
const gone = fact('campus-broadcast', 'none')
const at = fact('campus-broadcast-host', '10.0.0.9')
const late = { asOfMs: Date.parse('2026-11-19T20:00:00+08:00') }

const sites = ['www.a.cn', 'www.b.cn']
const siteChecks = [check(1, { subject: 'www.a.cn' }), check(2, { subject: 'www.b.cn', probe: 'ping' })]
const watched = (n: number): DayRollup[] =>
  Array.from({ length: n }, (_, i) => [
    answered(dayNumber(i), 1),
    i % 2 === 0 ? failing(dayNumber(i), 2, 0) : answered(dayNumber(i), 2)
  ]).flat()
const watching = (what: string, over: Partial<SchoolEvidence>, ...want: Case['want']): Case => ({
  what,
  evidence: evidence({ checks: siteChecks, ...over }),
  terms: { subjects: sites },
  want
})

/** Cases of the rules that ask whether a host was seen. */
export const hostCases: Readonly<Record<string, readonly Case[]>> = {
  reachable: [
    broadcast('nobody said anything', [at], [answered(schoolDay(0), 1)], 'unknown', 'not_declared', 0, 1),
    broadcast('declared none', [gone], [], 'missed', 'declared_none', 1, 1),
    broadcast(
      'declared none, and its host is silent',
      [gone, at],
      [failing(schoolDay(0), 1)],
      'missed',
      'declared_none',
      1,
      1
    ),
    broadcast(
      'declared none, yet its host answers',
      [gone, at],
      [answered(schoolDay(0), 1)],
      'unknown',
      'declaration_contradicted',
      1,
      1
    ),
    broadcast('there, but nobody knows where', [there], [answered(schoolDay(0), 1)], 'unknown', 'no_check', 0, 3),
    broadcast(
      'there, at a host without a check',
      [fact('campus-broadcast', '10.0.0.77')],
      [],
      'unknown',
      'no_check',
      0,
      3
    ),
    broadcast('no readings', [there, at], [], 'unknown', 'no_readings', 0, 3),
    broadcast(
      'readings that could not be made',
      [there, at],
      schoolDays(12).map(day => unavailable(day, 1)),
      'unknown',
      'no_readings',
      0,
      3
    ),
    broadcast(
      'a probe of another kind proves nothing',
      [there, at],
      schoolDays(12).map(day => answered(day, 3)),
      'unknown',
      'no_readings',
      0,
      3
    ),
    broadcast(
      'answered on two days',
      [there, at],
      schoolDays(2).map(day => answered(day, 1)),
      'unknown',
      'too_few_days',
      2,
      3
    ),
    broadcast(
      'answered on three days',
      [there, at],
      schoolDays(3).map(day => answered(day, 1)),
      'met',
      'answers',
      3,
      3
    ),
    broadcast(
      'the fact itself names the host',
      [fact('campus-broadcast', '10.0.0.9')],
      schoolDays(3).map(day => answered(day, 1)),
      'met',
      'answers',
      3,
      3
    ),
    broadcast(
      'failed on nine school days',
      [there, at],
      schoolDays(9).map(day => failing(day, 1)),
      'unknown',
      'too_few_days',
      0,
      3
    ),
    broadcast(
      'failed on ten school days',
      [there, at],
      schoolDays(10).map(day => failing(day, 1)),
      'missed',
      'fails',
      10,
      10
    ),
    broadcast(
      'failures that came later prove nothing',
      [there, at],
      schoolDays(10).map(day => failing(day, 1, 0)),
      'unknown',
      'too_few_days',
      0,
      3
    ),
    broadcast(
      'failed on nine school days and a Sunday',
      [there, at],
      [...schoolDays(9), dayNumber(5)].map(day => failing(day, 1)),
      'unknown',
      'too_few_days',
      0,
      3
    ),
    broadcast(
      'failed on ten days and answered on another',
      [there, at],
      [...schoolDays(10).map(day => failing(day, 1)), answered(schoolDay(11), 1)],
      'unknown',
      'too_few_days',
      1,
      3
    ),
    {
      ...broadcast(
        'the period is nearly over',
        [there, at],
        schoolDays(1).map(day => answered(day, 1)),
        'unknown',
        'period_too_short',
        1,
        3
      ),
      evidence: evidence({ ...late, facts: [there, at], checks: hostChecks, rollups: [answered(schoolDay(0), 1)] })
    },
    {
      what: 'what comes after the day of asking is not seen',
      evidence: evidence({
        facts: [there, at],
        checks: hostChecks,
        rollups: ['2026-10-19', '2026-11-11', '2026-11-12'].map(day => answered(day, 1))
      }),
      terms: { fact: 'campus-broadcast' },
      want: ['unknown', 'no_readings', 0, 3]
    },
    {
      what: 'a period without school days never misses',
      evidence: evidence({
        facts: [there, at],
        checks: hostChecks,
        rollups: schoolDays(10).map(day => failing(day, 1)),
        schoolDays: []
      }),
      terms: { fact: 'campus-broadcast' },
      want: ['unknown', 'too_few_days', 0, 3]
    }
  ],
  'key-sites': [
    watching('both sites on ten days, failures count as monitored', { rollups: watched(10) }, 'met', 'monitored', 2, 2),
    watching('nine days', { rollups: watched(9) }, 'unknown', 'too_few_days', 0, 2),
    watching(
      'one site only',
      { rollups: watched(10).filter(row => row.checkId === 1) },
      'unknown',
      'too_few_days',
      1,
      2
    ),
    watching(
      'readings that could not be made',
      { rollups: schoolDays(12).flatMap(day => [unavailable(day, 1), unavailable(day, 2)]) },
      'unknown',
      'too_few_days',
      0,
      2
    ),
    watching(
      'one site has no check',
      { checks: siteChecks.slice(0, 1), rollups: watched(12) },
      'unknown',
      'no_check',
      1,
      2
    ),
    watching('too late for ten days', { ...late, rollups: watched(3) }, 'unknown', 'period_too_short', 0, 2),
    { ...watching('no sites named', { rollups: watched(12) }, 'unknown', 'no_check', 0, 0), terms: {} },
    watching('no school days: not met by emptiness', { rollups: [], schoolDays: [] }, 'unknown', 'too_few_days', 0, 2)
  ]
}
