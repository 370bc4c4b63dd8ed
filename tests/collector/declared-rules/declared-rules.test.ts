import fc from 'fast-check'
import t from 'tap'
import { rules } from '../../../collector/verdicts/rules.ts'
import type { Finding, Rule, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { answered, check, dayNumber, evidence, fact, failing, unavailable } from '../../rig/evidence.ts'
import { cases } from './cases.ts'
import { hostChecks, schoolDay } from './host-cases.ts'

const ruleNamed = (indicator: string): Rule => {
  const rule = rules[indicator]
  if (rule === undefined) throw new Error(`no rule ${indicator}`)
  return rule
}

for (const [indicator, list] of Object.entries(cases))
  void t.test(`${indicator}: what the school declared and what was seen decide`, async t => {
    for (const { what, evidence, parameters, terms, want } of list) {
      const found = ruleNamed(indicator).judge(evidence, parameters ?? {}, terms)
      t.same([found.verdict, found.reason, found.n, found.expectedN], want, what)
    }
  })

void t.test('a finding that rests on a declaration names its source, day and person, and where it stands', async t => {
  for (const [indicator, terms, list] of [
    ['declared', { fact: 'labs' }, [fact('labs', 'present')]],
    ['monthly-report', {}, [fact('monthly-report', 'late')]],
    ['reachable', { fact: 'security-video' }, [fact('security-video', 'none')]]
  ] as const) {
    const found = ruleNamed(indicator).judge(evidence({ facts: [...list] }), {}, terms)
    t.match(found.facts, { source: '县教育局核查表', as_of: '2026-10-25', by: '王老师' })
    t.same(found.evidence, [`fact ${list[0].key} 2026-10-25`])
  }
  const ratio = ruleNamed('device-ratio').judge(evidence({ facts: [fact('teacher-computers', '3')] }), {})
  t.equal(ratio.facts['declarations'], '县教育局核查表 2026-10-25 王老师')
})

void t.test('the first day on which it can be judged counts today only once', async t => {
  const facts = [fact('campus-broadcast', '10.0.0.9')]
  const earliest = (days: readonly string[]): unknown =>
    ruleNamed('reachable').judge(
      evidence({ facts, checks: hostChecks, rollups: days.map(day => answered(day, 1)) }),
      {},
      { fact: 'campus-broadcast' }
    ).facts['earliest_day']
  t.equal(earliest([]), '2026-11-12')
  t.equal(earliest([schoolDay(0)]), '2026-11-11')
  t.equal(earliest([schoolDay(0), '2026-11-10']), '2026-11-11', 'today counts already')
})

/** Any month of two hosts, and whatever was declared. */
const month = fc
  .record({
    rows: fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 24 }),
        id: fc.constantFrom(1, 2),
        kind: fc.constantFrom('answered', 'failing', 'failing', 'unavailable', 'late')
      }),
      { maxLength: 60 }
    ),
    streak: fc.constantFrom(0, 9, 10, 12),
    declared: fc.subarray([
      fact('campus-broadcast', 'present', '2026-10-21'),
      fact('campus-broadcast', 'none', '2026-10-22'),
      fact('campus-broadcast-host', 'www.a.cn')
    ])
  })
  .map(({ rows, streak, declared }): SchoolEvidence =>
    evidence({
      facts: declared,
      checks: [check(1, { subject: 'www.a.cn' }), check(2, { subject: 'www.b.cn', probe: 'ping' })],
      rollups: [
        ...Array.from({ length: streak }, (_, i) => failing(schoolDay(i), 1)),
        ...rows.map(({ day, id, kind }) =>
          kind === 'answered'
            ? answered(dayNumber(day), id)
            : kind === 'unavailable'
              ? unavailable(dayNumber(day), id)
              : failing(dayNumber(day), id, kind === 'late' ? 0 : 4)
        )
      ]
    })
  )

const judged = (seen: SchoolEvidence): Finding[] => [
  ruleNamed('reachable').judge(seen, {}, { fact: 'campus-broadcast' }),
  ruleNamed('key-sites').judge(seen, {}, { subjects: ['www.a.cn', 'www.b.cn'] })
]
const words = (seen: SchoolEvidence): string[] => judged(seen).map(({ verdict, reason }) => `${verdict} ${reason}`)
const runs = { numRuns: 300, seed: 11 }

void t.test('readings that could not be made change no verdict', async t => {
  const noise = fc.array(fc.record({ day: fc.integer({ min: 0, max: 30 }), id: fc.constantFrom(1, 2) }))
  fc.assert(
    fc.property(month, noise, (seen, list) => {
      const more = {
        ...seen,
        rollups: [...seen.rollups, ...list.map(({ day, id }) => unavailable(dayNumber(day), id))]
      }
      return words(more).join() === words(seen).join()
    }),
    runs
  )
  t.pass()
})

void t.test('a longer gap never makes a school meet a target, and silence alone never decides', async t => {
  fc.assert(
    fc.property(month, fc.array(fc.integer({ min: 0, max: 24 })), (seen, gap) => {
      const days = new Set(gap.map(dayNumber))
      const fewer = judged({ ...seen, rollups: seen.rollups.filter(row => !days.has(row.day)) })
      const silent = judged({ ...seen, rollups: [] })
      return (
        judged(seen).every(({ verdict }, i) => verdict === 'met' || fewer[i]?.verdict !== 'met') &&
        silent.every(({ verdict, reason }) => verdict === 'unknown' || reason === 'declared_none')
      )
    }),
    runs
  )
  t.pass()
})

void t.test('the order in which evidence is handed over changes nothing, not even the figures', async t => {
  fc.assert(
    fc.property(month, seen => {
      const turned: SchoolEvidence = {
        ...seen,
        facts: seen.facts.toReversed(),
        checks: seen.checks.toReversed(),
        rollups: seen.rollups.toReversed()
      }
      return JSON.stringify(judged(turned)) === JSON.stringify(judged(seen))
    }),
    runs
  )
  t.pass()
})
