import { dayMs } from '../calendar/day.ts'
import type { RoomRow } from '../ledger/ledger.ts'
import type { DayRollup } from './rollup.ts'
import { declared, type Finding, type Rule, type SchoolEvidence } from './verdict.ts'

/**
 * 教室千兆端口或无线覆盖: every classroom and function room has a 1000 Mbit/s port or wireless. Judged room by room from the latest reading
 * of each port within 7 days. A panel's slow port alone proves nothing: its own card may be a 100M one, and wireless would do.
 * So a room is missed only when a card known to do 1000 Mbit/s got less **and** wireless was measured or declared to be absent.
 * A switch port that the ledger's port map leads to the room needs no card: the switch says what it negotiated, and only a card in the
 * room that is known to be slow can be the cause of a slow one.
 */
export const roomPort: Rule = {
  version: 'room-port/2',
  probes: ['port', 'snmp_port'],
  reads: ['last'],
  lastDays: parameters => parameters['days'] ?? 7,
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
    const seen = latestPorts(evidence, fromMs)
    const rooms = evidence.rooms.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const states = rooms.map(room => ({ room, state: roomState(evidence, room, seen, wantMbps) }))
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

const roomState = (evidence: SchoolEvidence, room: RoomRow, seen: LatestPorts, wantMbps: number): RoomState => {
  const devices = evidence.devices.filter(d => d.room === room.id)
  const ports = evidence.portMap.filter(port => port.room === room.id)
  if (devices.length + ports.length === 0) return 'no_device'
  const own = devices.flatMap(device => seen.own.get(device.id) ?? [])
  const mapped = ports.flatMap(port => seen.any.get(port.switch)?.filter(part => part.part === port.port) ?? [])
  if (own.length + mapped.length === 0) return 'not_measured'
  if (mapped.some(part => fastEnough(part, wantMbps))) return 'port'
  if (own.some(part => isPort(part) && fastEnough(part, wantMbps))) return 'port'
  if (own.some(part => isWireless(part) && (part.last.outcome === 'ok' || part.last.reason === 'weak_signal')))
    return 'wireless'

  const slow = own.filter(part => isPort(part) && part.last.outcome === 'degraded')
  const below = mapped.some(
    part => part.last.outcome === 'degraded' && (part.last.fields['speed_mbps'] ?? wantMbps) < wantMbps
  )
  if (slow.length === 0 && !below) return 'port_unreadable'
  // Without the switch's word a card that does not say what it can do is doubted; beside it only one that says that it cannot.
  const capable = slow.map(part => part.last.fields['capable_mbps'] ?? (below ? wantMbps : 0))
  if (capable.some(mbps => mbps < wantMbps)) return 'card_unknown'
  const wirelessAbsent = declared(evidence, 'room-wireless')?.value === 'none'
  const wirelessFails = own.some(part => isWireless(part) && part.last.outcome === 'failed')
  return wirelessAbsent || wirelessFails ? 'missed' : 'wireless_unknown'
}

/** The probe's `ok` stands for the duplex where the system does not say it; the speed is the pack's to judge. */
const fastEnough = (part: DayRollup, wantMbps: number): boolean =>
  (part.last.fields['speed_mbps'] ?? 0) >= wantMbps &&
  (part.last.outcome === 'ok' || part.last.fields['duplex_full'] === 1)

const isWireless = (part: DayRollup): boolean => part.last.labels['kind'] === 'wifi'
const isPort = (part: DayRollup): boolean => part.last.labels['kind'] === 'port'

/** Device → the newest rollup of each of its ports. */
interface LatestPorts {
  /** Of what the device says about itself. */
  readonly own: ReadonlyMap<string, readonly DayRollup[]>
  /** Of that and of what is asked from outside (SNMP): a switch rarely runs an agent. */
  readonly any: ReadonlyMap<string, readonly DayRollup[]>
}

/** Once for all rooms of the school: what an earlier version of a port's check said must not outlive what the next one says. */
const latestPorts = (evidence: SchoolEvidence, fromMs: number): LatestPorts => {
  const checks = new Map(evidence.checks.filter(c => c.probe === 'port' || c.probe === 'snmp_port').map(c => [c.id, c]))
  const own = new Map<string, Map<string, DayRollup>>()
  const any = new Map<string, Map<string, DayRollup>>()
  for (const row of evidence.rollups) {
    const check = checks.get(row.checkId)
    if (check === undefined || row.last.atMs < fromMs || row.last.atMs > evidence.asOfMs) continue
    keepNewest(any, check.device, row)
    if (check.probe === 'port') keepNewest(own, check.device, row)
  }
  const lists = (of: typeof own) => new Map([...of].map(([device, parts]) => [device, [...parts.values()]]))
  return { own: lists(own), any: lists(any) }
}

const keepNewest = (of: Map<string, Map<string, DayRollup>>, device: string, row: DayRollup): void => {
  const parts = of.get(device)
  const known = parts?.get(row.part)
  if (parts === undefined) of.set(device, new Map([[row.part, row]]))
  else if (known === undefined || isNewer(row, known)) parts.set(row.part, row)
}

const isNewer = (a: DayRollup, b: DayRollup): boolean =>
  a.last.atMs !== b.last.atMs ? a.last.atMs > b.last.atMs : a.checkId > b.checkId
