import t from 'tap'
import type { Finding, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { evidence, fact } from '../../rig/evidence.ts'
import type { Case } from './evidence.ts'
import { ruleOf, tables } from './tables.ts'

/** What the rule finds in a case of its table. */
const find = (indicator: string, name: string, over: Partial<SchoolEvidence> = {}): Finding => {
  const found: Case | undefined = tables.find(table => table.indicator === indicator)?.cases.find(c => c.name === name)
  if (found === undefined) throw new Error(`no case "${name}" of ${indicator}`)
  return ruleOf(indicator).judge(evidence({ ...found.over, ...over }), found.parameters ?? {}, found.terms)
}

void t.test('ipv6 says on which days how many samples were good, and what did not count', t => {
  const missed = find('ipv6', 'one sample less is missed')
  t.match(missed, { n: 10, expectedN: 10 })
  t.match(missed.facts, { good_samples: 159, total_samples: 200, measured_pct: 79.5, cause: 'ula_only' })
  t.same(missed.evidence.slice(-2), ['day 2026-10-30 good 16 of 20', 'day 2026-11-02 good 15 of 20'])
  t.equal(find('ipv6', '79.99 % does not round up').facts['measured_pct'], 79.9, 'never 80')
  t.same(find('ipv6', 'one sample short of a day that counts').excluded, { few_samples: 1 })
  t.same(find('ipv6', 'the gateway does not help the users').excluded, { wan: 15984 })
  t.same(find('ipv6', 'evenings do not count').excluded, { out_of_hours: 320 })
  t.end()
})

void t.test('the earliest day is a school day of this period, today included; else it is the next period', t => {
  const facts = { have_days: 9, want_days: 10, earliest_day: '2026-11-10' }
  t.match(find('ipv6', 'nine days are one too few, however bad').facts, facts, 'today is a school day')
  const saturday = { asOfMs: Date.parse('2026-11-14T12:00:00+08:00') }
  const monday = find('ipv6', 'nine days are one too few, however bad', saturday)
  t.equal(monday.facts['earliest_day'], '2026-11-16', 'on a Saturday it is the next Monday')
  t.match(find('ipv6', 'too late for ten days').facts, { have_days: 3, want_days: 10, earliest_day: '2026-12' })
  const counted = find('panel-coverage', 'one of them on two days', { asOfMs: Date.parse('2026-10-21T12:00:00+08:00') })
  t.match(counted.facts, { have_days: 2, want_days: 3, earliest_day: '2026-10-22' }, 'today counts already')
  t.end()
})

void t.test('a recording room shows its days, its causes and what was doubtful', t => {
  const missed = find('recording-room', 'ten bad days')
  t.match(missed, { n: 10, expectedN: 10, facts: { cause: 'no_media', bad_days: 10, rooms: 1, room: '教室r-1' } })
  t.same(missed.evidence.slice(0, 2), ['room r-1 missed', 'room r-1 bad 2026-10-20'])
  t.match(find('recording-room', 'one line below HD').facts, { cause: 'low_spec', width_px: 1280, height_px: 720 })
  t.same(find('recording-room', 'more busy days than good ones').excluded, { busy: 5, unavailable: 15 })
  t.match(find('recording-room', 'nine bad days'), { n: 9, facts: { have_days: 9, earliest_day: '2026-11-10' } })
  const both = find('recording-room', 'both fail')
  t.match(both, { n: 10, facts: { missed_rooms: 2, room: '教室r-2' } }, 'the room that failed least speaks')
  const declared = find('recording-room', 'declared to have none')
  t.match(declared, { n: 1, expectedN: 1, facts: { source: '县教育局核查表', as_of: '2026-10-25', by: '王老师' } })
  t.same(declared.evidence, ['fact recording-room 2026-10-25'])
  t.end()
})

void t.test('panels: rooms, sites and days are counted, silence among them', t => {
  const silent = find('panel-coverage', 'one of them on two days')
  t.match(silent, { n: 1, expectedN: 2, facts: { running_pct: 50, silent_rooms: 1, have_days: 2 } })
  t.same([silent.excluded, silent.evidence], [{ silent: 1 }, ['room r-1 runs', 'room r-2 silent']])
  const [line] = find('panel-coverage', 'one room is declared to have none').evidence
  t.equal(line, 'fact rooms-without-panel 2026-10-25')
  const sites = find('platform-reach', 'ten days of failing while another site answered')
  t.match(sites, {
    n: 0,
    expectedN: 2,
    facts: { failing_panels: 1, fail_days: 10, failing_subjects: 'www.smartedu.cn' }
  })
  t.same(sites.evidence, ['panel p-1 www.smartedu.cn fail', 'panel p-2 www.smartedu.cn silent'])
  t.same(find('platform-reach', 'the platform was down everywhere').excluded, {
    platform_down: 1,
    platform_down_days: 16
  })
  const activity = find('device-activity', 'ten days with one panel of two')
  t.match(activity, { n: 10, expectedN: 10, facts: { active_panel_days: 10, panel_days: 32, activity_pct: 31.2 } })
  t.same([activity.excluded, activity.evidence[0]], [{ silent_panels: 1 }, 'day 2026-10-20 panels 1 of 2'])
  t.end()
})

void t.test('of two declarations the newer one holds, and a corrected one is not held against the school', t => {
  const facts = [fact('recording-room', 'present', '2026-10-30'), fact('recording-room', 'none', '2026-10-25')]
  t.match(find('recording-room', 'declared, and failing', { facts }), { verdict: 'unknown', reason: 'too_few_days' })
  t.match(find('recording-room', 'declared, and failing', { facts: facts.toReversed() }), { verdict: 'unknown' })
  t.end()
})
