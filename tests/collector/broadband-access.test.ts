import t from 'tap'
import { broadbandAccess } from '../../collector/verdicts/broadband-access.ts'
import type { Finding, SchoolEvidence } from '../../collector/verdicts/verdict.ts'
import { answered, check, dayNumber, device, evidence, fact, failing, rollup, unavailable } from '../rig/evidence.ts'

const judge = (over: Partial<SchoolEvidence>): Finding =>
  broadbandAccess.judge(evidence(over), { days: 3, subjects: 2 })
const days = (n: number, make: (day: string) => SchoolEvidence['rollups'], from = 0) =>
  Array.from({ length: n }, (_, i) => make(dayNumber(from + i))).flat()
const good = (day: string) => [answered(day, 1), answered(day, 2)]
const bad = (day: string) => [failing(day, 1), failing(day, 2)]
/** The first n school days of the period: 2026-10-20 is a Tuesday. */
const schoolDays = (n: number, make: (day: string) => SchoolEvidence['rollups']) =>
  evidence().schoolDays.slice(0, n).flatMap(make)

const table: [string, Partial<SchoolEvidence>, Finding['verdict'], string][] = [
  ['two subjects on three days', { rollups: days(3, good) }, 'met', 'off_site_answers'],
  [
    'the days need not be school days',
    { rollups: [...good('2026-10-24'), ...good('2026-10-25'), ...good('2026-10-31')] },
    'met',
    'off_site_answers'
  ],
  [
    'a degraded answer is an answer',
    {
      rollups: days(3, day =>
        [1, 2].map(id => rollup(day, id, { counts: { ok: 0, degraded: 1, failed: 9, unavailable: 0 } }))
      )
    },
    'met',
    'off_site_answers'
  ],
  [
    'three good days outweigh any number of bad ones',
    { rollups: [...schoolDays(14, bad), ...days(3, good, 24)] },
    'met',
    'off_site_answers'
  ],
  ['two good days', { rollups: days(2, good) }, 'unknown', 'too_few_days'],
  ['one subject on three days', { rollups: days(3, day => [answered(day, 1)]) }, 'unknown', 'too_few_days'],
  [
    'two checks of one subject are one subject',
    { checks: [check(1, { subject: 'x' }), check(2, { subject: 'x' })], rollups: days(5, good) },
    'unknown',
    'no_off_site_check'
  ],
  [
    'answers from this host prove nothing',
    { rollups: days(5, day => [answered(day, 1, 'self'), answered(day, 2, 'self')]) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'answers from this site prove nothing',
    { rollups: days(5, day => [answered(day, 1, 'on_site'), answered(day, 2, 'private')]) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'an answer that was not measured to be off-site proves nothing',
    { rollups: days(5, day => [answered(day, 1, ''), answered(day, 2, '')]) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'answers of the period before do not count',
    { rollups: [-3, -2, -1].flatMap(i => good(dayNumber(i))) },
    'unknown',
    'no_readings'
  ],
  [
    'another probe’s ok proves nothing',
    { checks: [check(1, { probe: 'ping' }), check(2, { probe: 'ping' }), check(3), check(4)], rollups: days(5, good) },
    'unknown',
    'no_readings'
  ],
  ['silence', {}, 'unknown', 'no_readings'],
  ['too few subjects are configured', { checks: [check(1)] }, 'unknown', 'no_off_site_check'],
  [
    'a subject that is declared on-site is none',
    { checks: [check(1), check(2, { place: 'on_site' })] },
    'unknown',
    'no_off_site_check'
  ],
  [
    'the period ends too soon',
    { asOfMs: Date.parse('2026-11-19T09:00:00+08:00'), rollups: good('2026-11-19') },
    'unknown',
    'period_too_short'
  ],
  ['ten school days of live failure over another line', { rollups: schoolDays(10, bad) }, 'missed', 'off_site_fails'],
  [
    'sites that refuse, err or have a bad certificate are reached: the line is there',
    { rollups: schoolDays(12, day => [...bad(day), { ...failing(day, 3), reasons: { http_5xx: 4 } }]) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'names that do not exist may be a slip in the configuration',
    { rollups: schoolDays(12, day => bad(day).map(row => ({ ...row, reasons: { dns_nxdomain: 4 } }))) },
    'unknown',
    'no_off_site_answer'
  ],
  ['nine are not enough', { rollups: schoolDays(9, bad) }, 'unknown', 'no_off_site_answer'],
  [
    'one answering day forbids it',
    { rollups: [...schoolDays(12, bad), ...good(dayNumber(25))] },
    'unknown',
    'too_few_days'
  ],
  [
    'failures that arrived late are no proof: the line was back by then',
    { rollups: schoolDays(12, day => [failing(day, 1, 0), failing(day, 2, 0)]) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'failures over the measured line are no proof',
    { devices: [device('gw-1')], rollups: schoolDays(12, bad) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'one failing subject is the subject’s own affair',
    { rollups: schoolDays(12, day => [failing(day, 1)]) },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'failing subjects that are not declared off-site are no proof',
    {
      checks: [check(1, { place: 'self' }), check(2, { place: 'on_site' }), check(3), check(4)],
      rollups: schoolDays(12, bad)
    },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'a day on which one subject answered is not a bad day',
    { rollups: schoolDays(12, day => [...bad(day), answered(day, 3)]) },
    'unknown',
    'too_few_days'
  ],
  [
    'days that are no school days are never held against a school',
    { schoolDays: evidence().schoolDays.slice(0, 5), rollups: [...days(20, bad, 6)] },
    'unknown',
    'no_off_site_answer'
  ],
  [
    'unavailable is never a failure',
    { rollups: schoolDays(20, day => [unavailable(day, 1), unavailable(day, 2)]) },
    'unknown',
    'no_off_site_answer'
  ],
  ['no school days, no bad ones', { schoolDays: [], rollups: days(12, bad) }, 'unknown', 'no_off_site_answer'],
  ['declared to have no line', { facts: [fact('access', 'none')] }, 'missed', 'declared_no_line'],
  [
    'declared, but it answered',
    { facts: [fact('access', 'none')], rollups: good(dayNumber(1)) },
    'unknown',
    'declaration_contradicted'
  ],
  [
    'a newer declaration takes it back',
    { facts: [fact('access', 'none', '2026-10-01'), fact('access', 'fibre', '2026-10-02')] },
    'unknown',
    'no_readings'
  ],
  ['a declaration of a later period', { facts: [fact('access', 'none', '2026-11-20')] }, 'unknown', 'no_readings'],
  ['a fact about something else', { facts: [fact('room-wireless', 'none')] }, 'unknown', 'no_readings']
]
for (const [name, over, verdict, reason] of table)
  void t.test(`${name}: ${verdict}, ${reason}`, t => {
    const finding = judge(over)
    t.same([finding.verdict, finding.reason], [verdict, reason])
    t.end()
  })

void t.test('a short term needs fewer bad days: 60 % of its school days, at most ten', t => {
  const some = (n: number) => ({ schoolDays: evidence().schoolDays.slice(0, n) })
  const need = (n: number) => judge({ ...some(n), rollups: schoolDays(n, bad) }).expectedN
  t.same([5, 6, 10, 17, 23].map(need), [3, 4, 6, 10, 10])
  t.end()
})

void t.test('a finding says what it stands on and what it left out', t => {
  const finding = judge({
    rollups: [...days(3, good), answered(dayNumber(4), 3, 'self'), unavailable(dayNumber(5), 3, '')]
  })
  t.match(finding, { n: 3, expectedN: 3, evidence: ['2026-10-20', '2026-10-21', '2026-10-22'] })
  t.same(finding.excluded, { not_off_site: 5, unavailable: 3 })
  t.end()
})

void t.test('unknown says by when it can end', t => {
  const asOfMs = Date.parse('2026-11-10T12:00:00+08:00')
  const earliest = (rollups: SchoolEvidence['rollups']) => judge({ asOfMs, rollups }).facts['earliest_day']
  t.equal(earliest([]), '2026-11-12', 'today, tomorrow and the day after')
  t.equal(earliest(good('2026-11-09')), '2026-11-11')
  t.equal(earliest(good('2026-11-10')), '2026-11-12', 'today is in already')
  t.end()
})
