import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import { check, device } from '../../rig/evidence.ts'
import { days, hours, lastEvening, outside, saturday, type Case } from './evidence.ts'

/** Check 1 is of a panel, check 2 of the gateway. */
const base = {
  devices: [device('p-1', { kind: 'panel', room: 'r-1' }), device('gw-1')],
  checks: [
    check(1, { device: 'p-1', probe: 'ipv6', subject: '', place: 'none' }),
    check(2, { device: 'gw-1', probe: 'ipv6', subject: '', place: 'none' })
  ]
}
const labelled = (vantage: string | undefined): Pick<DayRollup, 'last'> => ({
  last: {
    atMs: 0,
    outcome: 'ok',
    reason: undefined,
    fields: {},
    labels: vantage === undefined ? {} : { vantage }
  }
})
export const users = (
  list: readonly string[],
  ok: number,
  failed: number,
  more: Partial<DayRollup> = {}
): DayRollup[] =>
  list.map(day =>
    hours(day, 1, { ok, failed }, { reasons: { ula_only: failed, timeout: 90 }, ...labelled('user'), ...more })
  )
const wan = (list: readonly string[], ok: number) => list.map(day => hours(day, 2, { ok }, labelled('wan')))
const of = (
  name: string,
  rollups: readonly DayRollup[],
  verdict: Case['verdict'],
  reason: string,
  more: Partial<Case> = {}
): Case => ({ name, verdict, reason, ...more, over: { ...base, rollups, ...more.over } })

export const ipv6Cases: readonly Case[] = [
  of('ten days of 20 samples, all good', users(days(10), 20, 0), 'met', 'users_reach'),
  of('exactly 80 % is met', users(days(10), 16, 4), 'met', 'users_reach'),
  of('one sample less is missed', [...users(days(9), 16, 4), ...users(days(1, 9), 15, 5)], 'missed', 'users_fail'),
  of('one more good one of many is met', users(days(10), 801, 199), 'met', 'users_reach'),
  of('79.99 % does not round up', users(days(10), 7999, 2001), 'missed', 'users_fail'),
  of(
    'a slow IPv6 is IPv6',
    days(10).map(day => hours(day, 1, { degraded: 20 }, labelled('user'))),
    'met',
    'users_reach'
  ),
  of(
    'one sample short of a day that counts',
    [...users(days(9), 20, 0), ...users(days(1, 9), 19, 0)],
    'unknown',
    'too_few_days'
  ),
  of(
    'samples of two panels add up',
    [...users(days(10), 10, 0), ...users(days(10), 10, 0, { part: 'x' })],
    'met',
    'users_reach'
  ),
  of('the pack’s samples', users(days(10), 19, 0), 'met', 'users_reach', {
    parameters: { samples: 19, ratio_pct: 80 }
  }),
  of('the pack’s ratio', users(days(10), 20, 0), 'met', 'users_reach', { parameters: { samples: 20, ratio_pct: 100 } }),
  of('the pack’s ratio, not reached', users(days(10), 39, 1), 'missed', 'users_fail', {
    parameters: { samples: 20, ratio_pct: 100 }
  }),
  of('nine days are one too few, however bad', users(days(9), 0, 500), 'unknown', 'too_few_days'),
  of('a holiday does not count', [...users(days(9), 20, 0), ...users([saturday], 20, 0)], 'unknown', 'too_few_days'),
  of('a make-up day (调休) does', [...users(days(9), 20, 0), ...users([saturday], 20, 0)], 'met', 'users_reach', {
    over: { schoolDays: [...days(22), saturday] }
  }),
  of(
    'failures of the evening do not spoil a good day',
    users(days(10), 20, 99, { inHours: { ok: 20, degraded: 0, failed: 0, unavailable: 0 } }),
    'met',
    'users_reach'
  ),
  of('evenings do not count', users(days(16), 0, 20).map(outside), 'unknown', 'period_too_short'),
  of('days before the period do not count', users(['2026-10-19', ...days(9)], 20, 0), 'unknown', 'too_few_days'),
  of('nor days that have not come', users([...days(9), ...days(3, 17)], 20, 0), 'unknown', 'too_few_days'),
  of('no check', [], 'unknown', 'no_check', { over: { checks: [] } }),
  of('another probe’s check', users(days(10), 20, 0), 'unknown', 'no_check', { over: { checks: [check(1)] } }),
  of('no readings', [], 'unknown', 'no_readings'),
  of(
    'a line that is down says nothing about IPv6',
    days(16).map(day => hours(day, 1, { unavailable: 99 }, { reasons: { link_down: 99 }, ...labelled('user') })),
    'unknown',
    'no_readings'
  ),
  of('the gateway alone', wan(days(16), 99), 'unknown', 'wan_only'),
  of(
    'who does not say where it stands is the gateway',
    users(days(16), 99, 0, labelled(undefined)),
    'unknown',
    'wan_only'
  ),
  of(
    'an evening’s last reading that could not be taken hides no vantage',
    [...users(days(9), 20, 0), ...users(days(1, 9), 20, 0, labelled(undefined))],
    'met',
    'users_reach'
  ),
  of('the gateway does not help the users', [...wan(days(16), 999), ...users(days(10), 15, 5)], 'missed', 'users_fail'),
  of(
    'nor harm them',
    [...users(days(10), 20, 0), ...days(16).map(day => hours(day, 2, { failed: 999 }, labelled('wan')))],
    'met',
    'users_reach'
  ),
  of('too late for ten days', users(days(3), 20, 0), 'unknown', 'period_too_short', { over: { asOfMs: lastEvening } }),
  of('no school days: never met by emptiness', users(days(16), 20, 0), 'unknown', 'period_too_short', {
    over: { schoolDays: [] }
  })
]
