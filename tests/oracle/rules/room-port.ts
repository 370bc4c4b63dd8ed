import type { RoomRow } from '../../../collector/ledger/ledger.ts'
import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { RuleCheck, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import { declaredValue } from '../looking.ts'

/** 千兆端口或无线覆盖: the newest reading of each port, not older than `days` days. */
export const roomPort = (e: SchoolEvidence, p: Parameters): Answer => {
  if (e.rooms.length === 0) return unknown('ledger_incomplete')
  const words = e.rooms.map(room => roomWord(e, room, p['mbps'] ?? 1000, p['days'] ?? 7))
  if (words.includes('missed')) return missed('rooms_missed')
  const unknowns = words.filter(word => word !== 'port' && word !== 'wireless')
  if (unknowns.length === 0) return met('all_rooms')
  const times = (word: string): number => unknowns.filter(one => one === word).length
  const most = Math.max(...unknowns.map(times))
  return unknown(...unknowns.filter(word => times(word) === most))
}

const roomWord = (e: SchoolEvidence, room: RoomRow, want: number, days: number): string => {
  const here = (c: RuleCheck): boolean =>
    c.probe === 'port' && e.devices.some(d => d.id === c.device && d.room === room.id)
  const parts = newest(e, days, here, () => true)
  const mapped = e.portMap.filter(port => port.room === room.id)
  const switchPorts = mapped.flatMap(port =>
    newest(
      e,
      days,
      c => (c.probe === 'port' || c.probe === 'snmp_port') && c.device === port.switch,
      row => row.part === port.port
    )
  )
  const speed = (row: DayRollup): number => row.last.fields['speed_mbps'] ?? 0
  const kind = (row: DayRollup): string => row.last.labels['kind'] ?? ''
  const ports = parts.filter(row => kind(row) === 'port')
  const wifi = parts.filter(row => kind(row) === 'wifi')

  if (mapped.length === 0 && !e.devices.some(d => d.room === room.id)) return 'no_device'
  if (parts.length === 0 && switchPorts.length === 0) return 'not_measured'
  if (switchPorts.some(row => row.last.outcome === 'ok' && speed(row) >= want)) return 'port'
  if (ports.some(row => speed(row) >= want && (row.last.outcome === 'ok' || row.last.fields['duplex_full'] === 1)))
    return 'port'
  if (wifi.some(row => row.last.outcome === 'ok' || row.last.reason === 'weak_signal')) return 'wireless'
  const slow = ports.filter(row => row.last.outcome === 'degraded')
  const below = switchPorts.filter(row => row.last.outcome === 'degraded' && speed(row) < want)
  if (slow.length === 0 && below.length === 0) return 'port_unreadable'
  const card = (row: DayRollup): number | undefined => row.last.fields['capable_mbps']
  // The switch speaks for the room, unless the card in the room is known to be the slow end of it.
  if (below.length > 0 && slow.some(row => (card(row) ?? want) < want)) return 'card_unknown'
  if (below.length === 0 && slow.some(row => (card(row) ?? 0) < want)) return 'card_unknown'
  const noWireless = declaredValue(e, 'room-wireless') === 'none' || wifi.some(row => row.last.outcome === 'failed')
  return noWireless ? 'missed' : 'wireless_unknown'
}

/** The last rollup of every port, by device and name. */
const newest = (
  e: SchoolEvidence,
  days: number,
  wanted: (check: RuleCheck) => boolean,
  isPart: (row: DayRollup) => boolean
): DayRollup[] => {
  const toMs = e.asOfMs
  const fromMs = toMs - days * 86_400_000
  const found: { device: string; row: DayRollup }[] = []
  for (const row of e.rollups) {
    const check = e.checks.find(c => c.id === row.checkId)
    if (check === undefined || !wanted(check) || !isPart(row)) continue
    if (row.last.atMs < fromMs || row.last.atMs > toMs) continue
    found.push({ device: check.device, row })
  }
  return found
    .filter(
      ({ device, row }) =>
        !found.some(
          other =>
            other.device === device &&
            other.row.part === row.part &&
            (other.row.last.atMs > row.last.atMs ||
              (other.row.last.atMs === row.last.atMs && other.row.checkId > row.checkId))
        )
    )
    .map(({ row }) => row)
}
