import type { RoomRow } from '../../../collector/ledger/ledger.ts'
import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { RuleCheck, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import { declaredValue, needOf, rowsOf, schoolDaysSoFar } from '../looking.ts'

type Word = 'good' | 'bad' | 'doubtful'

const causes = [
  'no_recorder',
  'no_check',
  'no_readings',
  'auth_required',
  'busy',
  'spec_unknown',
  'picture_doubtful',
  'too_few_days',
  'period_too_short'
]

/** 高清数字录播教室. */
export const recordingRoom = (e: SchoolEvidence, p: Parameters): Answer => {
  const isHd = (row: DayRollup): boolean | undefined => {
    const width = row.fields['width_px']?.max
    const height = row.fields['height_px']?.max
    if (width === undefined || height === undefined) return undefined
    return width >= (p['width_px'] ?? 1280) && height >= (p['height_px'] ?? 720)
  }
  const rooms = e.rooms.filter(room => room.recording)
  const wordOf = (rows: readonly DayRollup[]) => dayWord(rows, ['storage_full', 'black', 'frozen', 'low_spec'], isHd)
  return schoolAnswer(e, rooms, 'recording-room', room => roomAnswer(e, rooms, room, wordOf))
}

/** 同频互动课堂: any picture will do, but it was live. */
export const syncClassroom = (e: SchoolEvidence, p: Parameters): Answer => {
  const rooms = e.rooms.filter(room => room.sync)
  const wordOf = (rows: readonly DayRollup[]) => dayWord(rows, ['storage_full', 'black', 'frozen'], () => true)
  return schoolAnswer(e, rooms, 'sync-classroom', room => {
    const answer = roomAnswer(e, rooms, room, wordOf)
    const live = answer.good.filter(day =>
      rowsOf(e, day, isOf(e, rooms, room)).some(
        row => row.last.labels['state'] === 'live' || (row.reasons['live'] ?? 0) > 0
      )
    )
    return answer.word === 'met' && live.length < (p['live_days'] ?? 1) ? { ...answer, word: 'never_live' } : answer
  })
}

/** A room's day from all its rows. A spoilt picture counts as bad only if it cannot all have been spoilt outside of hours. */
const dayWord = (
  rows: readonly DayRollup[],
  spoiling: readonly string[],
  isHd: (row: DayRollup) => boolean | undefined
): Word => {
  const times = (row: DayRollup, reasons: readonly string[]): number =>
    reasons.reduce((n, reason) => n + (row.reasons[reason] ?? 0), 0)
  const streams = rows.filter(
    row => row.inHours.ok > 0 || (row.inHours.degraded > 0 && times(row, [...spoiling, 'suspect_static']) === 0)
  )
  if (streams.some(row => isHd(row) === true)) return 'good'
  if (streams.some(row => isHd(row) === undefined)) return 'doubtful'
  if (streams.length > 0) return 'bad'
  const spoilt = rows.filter(row => row.inHours.degraded > 0)
  const certain = spoilt.filter(row => times(row, spoiling) > row.counts.degraded - row.inHours.degraded)
  if (certain.length < spoilt.length) return 'doubtful'
  return certain.length > 0 || rows.some(row => row.inHours.failed > 0 && row.liveFailed > 0) ? 'bad' : 'doubtful'
}

/** Checks that look at a room: of its recorder, or, when they name no recorder at all, from its recorder or from a device that stands in it. */
const isOf =
  (e: SchoolEvidence, rooms: readonly RoomRow[], room: RoomRow) =>
  (check: RuleCheck): boolean => {
    if (check.probe !== 'recording') return false
    const recorders = recordersOf(e, rooms, room)
    if (e.devices.some(d => d.kind === 'recorder' && d.id === check.subject)) return recorders.includes(check.subject)
    return recorders.includes(check.device) || e.devices.some(d => d.id === check.device && d.room === room.id)
  }

const recordersOf = (e: SchoolEvidence, rooms: readonly RoomRow[], room: RoomRow): string[] =>
  e.devices
    .filter(d => d.kind === 'recorder' && (d.room === room.id || (d.room === undefined && rooms.length === 1)))
    .map(d => d.id)

interface RoomAnswer {
  readonly word: 'met' | 'missed' | 'unknown' | 'never_live'
  readonly good: readonly string[]
}

const roomAnswer = (
  e: SchoolEvidence,
  rooms: readonly RoomRow[],
  room: RoomRow,
  wordOf: (rows: readonly DayRollup[]) => Word
): RoomAnswer => {
  const good: string[] = []
  const bad: string[] = []
  for (const day of schoolDaysSoFar(e)) {
    const word = wordOf(rowsOf(e, day, isOf(e, rooms, room)))
    if (word === 'good') good.push(day)
    if (word === 'bad') bad.push(day)
  }
  if (good.length >= needOf(e)) return { word: 'met', good }
  return { word: good.length === 0 && bad.length >= needOf(e) ? 'missed' : 'unknown', good }
}

const schoolAnswer = (
  e: SchoolEvidence,
  rooms: readonly RoomRow[],
  fact: string,
  answerOf: (room: RoomRow) => RoomAnswer
): Answer => {
  const answers = rooms.map(answerOf)
  if (declaredValue(e, fact) === 'none')
    return answers.some(answer => answer.good.length > 0)
      ? unknown('declaration_contradicted')
      : missed('declared_none')
  if (rooms.length === 0) return unknown('ledger_incomplete')
  if (answers.some(answer => answer.word === 'met')) return met('rooms_work')
  if (answers.every(answer => answer.word === 'missed')) return missed('rooms_fail')
  return unknown(...causes, ...(answers.some(answer => answer.word === 'never_live') ? ['never_live'] : []))
}
