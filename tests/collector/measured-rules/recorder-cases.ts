import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { RuleCheck } from '../../../collector/verdicts/verdict.ts'
import { check, device, fact, room } from '../../rig/evidence.ts'
import { days, hours, lastEvening, outside, saturday, type Case } from './evidence.ts'

const figures = (px: number) => ({ n: 1, min: px, mean: px, p50: px, p95: px, max: px })
export const size = (width: number, height: number): Pick<DayRollup, 'fields'> => ({
  fields: { width_px: figures(width), height_px: figures(height) }
})
const hd = size(1280, 720)
const recording = (id: number, over: Partial<RuleCheck> = {}): RuleCheck =>
  check(id, { device: 'rec-1', probe: 'recording', subject: 'rtsp', place: 'none', ...over })
const recorder = (id: string, at?: string) => device(id, { kind: 'recorder', room: at })
const recordingRoomOf = (id: string) => ({ ...room(id), recording: true, sync: true })

const base = { rooms: [recordingRoomOf('r-1')], devices: [recorder('rec-1', 'r-1')], checks: [recording(1)] }
const two = {
  rooms: ['r-1', 'r-2'].map(recordingRoomOf),
  devices: [recorder('rec-1', 'r-1'), recorder('rec-2', 'r-2')],
  checks: [recording(1), recording(2, { device: 'rec-2' })]
}
const good = (list: readonly string[], over: Partial<DayRollup> = {}, id = 1): DayRollup[] =>
  list.map(day => hours(day, id, { ok: 3 }, { ...hd, ...over }))
const flagged = (list: readonly string[], reason: string, over: Partial<DayRollup> = {}): DayRollup[] =>
  list.map(day => hours(day, 1, { degraded: 3 }, { ...hd, reasons: { [reason]: 3 }, ...over }))
const bad = (list: readonly string[], over: Partial<DayRollup> = {}, id = 1): DayRollup[] =>
  list.map(day => hours(day, id, { failed: 3 }, { reasons: { no_media: 3 }, ...over }))
const shut = (list: readonly string[], reason: string): DayRollup[] =>
  list.map(day => hours(day, 1, { unavailable: 3 }, { reasons: { [reason]: 3 } }))
const live = (list: readonly string[]): DayRollup[] => good(list, { reasons: { live: 1 } })
const of = (
  name: string,
  rollups: readonly DayRollup[],
  verdict: Case['verdict'],
  reason: string,
  over: Case['over'] = {},
  parameters?: Case['parameters']
): Case => ({
  name,
  verdict,
  reason,
  over: { ...base, rollups, ...over },
  ...(parameters === undefined ? {} : { parameters })
})

/** What holds for both rules; `fine` makes days good for either. */
const shared = (key: string, fine: (list: readonly string[]) => DayRollup[]): Case[] => [
  of('ten good days', fine(days(10)), 'met', 'rooms_work'),
  of('nine good days', fine(days(9)), 'unknown', 'too_few_days'),
  of('nine good days and a holiday', fine([...days(9), saturday]), 'unknown', 'too_few_days'),
  of('nine good days and a make-up day', fine([...days(9), saturday]), 'met', 'rooms_work', {
    schoolDays: [...days(22), saturday]
  }),
  of('ten good days among bad ones', [...fine(days(10)), ...bad(days(6, 10))], 'met', 'rooms_work'),
  of('ten bad days', bad(days(10)), 'missed', 'rooms_fail'),
  of('nine bad days', bad(days(9)), 'unknown', 'too_few_days'),
  of('ten bad days and one good one', [...bad(days(10)), ...fine(days(1, 10))], 'unknown', 'period_too_short'),
  of('failures that arrived later', bad(days(16), { liveFailed: 0 }), 'unknown', 'period_too_short'),
  of('failures of the night', bad(days(16)).map(outside), 'unknown', 'no_readings'),
  of('a good minute makes the day', [...fine(days(10)), ...bad(days(10), { part: 'x' })], 'met', 'rooms_work'),
  ...['storage_full', 'black', 'frozen'].map(flag =>
    of(`${flag} is bad`, flagged(days(10), flag), 'missed', 'rooms_fail')
  ),
  of(
    'black by night proves nothing',
    flagged(days(16), 'black', {
      counts: { ok: 0, degraded: 6, failed: 0, unavailable: 0 },
      inHours: { ok: 0, degraded: 3, failed: 0, unavailable: 0 }
    }),
    'unknown',
    'picture_doubtful'
  ),
  of('a picture that may be still proves nothing', flagged(days(16), 'suspect_static'), 'unknown', 'picture_doubtful'),
  of(
    'nor does it beside failures',
    [...flagged(days(16), 'suspect_static'), ...bad(days(16), { part: 'x' })],
    'unknown',
    'picture_doubtful'
  ),
  of('a password is wanted', shut(days(16), 'auth_required'), 'unknown', 'auth_required'),
  of('a password is wrong', shut(days(16), 'auth_rejected'), 'unknown', 'auth_required'),
  of('no session is free', shut(days(16), 'busy'), 'unknown', 'busy'),
  of('what ran out of time', shut(days(16), 'timeout'), 'unknown', 'no_readings'),
  of('more good days than busy ones', [...fine(days(5)), ...shut(days(4, 5), 'busy')], 'unknown', 'too_few_days'),
  of('more busy days than good ones', [...fine(days(4)), ...shut(days(5, 4), 'busy')], 'unknown', 'busy'),
  of('nothing', [], 'unknown', 'no_readings'),
  of('no room', [], 'unknown', 'ledger_incomplete', { rooms: [room('r-1')] }),
  of('no recorder', [], 'unknown', 'no_recorder', { devices: [], checks: [] }),
  of('no check', [], 'unknown', 'no_check', { checks: [] }),
  of('another probe', fine(days(10)), 'unknown', 'no_check', { checks: [recording(1, { probe: 'ping' })] }),
  of('declared to have none', [], 'missed', 'declared_none', { rooms: [], facts: [fact(key, 'none')] }),
  of('declared, and failing', bad(days(3)), 'missed', 'declared_none', { facts: [fact(key, 'none')] }),
  of('declared, and one good day', fine(days(1)), 'unknown', 'declaration_contradicted', {
    facts: [fact(key, 'none')]
  }),
  of('an older declaration', fine(days(10)), 'met', 'rooms_work', {
    facts: [fact(key, 'none'), fact(key, 'present', '2026-10-26')]
  }),
  of('a declaration of the next period', fine(days(10)), 'met', 'rooms_work', {
    facts: [fact(key, 'none', '2026-11-20')]
  }),
  of('one of two rooms does', [...bad(days(16), {}, 2), ...fine(days(10))], 'met', 'rooms_work', two),
  of('both fail', [...bad(days(16)), ...bad(days(10), {}, 2)], 'missed', 'rooms_fail', two),
  of('one fails, one is silent', bad(days(16)), 'unknown', 'no_readings', two),
  of('a recorder without a room, one room', fine(days(10)), 'met', 'rooms_work', { devices: [recorder('rec-1')] }),
  of('a recorder without a room, two rooms', fine(days(10)), 'unknown', 'no_recorder', {
    rooms: two.rooms,
    devices: [recorder('rec-1')]
  }),
  of('measured by the gateway', fine(days(10)), 'met', 'rooms_work', {
    devices: [recorder('rec-1', 'r-1'), device('gw-1')],
    checks: [recording(1, { device: 'gw-1', subject: 'rec-1' })]
  }),
  of('measured by the room’s panel', fine(days(10)), 'met', 'rooms_work', {
    devices: [device('p-1', { kind: 'panel', room: 'r-1' })],
    checks: [recording(1, { device: 'p-1' })]
  }),
  of('a panel that measures another room’s recorder', bad(days(16)), 'unknown', 'no_check', {
    rooms: [recordingRoomOf('r-1')],
    devices: [recorder('rec-1', 'r-1'), recorder('rec-2', 'r-9'), device('p-1', { kind: 'panel', room: 'r-1' })],
    checks: [recording(1, { device: 'p-1', subject: 'rec-2' })]
  }),
  of('too late', fine(days(3)), 'unknown', 'period_too_short', { asOfMs: lastEvening })
]

export const recordingCases: readonly Case[] = [
  ...shared('recording-room', good),
  ...['no_audio', 'silent', 'storage_low', 'clock_skew'].map(flag =>
    of(`${flag} is still a recording`, flagged(days(10), flag), 'met', 'rooms_work')
  ),
  of('low_spec is bad', flagged(days(10), 'low_spec'), 'missed', 'rooms_fail'),
  of('one line below HD', good(days(10), size(1280, 719)), 'missed', 'rooms_fail'),
  of('one column below HD', good(days(10), size(1279, 720)), 'missed', 'rooms_fail'),
  of('the pack’s size', good(days(10), size(1024, 576)), 'met', 'rooms_work', {}, { width_px: 1024, height_px: 576 }),
  of('a size that nobody tells', good(days(16), { fields: {} }), 'unknown', 'spec_unknown'),
  of('a height alone', good(days(16), { fields: { height_px: figures(1080) } }), 'unknown', 'spec_unknown'),
  of(
    'a size that nobody tells beside a small one',
    [...good(days(16), { fields: {} }), ...good(days(16), { ...size(640, 360), part: 'x' })],
    'unknown',
    'spec_unknown'
  )
]

export const syncCases: readonly Case[] = [
  ...shared('sync-classroom', live),
  of(
    'any size will do',
    live(days(10)).map(row => ({ ...row, ...size(640, 360) })),
    'met',
    'rooms_work'
  ),
  of('low_spec will do', [...flagged(days(10), 'low_spec'), ...live(days(1, 10))], 'met', 'rooms_work'),
  of('good days, never live', good(days(16)), 'unknown', 'never_live'),
  of('live on one day of ten', [...good(days(9)), ...live(days(1, 9))], 'met', 'rooms_work'),
  of(
    'the last word of the day says live',
    good(days(10), {
      last: { atMs: 0, outcome: 'ok', reason: undefined, fields: {}, labels: { state: 'live' } }
    }),
    'met',
    'rooms_work'
  ),
  of('the pack’s live days', [...good(days(8)), ...live(days(2, 8))], 'unknown', 'never_live', {}, { live_days: 3 })
]
