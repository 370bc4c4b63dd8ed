import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import { check, device } from '../../rig/evidence.ts'
import { days, hours, lastEvening, saturday, type Case } from './evidence.ts'

const site = 'www.smartedu.cn'
/** Check 1 is of the platform, check 2 of another site, both on p-1; 3 and 4 the same on p-2. */
const base: Case['over'] = {
  devices: [device('p-1', { kind: 'panel' }), device('p-2', { kind: 'panel' })],
  checks: [1, 2, 3, 4].map(id =>
    check(id, { device: id < 3 ? 'p-1' : 'p-2', subject: id % 2 === 1 ? site : 'www.gov.cn' })
  ),
  answered: { [site]: days(23) }
}
const one: Case['over'] = { ...base, devices: [device('p-1', { kind: 'panel' })] }
const reach = (list: readonly string[], ...ids: number[]): DayRollup[] =>
  ids.flatMap(id => list.map(day => hours(day, id, { ok: 5 }, { place: 'off_site' })))
const fail = (list: readonly string[], ...ids: number[]): DayRollup[] =>
  ids.flatMap(id => list.map(day => hours(day, id, { failed: 5 })))
const of = (
  name: string,
  over: Case['over'],
  rollups: readonly DayRollup[],
  verdict: Case['verdict'],
  reason: string,
  more: Partial<Case> = {}
): Case => ({ name, verdict, reason, terms: { subjects: [site] }, ...more, over: { ...over, rollups, ...more.over } })

export const platformCases: readonly Case[] = [
  of('both panels on three days', base, reach(days(3), 1, 3), 'met', 'panels_reach'),
  of('one of them on two days', base, [...reach(days(3), 1), ...reach(days(2), 3)], 'unknown', 'too_few_days'),
  of('a holiday does not count', one, reach([...days(2), saturday], 1), 'unknown', 'too_few_days'),
  of('a make-up day does', one, reach([...days(2), saturday], 1), 'met', 'panels_reach', {
    over: { schoolDays: [...days(22), saturday] }
  }),
  of(
    'an answer of this host is none',
    one,
    days(9).map(day => hours(day, 1, { ok: 5 }, { place: 'self' })),
    'unknown',
    'too_few_days'
  ),
  of(
    'ten days of failing while another site answered',
    base,
    [...fail(days(10), 1), ...reach(days(10), 2)],
    'missed',
    'panels_fail'
  ),
  of('nine days', one, [...fail(days(9), 1), ...reach(days(9), 2)], 'unknown', 'too_few_days'),
  of('nothing else answered that day', one, fail(days(16), 1, 2), 'unknown', 'too_few_days'),
  of(
    'another panel’s answers are no proof',
    { ...base },
    [...fail(days(16), 1), ...reach(days(16), 3, 4)],
    'unknown',
    'too_few_days'
  ),
  of(
    'it answered once on each of those days',
    one,
    [...days(16).map(day => hours(day, 1, { ok: 1, failed: 9 }, { place: 'self' })), ...reach(days(16), 2)],
    'unknown',
    'too_few_days'
  ),
  of(
    'failures that arrived later',
    one,
    [...fail(days(16), 1).map(row => ({ ...row, liveFailed: 0 })), ...reach(days(16), 2)],
    'unknown',
    'too_few_days'
  ),
  of(
    'the platform was down everywhere',
    one,
    [...fail(days(16), 1), ...reach(days(16), 2)],
    'unknown',
    'platform_down',
    {
      over: { answered: {} }
    }
  ),
  of(
    'down on seven of sixteen days: nine are not enough',
    one,
    [...fail(days(16), 1), ...reach(days(16), 2)],
    'unknown',
    'too_few_days',
    { over: { answered: { [site]: days(9) } } }
  ),
  of('down on six of them: ten are', one, [...fail(days(16), 1), ...reach(days(16), 2)], 'missed', 'panels_fail', {
    over: { answered: { [site]: days(10) } }
  }),
  of(
    'three good days beside ten bad ones',
    one,
    [...fail(days(10), 1), ...reach(days(10), 2), ...reach(days(3, 10), 1)],
    'met',
    'panels_reach'
  ),
  of(
    'two good days do not save it',
    one,
    [...fail(days(10), 1), ...reach(days(10), 2), ...reach(days(2, 10), 1)],
    'missed',
    'panels_fail'
  ),
  of('every site that the target names', one, reach(days(3), 1), 'unknown', 'no_check', {
    terms: { subjects: [site, 'basic.smartedu.cn'] }
  }),
  of('no site is named', base, reach(days(3), 1, 3), 'unknown', 'no_check', { terms: {} }),
  of(
    'no check on one panel',
    { ...base, checks: [check(1, { device: 'p-1', subject: site })] },
    reach(days(3), 1),
    'unknown',
    'no_check'
  ),
  of(
    'the gateway’s check is not the panel’s',
    { ...one, checks: [check(1, { subject: site })] },
    reach(days(9), 1),
    'unknown',
    'no_check'
  ),
  of('silent panels', base, [], 'unknown', 'silent'),
  of(
    'panels that could not measure',
    base,
    days(9).flatMap(day => [1, 3].map(id => hours(day, id, { unavailable: 5 }))),
    'unknown',
    'silent'
  ),
  of('no panels', { ...base, devices: [device('gw-1')] }, reach(days(3), 1), 'unknown', 'no_panels'),
  of('too late', one, reach(days(1), 1), 'unknown', 'period_too_short', { over: { asOfMs: lastEvening } })
]
