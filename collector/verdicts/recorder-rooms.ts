import { commonest, daysOfRule, progress, sourceOf, withoutZeros, type Days } from './days.ts'
import type { RoomRow } from '../ledger/ledger.ts'
import { roomDayOf, type RoomDay, type StreamWish } from './recorder-day.ts'
import type { DayRollup } from './rollup.ts'
import { declared, type Finding, type RuleCheck, type SchoolEvidence } from './verdict.ts'

/** What a target asks of the rooms that it is about. */
export interface RoomsWish {
  readonly rooms: readonly RoomRow[]
  /** Key of the fact that declares, with `none`, that there is no such room. */
  readonly fact: string
  readonly stream: StreamWish
  /** Of the good days, how many must have been broadcast live. */
  readonly liveDays: number
}

/**
 * A school with one room that does is met; missed is one whose every room fails, or that declares to have none. A room does on as many
 * good days as decide, and fails on as many bad ones without a good one between. All else is unknown with the commonest cause.
 */
export const judgeRooms = (evidence: SchoolEvidence, wish: RoomsWish): Finding => {
  const days = daysOfRule(evidence)
  const rooms = roomsOf(evidence, wish, days)
  const good = rooms.some(room => room.good.size > 0)
  const none = declared(evidence, wish.fact)
  const met = rooms.filter(room => room.state === 'met')
  const missed = rooms.filter(room => room.state === 'missed')
  const base = (speaks: RoomState | undefined): Omit<Finding, 'verdict' | 'reason'> => ({
    n: speaks === undefined ? 0 : countedIn(speaks).size,
    expectedN: days.need,
    facts: {
      ...progress(evidence, days, speaks === undefined ? new Set() : countedIn(speaks)).facts,
      room: speaks?.room.name ?? '',
      rooms: rooms.length,
      met_rooms: met.length,
      missed_rooms: missed.length,
      bad_days: speaks?.bad.size ?? 0,
      live_days: speaks?.live.size ?? 0,
      want_live_days: wish.liveDays,
      cause: commonest(speaks?.bad.values() ?? []) ?? 'none'
    },
    excluded: excludedOf(rooms),
    evidence: rooms.flatMap(evidenceOf)
  })
  const best = rooms.toSorted(byGood)[0]
  if (none?.value === 'none') {
    const found = base(best)
    const facts = { ...found.facts, ...sourceOf(none) }
    if (good) return { ...found, facts, verdict: 'unknown', reason: 'declaration_contradicted' }
    const fact = [`fact ${wish.fact} ${none.asOf}`]
    return { ...found, facts, verdict: 'missed', reason: 'declared_none', n: 1, expectedN: 1, evidence: fact }
  }
  if (met.length > 0) return { ...base(met.toSorted(byGood)[0]), verdict: 'met', reason: 'rooms_work' }
  if (rooms.length === 0) return { ...base(undefined), verdict: 'unknown', reason: 'ledger_incomplete' }
  if (missed.length === rooms.length) {
    const least = missed.toSorted((a, b) => a.bad.size - b.bad.size || byGood(a, b))[0]
    return { ...base(least), verdict: 'missed', reason: 'rooms_fail' }
  }
  const open = rooms.filter(room => room.state !== 'missed')
  const reason = commonest(open.map(room => room.state)) ?? 'too_few_days'
  return { ...base(open.filter(room => room.state === reason).toSorted(byGood)[0]), verdict: 'unknown', reason }
}

interface RoomState {
  readonly room: RoomRow
  /** `met`, `missed`, or why neither. */
  readonly state: string
  readonly good: ReadonlySet<string>
  readonly live: ReadonlySet<string>
  /** Day → cause. */
  readonly bad: ReadonlyMap<string, string>
  readonly doubts: readonly string[]
  /** Readings that could not be taken. */
  readonly unavailable: number
}

/** The days towards whichever end a room can still reach: one good day rules out `missed`. */
const countedIn = ({ good, bad }: Pick<RoomState, 'good' | 'bad'>): ReadonlySet<string> =>
  good.size > 0 ? good : new Set(bad.keys())

const byGood = (a: RoomState, b: RoomState): number => b.good.size - a.good.size || (a.room.id < b.room.id ? -1 : 1)

const roomsOf = (evidence: SchoolEvidence, wish: RoomsWish, days: Days): RoomState[] => {
  const checks = checksOf(evidence, wish.rooms)
  const rowsOf = new Map<string, DayRollup[]>(wish.rooms.map(room => [room.id, []]))
  for (const row of evidence.rollups) {
    const about = checks.get(row.checkId)
    if (about !== undefined && days.soFar.has(row.day)) for (const room of about) rowsOf.get(room)?.push(row)
  }
  const watched = new Set([...checks.values()].flat())
  return wish.rooms
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(room => {
      const rows = rowsOf.get(room.id) ?? []
      const seen = daysOf(rows, wish.stream)
      const state = watched.has(room.id) ? stateOf(evidence, days, wish, seen) : unwatched(evidence, wish.rooms, room)
      return { room, state, ...seen, unavailable: rows.reduce((n, row) => n + row.inHours.unavailable, 0) }
    })
}

/**
 * The rooms that a check speaks for. A check whose subject is a recorder of the ledger is about that recorder, wherever the device that
 * runs it stands; any other is about the room of its device. A recorder without a room belongs to the only room there is.
 */
const checksOf = (evidence: SchoolEvidence, rooms: readonly RoomRow[]): Map<number, string[]> => {
  const devices = new Map(evidence.devices.map(device => [device.id, device]))
  const isRecorder = (id: string): boolean => devices.get(id)?.kind === 'recorder'
  const wanted = new Set(rooms.map(room => room.id))
  const roomOf = (id: string): string | undefined =>
    devices.get(id)?.room ?? (isRecorder(id) && rooms.length === 1 ? rooms[0]?.id : undefined)
  const about = (check: RuleCheck): string | undefined =>
    roomOf(isRecorder(check.subject) ? check.subject : check.device)
  return new Map(
    evidence.checks
      .filter(check => check.probe === 'recording')
      .map(check => [check.id, [about(check)].filter(room => room !== undefined && wanted.has(room))])
      .filter((entry): entry is [number, string[]] => entry[1] !== undefined)
  )
}

const unwatched = (evidence: SchoolEvidence, rooms: readonly RoomRow[], room: RoomRow): string =>
  evidence.devices.some(
    device =>
      device.kind === 'recorder' && (device.room === room.id || (device.room === undefined && rooms.length === 1))
  )
    ? 'no_check'
    : 'no_recorder'

const daysOf = (rows: readonly DayRollup[], wish: StreamWish): Pick<RoomState, 'good' | 'live' | 'bad' | 'doubts'> => {
  const days: [day: string, state: RoomDay][] = []
  for (const [day, list] of Map.groupBy(rows, row => row.day)) {
    const state = roomDayOf(list, wish)
    if (state !== undefined) days.push([day, state])
  }
  const inOrder = days.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    good: new Set(inOrder.flatMap(([day, { state }]) => (state === 'good' ? [day] : []))),
    live: new Set(inOrder.flatMap(([day, state]) => (state.state === 'good' && state.live ? [day] : []))),
    bad: new Map(inOrder.flatMap(([day, state]) => (state.state === 'bad' ? [[day, state.cause]] : []))),
    doubts: inOrder.flatMap(([, state]) => (state.state === 'doubtful' ? [state.cause] : []))
  }
}

const stateOf = (
  evidence: SchoolEvidence,
  days: Days,
  wish: RoomsWish,
  { good, live, bad, doubts }: Pick<RoomState, 'good' | 'live' | 'bad' | 'doubts'>
): string => {
  if (good.size >= days.need) return live.size >= wish.liveDays ? 'met' : 'never_live'
  if (bad.size >= days.need && good.size === 0) return 'missed'
  if (good.size + bad.size === 0 && doubts.every(doubt => doubt === 'unmeasured')) return 'no_readings'
  const known = doubts.filter(doubt => doubt !== 'unmeasured' && doubt !== 'late')
  const cause = commonest(known)
  // What stands in the way more often than not is named before the days that are missing: time alone will not help.
  if (cause !== undefined && known.length > good.size) return cause
  return progress(evidence, days, countedIn({ good, bad })).tooShort ? 'period_too_short' : 'too_few_days'
}

const excludedOf = (rooms: readonly RoomState[]): Record<string, number> => {
  const doubts = Map.groupBy(
    rooms.flatMap(room => room.doubts),
    doubt => doubt
  )
  return withoutZeros({
    ...Object.fromEntries(
      [...doubts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([doubt, days]) => [doubt, days.length])
    ),
    unavailable: rooms.reduce((n, room) => n + room.unavailable, 0)
  })
}

const evidenceOf = ({ room, state, good, bad }: RoomState): string[] => [
  `room ${room.id} ${state}`,
  ...[...good].map(day => `room ${room.id} good ${day}`),
  ...[...bad.keys()].map(day => `room ${room.id} bad ${day}`)
]
