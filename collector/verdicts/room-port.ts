import { dayMs } from '../calendar/day.ts'
import type { RoomRow } from '../ledger/ledger.ts'
import type { DayRollup } from './rollup.ts'
import { declared, type Finding, type Rule, type SchoolEvidence } from './verdict.ts'

/**
 * 教室千兆端口或无线覆盖: every classroom and function room has a 1000 Mbit/s port or wireless. Judged room by room from the latest reading
 * of each port within 7 days. A panel's slow port alone proves nothing: its own card may be a 100M one, and wireless would do.
 * So a room is missed only when a card known to do 1000 Mbit/s got less **and** wireless was measured or declared to be absent.
 */
export const roomPort: Rule = {
  version: 'room-port/1',
  probes: ['port'],
  parameters: {
    days: { unit: 'days', least: 1, most: 31, whole: true, byDefault: 7 },
    mbps: { unit: 'Mbit/s', least: 10, most: 100_000, whole: true, byDefault: 1000 }
  },
  judge: (evidence, parameters) => {
    const fromMs = Math.min(evidence.asOfMs, evidence.period.toMs) - (parameters['days'] ?? 7) * dayMs
    const wantMbps = parameters['mbps'] ?? 1000
    if (evidence.rooms.length === 0)
      return {
        verdict: 'unknown',
        reason: 'ledger_incomplete',
        n: 0,
        expectedN: 0,
        facts: {},
        excluded: {},
        evidence: []
      }
    const states = evidence.rooms.map(room => ({ room, state: roomState(evidence, room, fromMs, wantMbps) }))
    const met = states.filter(s => s.state === 'port' || s.state === 'wireless')
    const missed = states.filter(s => s.state === 'missed')
    const unknown = states.length - met.length - missed.length
    const facts = {
      rooms: states.length,
      met_rooms: met.length,
      port_rooms: met.filter(s => s.state === 'port').length,
      wireless_rooms: met.filter(s => s.state === 'wireless').length,
      missed_rooms: missed.length,
      unknown_rooms: unknown,
      names: missed
        .map(s => s.room.name)
        .slice(0, 5)
        .join('、')
    }
    const excluded = Object.fromEntries(
      [...Map.groupBy(states.map(s => s.state).filter(isUnknown), s => s)].map(([state, list]) => [state, list.length])
    )
    const base = {
      n: met.length + missed.length,
      expectedN: states.length,
      facts,
      excluded,
      evidence: states.map(s => `room ${s.room.id} ${s.state}`)
    }
    return { ...base, ...schoolFinding(missed.length, unknown, excluded) }
  }
}

const schoolFinding = (
  missed: number,
  unknown: number,
  excluded: Readonly<Record<string, number>>
): Pick<Finding, 'verdict' | 'reason'> => {
  if (missed > 0) return { verdict: 'missed', reason: 'rooms_missed' }
  if (unknown === 0) return { verdict: 'met', reason: 'all_rooms' }
  const [commonest] = Object.entries(excluded).toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0] ?? []
  return { verdict: 'unknown', reason: commonest ?? 'not_measured' }
}

type UnknownRoom = 'no_device' | 'not_measured' | 'port_unreadable' | 'card_unknown' | 'wireless_unknown'
type RoomState = 'port' | 'wireless' | 'missed' | UnknownRoom

const isUnknown = (state: RoomState): state is UnknownRoom =>
  state !== 'port' && state !== 'wireless' && state !== 'missed'

const roomState = (evidence: SchoolEvidence, room: RoomRow, fromMs: number, wantMbps: number): RoomState => {
  const devices = new Set(evidence.devices.filter(d => d.room === room.id).map(d => d.id))
  if (devices.size === 0) return 'no_device'
  const checks = new Map(
    evidence.checks.filter(c => c.probe === 'port' && devices.has(c.device)).map(c => [c.id, c.device])
  )
  const parts = latestParts(
    evidence.rollups.filter(r => checks.has(r.checkId) && r.last.atMs >= fromMs && r.last.atMs <= evidence.asOfMs),
    checks
  )
  if (parts.length === 0) return 'not_measured'
  if (parts.some(part => isPort(part) && fastEnough(part, wantMbps))) return 'port'
  if (parts.some(part => isWireless(part) && (part.last.outcome === 'ok' || part.last.reason === 'weak_signal')))
    return 'wireless'

  const slow = parts.filter(part => isPort(part) && part.last.outcome === 'degraded')
  if (slow.length === 0) return 'port_unreadable'
  if (slow.some(part => (part.last.fields['capable_mbps'] ?? 0) < wantMbps)) return 'card_unknown'
  const wirelessAbsent = declared(evidence, 'room-wireless')?.value === 'none'
  const wirelessFails = parts.some(part => isWireless(part) && part.last.outcome === 'failed')
  return wirelessAbsent || wirelessFails ? 'missed' : 'wireless_unknown'
}

/** The probe's `ok` stands for the duplex where the system does not say it; the speed is the pack's to judge. */
const fastEnough = (part: DayRollup, wantMbps: number): boolean =>
  (part.last.fields['speed_mbps'] ?? 0) >= wantMbps &&
  (part.last.outcome === 'ok' || part.last.fields['duplex_full'] === 1)

const isWireless = (part: DayRollup): boolean => part.last.labels['kind'] === 'wifi'
const isPort = (part: DayRollup): boolean => part.last.labels['kind'] === 'port'

/** The newest rollup of every port: what an earlier version of its check said must not outlive what the next one says. */
const latestParts = (rollups: readonly DayRollup[], deviceOf: ReadonlyMap<number, string>): DayRollup[] => {
  const newest = new Map<string, DayRollup>()
  for (const rollup of rollups) {
    const key = `${deviceOf.get(rollup.checkId) ?? ''} ${rollup.part}`
    const known = newest.get(key)
    if (known === undefined || isNewer(rollup, known)) newest.set(key, rollup)
  }
  return [...newest.values()]
}

const isNewer = (a: DayRollup, b: DayRollup): boolean =>
  a.last.atMs !== b.last.atMs ? a.last.atMs > b.last.atMs : a.checkId > b.checkId
