import type { Fact } from '../ledger/ledger.ts'
import { commonest, daysOfRule, percentCut, progress, sourceOf, withoutZeros } from './days.ts'
import { panelsOf, runningDays } from './panel-days.ts'
import { declared, type Finding, type Rule, type SchoolEvidence } from './verdict.ts'

/**
 * 多媒体设备普及率、班班通 (榆林市教育信息化2.0行动计划: every classroom and function room; 川教函〔2017〕130号: ordinary classrooms, a share of
 * them). A room has it when a panel of the ledger that stands in it ran on `days` school days. A room whose panel is silent is unknown:
 * missed needs the declaration `rooms-without-panel` with so many rooms that the rest cannot reach `share_pct`.
 */
export const panelCoverage: Rule = {
  version: 'panel-coverage/1',
  probes: ['host'],
  reads: [],
  parameters: {
    days: { unit: 'days', least: 1, most: 31, whole: true, byDefault: 3 },
    share_pct: { unit: '%', least: 1, most: 100, whole: true, byDefault: 100 },
    classrooms_only: { unit: '0 or 1', least: 0, most: 1, whole: true, oneOf: [0, 1], byDefault: 0 }
  },
  judge: (evidence, parameters) => {
    const sharePct = parameters['share_pct'] ?? 100
    const rooms = roomsOf(evidence, parameters['days'] ?? 3, parameters['classrooms_only'] === 1)
    const runs = rooms.filter(room => room.state === 'runs').length
    const without = declaredWithout(evidence)
    const enough = (n: number): boolean => 100 * n >= sharePct * rooms.length
    const base: Omit<Finding, 'verdict' | 'reason'> = {
      n: runs,
      expectedN: rooms.length,
      facts: {
        ...slowest(evidence, rooms, parameters['days'] ?? 3),
        rooms: rooms.length,
        running_rooms: runs,
        silent_rooms: rooms.filter(room => room.state === 'silent').length,
        no_panel_rooms: rooms.filter(room => room.state === 'no_panel').length,
        running_pct: percentCut(runs, rooms.length),
        share_pct: sharePct,
        ...(without === undefined ? {} : { declared_rooms: without.rooms, ...sourceOf(without.fact) })
      },
      excluded: withoutZeros({
        silent: rooms.filter(room => room.state === 'silent').length,
        no_panel: rooms.filter(room => room.state === 'no_panel').length
      }),
      evidence: rooms.map(room => `room ${room.id} ${room.state}`)
    }
    if (rooms.length === 0) return { ...base, verdict: 'unknown', reason: 'ledger_incomplete' }
    if (enough(runs)) return { ...base, verdict: 'met', reason: 'rooms_run' }
    if (without !== undefined && !enough(rooms.length - without.rooms)) {
      if (runs > rooms.length - without.rooms)
        return { ...base, verdict: 'unknown', reason: 'declaration_contradicted' }
      const lines = [`fact rooms-without-panel ${without.fact.asOf}`, ...base.evidence]
      return { ...base, verdict: 'missed', reason: 'declared_without', evidence: lines }
    }
    return { ...base, verdict: 'unknown', reason: commonest(rooms.flatMap(unknownOf)) ?? 'silent' }
  }
}

interface RoomState {
  readonly id: string
  readonly state: 'runs' | 'silent' | 'no_panel'
  /** Of the panel that ran most. */
  readonly ran: ReadonlySet<string>
}

const unknownOf = ({ state }: RoomState): string[] => (state === 'runs' ? [] : [state])

const roomsOf = (evidence: SchoolEvidence, wantDays: number, classroomsOnly: boolean): RoomState[] => {
  const running = runningDays(evidence, daysOfRule(evidence))
  const panels = Map.groupBy(panelsOf(evidence), panel => panel.room)
  return evidence.rooms
    .filter(room => !classroomsOnly || room.kind === 'classroom')
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id }) => {
      const own = panels.get(id) ?? []
      const [ran = new Set<string>()] = own
        .map(panel => running.get(panel.id) ?? new Set<string>())
        .toSorted((a, b) => b.size - a.size)
      return { id, state: own.length === 0 ? 'no_panel' : ran.size >= wantDays ? 'runs' : 'silent', ran }
    })
}

/** How far the panel is that has the longest way to go: it says when the school can be judged. */
const slowest = (
  evidence: SchoolEvidence,
  rooms: readonly RoomState[],
  wantDays: number
): Record<string, number | string> => {
  const [last] = rooms.filter(room => room.state === 'silent').toSorted((a, b) => a.ran.size - b.ran.size)
  return { ...progress(evidence, daysOfRule(evidence), last?.ran ?? new Set(), wantDays).facts }
}

/** How many rooms are declared to have no panel. What is no whole number above zero declares nothing. */
const declaredWithout = (evidence: SchoolEvidence): { readonly rooms: number; readonly fact: Fact } | undefined => {
  const fact = declared(evidence, 'rooms-without-panel')
  if (fact === undefined || !/^[1-9]\d{0,5}$/.test(fact.value.trim())) return undefined
  return { rooms: Number(fact.value), fact }
}
