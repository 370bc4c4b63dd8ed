import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import { check, device, fact, room } from '../../rig/evidence.ts'
import { days, hours, outside, saturday, type Case } from './evidence.ts'

/** Rooms r-1 … r-n, each with a panel of the same number and a host check of the same number. */
const panels = (n: number): Case['over'] => {
  const numbers = Array.from({ length: n }, (_, i) => i + 1)
  return {
    rooms: numbers.map(i => room(`r-${i}`)),
    devices: numbers.map(i => device(`p-${i}`, { kind: 'panel', room: `r-${i}` })),
    checks: numbers.map(i => check(i, { device: `p-${i}`, probe: 'host', subject: '', place: 'none' }))
  }
}
const runs = (list: readonly string[], ...ids: number[]): DayRollup[] =>
  ids.flatMap(id => list.map(day => hours(day, id, { ok: 5 })))
const without = (value: string) => [fact('rooms-without-panel', value)]
const of = (
  name: string,
  over: Case['over'],
  rollups: readonly DayRollup[],
  verdict: Case['verdict'],
  reason: string,
  more: Partial<Case> = {}
): Case => ({ name, verdict, reason, ...more, over: { ...over, rollups, ...more.over } })
const share80 = { parameters: { days: 3, share_pct: 80, classrooms_only: 0 } }
const hall = { ...room('r-2'), kind: 'function' }

export const coverageCases: readonly Case[] = [
  of('every panel ran on three days', panels(2), runs(days(3), 1, 2), 'met', 'rooms_run'),
  of(
    'a panel that is short of disk runs',
    panels(1),
    days(3).map(day => hours(day, 1, { degraded: 1 })),
    'met',
    'rooms_run'
  ),
  of('one of them on two days', panels(2), [...runs(days(3), 1), ...runs(days(2), 2)], 'unknown', 'silent'),
  of('a holiday does not count', panels(1), runs([...days(2), saturday], 1), 'unknown', 'silent'),
  of('evenings do not count', panels(1), runs(days(9), 1).map(outside), 'unknown', 'silent'),
  of(
    'failures do not count',
    panels(1),
    days(9).map(day => hours(day, 1, { failed: 9 })),
    'unknown',
    'silent'
  ),
  of(
    'two panels of one room do not add up',
    {
      ...panels(2),
      rooms: [room('r-1')],
      devices: ['p-1', 'p-2'].map(id => device(id, { kind: 'panel', room: 'r-1' }))
    },
    [...runs(days(2), 1), ...runs(days(2, 2), 2)],
    'unknown',
    'silent'
  ),
  of(
    'a recorder is no panel',
    { ...panels(1), devices: [device('p-1', { kind: 'recorder', room: 'r-1' })] },
    runs(days(9), 1),
    'unknown',
    'no_panel'
  ),
  of('exactly 80 %', panels(5), runs(days(3), 1, 2, 3, 4), 'met', 'rooms_run', share80),
  of('less than 80 %', panels(5), runs(days(3), 1, 2, 3), 'unknown', 'silent', share80),
  of(
    'the function room is no ordinary classroom',
    { ...panels(2), rooms: [room('r-1'), hall] },
    runs(days(3), 1),
    'met',
    'rooms_run',
    { parameters: { classrooms_only: 1 } }
  ),
  of('without the wish it counts', { ...panels(2), rooms: [room('r-1'), hall] }, runs(days(3), 1), 'unknown', 'silent'),
  of('no rooms', { ...panels(1), rooms: [] }, runs(days(3), 1), 'unknown', 'ledger_incomplete'),
  of('no ordinary classrooms', { ...panels(2), rooms: [hall] }, [], 'unknown', 'ledger_incomplete', {
    parameters: { classrooms_only: 1 }
  }),
  of(
    'more rooms without a panel than silent ones',
    {
      ...panels(3),
      devices: [device('p-1', { kind: 'panel', room: 'r-1' })]
    },
    [],
    'unknown',
    'no_panel'
  ),
  of('one room is declared to have none', panels(2), runs(days(3), 1), 'missed', 'declared_without', {
    over: { facts: without('1') }
  }),
  of('though every panel ran', panels(2), runs(days(3), 1, 2), 'met', 'rooms_run', { over: { facts: without('1') } }),
  of('more run than the declaration leaves', panels(3), runs(days(3), 1, 2), 'unknown', 'declaration_contradicted', {
    over: { facts: without('2') }
  }),
  of('what is declared leaves enough', panels(5), runs(days(3), 1, 2, 3), 'unknown', 'silent', {
    ...share80,
    over: { facts: without('1') }
  }),
  of('two of five do not', panels(5), runs(days(3), 1, 2, 3), 'missed', 'declared_without', {
    ...share80,
    over: { facts: without('2') }
  }),
  ...['0', '-1', '1.5', '三间', ''].map(value =>
    of(`“${value}” declares nothing`, panels(1), [], 'unknown', 'silent', { over: { facts: without(value) } })
  )
]

export const activityCases: readonly Case[] = [
  of('ten days with one panel of two', panels(2), runs(days(10), 1), 'met', 'reported'),
  of('ten days by turns', panels(2), [...runs(days(5), 1), ...runs(days(5, 5), 2)], 'met', 'reported'),
  of('nine days', panels(2), runs(days(9), 1, 2), 'unknown', 'too_few_days'),
  of('nine days and a holiday', panels(1), runs([...days(9), saturday], 1), 'unknown', 'too_few_days'),
  of('exactly the least', panels(1), runs(days(12), 1), 'met', 'reported', { parameters: { least_pct: 75 } }),
  of('below the least', panels(1), runs(days(12), 1), 'unknown', 'below_least', { parameters: { least_pct: 76 } }),
  of('silent panels', panels(2), [], 'unknown', 'silent'),
  of('no panels', { ...panels(1), devices: [] }, [], 'unknown', 'no_panels'),
  of('declared to have none', panels(0), [], 'missed', 'declared_none', {
    over: { facts: [fact('device-activity', 'none')] }
  }),
  of('declared, but one ran', panels(1), runs(days(1), 1), 'unknown', 'declaration_contradicted', {
    over: { facts: [fact('device-activity', 'none')] }
  })
]
