import t from 'tap'
import { roomPort } from '../../collector/verdicts/room-port.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import type { Finding, SchoolEvidence } from '../../collector/verdicts/verdict.ts'
import { check, device, evidence, fact, rollup, room } from '../rig/evidence.ts'

const asOfMs = Date.parse('2026-11-10T12:00:00+08:00')
const day = '2026-11-10'
const hour = 3_600_000

const part = (checkId: number, last: Partial<DayRollup['last']>, hoursAgo = 1, name = 'eth0'): DayRollup =>
  rollup(day, checkId, {
    part: name,
    place: '',
    last: {
      atMs: asOfMs - hoursAgo * hour,
      outcome: 'ok',
      reason: undefined,
      fields: {},
      labels: { kind: 'port' },
      ...last
    }
  })
const fast = (id: number, hoursAgo = 1) =>
  part(id, { fields: { speed_mbps: 1000, duplex_full: 1, capable_mbps: 1000 } }, hoursAgo)
const slow = (id: number, capable: number | null = 1000, hoursAgo = 1, name = 'eth0') =>
  part(
    id,
    {
      outcome: 'degraded',
      reason: 'speed_low',
      fields: { speed_mbps: 100, ...(capable === null ? {} : { capable_mbps: capable }) }
    },
    hoursAgo,
    name
  )
const unreadable = (id: number) => part(id, { outcome: 'unavailable', reason: 'speed_unknown' })
const wifi = (id: number, last: Partial<DayRollup['last']>) =>
  part(id, { labels: { kind: 'wifi' }, ...last }, 1, 'wlan0')
const wifiFails = (id: number) => wifi(id, { outcome: 'failed', reason: 'signal_too_low' })

const base: Partial<SchoolEvidence> = {
  asOfMs,
  rooms: [room('r-1')],
  devices: [device('p-1', { room: 'r-1', kind: 'panel' })],
  checks: [check(1, { device: 'p-1', probe: 'port', subject: '', place: 'none' })]
}
const judge = (over: Partial<SchoolEvidence>, parameters = { mbps: 1000, days: 7 }): Finding =>
  roomPort.judge(evidence({ ...base, ...over }), parameters)

const table: [string, Partial<SchoolEvidence>, Finding['verdict'], string][] = [
  ['a 1000M port', { rollups: [fast(1)] }, 'met', 'all_rooms'],
  ['a strong signal', { rollups: [wifi(1, {})] }, 'met', 'all_rooms'],
  ['a sufficient signal', { rollups: [wifi(1, { outcome: 'degraded', reason: 'weak_signal' })] }, 'met', 'all_rooms'],
  ['a slow port beside good wireless', { rollups: [slow(1), wifi(1, {})] }, 'met', 'all_rooms'],
  ['a slow port beside a fast one', { rollups: [slow(1, 1000, 1, 'eth1'), fast(1)] }, 'met', 'all_rooms'],
  ['no rooms in the ledger: never met by emptiness', { rooms: [], rollups: [fast(1)] }, 'unknown', 'ledger_incomplete'],
  ['a room without a device', { devices: [] }, 'unknown', 'no_device'],
  ['a device without readings', {}, 'unknown', 'not_measured'],
  ['readings older than seven days', { rollups: [fast(1, 7 * 24 + 1)] }, 'unknown', 'not_measured'],
  ['readings of exactly seven days', { rollups: [fast(1, 7 * 24)] }, 'met', 'all_rooms'],
  ['readings of the future', { rollups: [fast(1, -1)] }, 'unknown', 'not_measured'],
  [
    'another probe’s readings',
    { checks: [check(1, { device: 'p-1', probe: 'host' })], rollups: [fast(1)] },
    'unknown',
    'not_measured'
  ],
  [
    'another room’s device',
    { devices: [device('p-1', { room: 'r-9' }), device('p-2', { room: 'r-1' })], rollups: [fast(1)] },
    'unknown',
    'not_measured'
  ],
  ['a port that cannot be read', { rollups: [unreadable(1)] }, 'unknown', 'port_unreadable'],
  ['a slow port of a card that may be a 100M one', { rollups: [slow(1, 100)] }, 'unknown', 'card_unknown'],
  ['a slow port of a card that does not say', { rollups: [slow(1, null)] }, 'unknown', 'card_unknown'],
  ['a slow port, wireless not known', { rollups: [slow(1)] }, 'unknown', 'wireless_unknown'],
  [
    'a slow port, wireless not associated',
    { rollups: [slow(1), wifi(1, { outcome: 'unavailable', reason: 'not_associated' })] },
    'unknown',
    'wireless_unknown'
  ],
  ['a slow port and wireless that fails', { rollups: [slow(1), wifiFails(1)] }, 'missed', 'rooms_missed'],
  [
    'a slow port and wireless declared absent',
    { facts: [fact('room-wireless', 'none')], rollups: [slow(1)] },
    'missed',
    'rooms_missed'
  ],
  [
    'wireless declared absent, card not known',
    { facts: [fact('room-wireless', 'none')], rollups: [slow(1, 100)] },
    'unknown',
    'card_unknown'
  ],
  ['wireless that fails alone', { rollups: [wifiFails(1)] }, 'unknown', 'port_unreadable'],
  ['a port slow yesterday and fast today', { rollups: [slow(1, 1000, 30), fast(1), wifiFails(1)] }, 'met', 'all_rooms'],
  ['a port fast yesterday and slow today', { rollups: [fast(1, 30), slow(1), wifiFails(1)] }, 'missed', 'rooms_missed'],
  [
    'half duplex is not a 1000M port',
    {
      rollups: [
        part(1, {
          outcome: 'degraded',
          reason: 'half_duplex',
          fields: { speed_mbps: 1000, duplex_full: 0, capable_mbps: 1000 }
        }),
        wifiFails(1)
      ]
    },
    'missed',
    'rooms_missed'
  ],
  [
    'what an earlier version of the check said does not outlive the next one',
    {
      checks: [1, 2].map(id => check(id, { device: 'p-1', probe: 'port' })),
      rollups: [slow(1, 1000, 30), wifiFails(1), fast(2)]
    },
    'met',
    'all_rooms'
  ],
  [
    'nor does its praise',
    {
      checks: [1, 2].map(id => check(id, { device: 'p-1', probe: 'port' })),
      rollups: [fast(1, 30), slow(2), wifiFails(2)]
    },
    'missed',
    'rooms_missed'
  ]
]
for (const [name, over, verdict, reason] of table)
  void t.test(`${name}: ${verdict}, ${reason}`, t => {
    const finding = judge(over)
    t.same([finding.verdict, finding.reason], [verdict, reason])
    t.end()
  })

const three = (rollups: readonly DayRollup[]): Partial<SchoolEvidence> => ({
  rooms: ['r-1', 'r-2', 'r-3'].map(room),
  devices: ['1', '2', '3'].map(n => device(`p-${n}`, { room: `r-${n}` })),
  checks: [1, 2, 3].map(id => check(id, { device: `p-${id}`, probe: 'port' })),
  rollups
})

void t.test('one missed room misses the school, whatever the others are; one unknown room leaves it open', t => {
  const missed = judge(three([fast(1), slow(2), wifiFails(2)]))
  t.match(missed, { verdict: 'missed', n: 2, expectedN: 3 })
  t.same(missed.facts, {
    rooms: 3,
    met_rooms: 1,
    port_rooms: 1,
    wireless_rooms: 0,
    missed_rooms: 1,
    unknown_rooms: 1,
    names: '教室r-2'
  })
  t.same(missed.excluded, { not_measured: 1 })
  t.same(missed.evidence, ['room r-1 port', 'room r-2 missed', 'room r-3 not_measured'])
  t.match(judge(three([fast(1), fast(2)])), { verdict: 'unknown', reason: 'not_measured', n: 2 })
  t.match(judge(three([fast(1), fast(2), wifi(3, {})])), {
    verdict: 'met',
    facts: { port_rooms: 2, wireless_rooms: 1 }
  })
  t.end()
})

void t.test('the reason of unknown is the commonest one', t => {
  t.equal(judge(three([unreadable(1), slow(2), slow(3)])).reason, 'wireless_unknown')
  t.equal(judge(three([unreadable(1), slow(2)])).reason, 'not_measured', 'of equals the first by name')
  t.end()
})

void t.test('the figures are the pack’s', t => {
  const shortly = judge({ rollups: [fast(1, 30)] }, { mbps: 1000, days: 1 })
  t.equal(shortly.reason, 'not_measured')
  const hundred = judge(
    { rollups: [part(1, { outcome: 'degraded', reason: 'speed_low', fields: { speed_mbps: 100, duplex_full: 1 } })] },
    { mbps: 100, days: 7 }
  )
  t.equal(hundred.verdict, 'met')
  t.end()
})

void t.test('a port that is ok by the probe’s own measure must still reach the pack’s figure', t => {
  const wanting = judge({ rollups: [fast(1), wifiFails(1)] }, { mbps: 2500, days: 7 })
  t.not(wanting.verdict, 'met')
  t.end()
})

/** Room r-1 hangs on port Gi0/1 of switch sw-1; check 9 asks the switch, check 1 is of the room's panel. */
const switched: Partial<SchoolEvidence> = {
  devices: [device('p-1', { room: 'r-1', kind: 'panel' }), device('sw-1', { kind: 'switch' })],
  checks: [check(1, { device: 'p-1', probe: 'port' }), check(9, { device: 'sw-1', probe: 'snmp_port' })],
  portMap: [{ switch: 'sw-1', port: 'Gi0/1', room: 'r-1' }]
}
const says = (mbps: number | undefined, outcome: 'ok' | 'degraded' | 'unavailable', hoursAgo = 1, port = 'Gi0/1') =>
  part(
    9,
    {
      outcome,
      reason: outcome === 'ok' ? undefined : 'speed_low',
      labels: {},
      fields: mbps === undefined ? {} : { speed_mbps: mbps }
    },
    hoursAgo,
    port
  )
const noWireless = { facts: [fact('room-wireless', 'none')] }
const mapped: [string, Partial<SchoolEvidence>, Finding['verdict'], string][] = [
  ['a 1000M switch port, no agent in the room', { rollups: [says(1000, 'ok')] }, 'met', 'all_rooms'],
  [
    'no device in the room at all',
    { devices: [device('sw-1', { kind: 'switch' })], rollups: [says(1000, 'ok')] },
    'met',
    'all_rooms'
  ],
  ['the switch outweighs a card that may be slow', { rollups: [says(1000, 'ok'), slow(1, null)] }, 'met', 'all_rooms'],
  ['a slow switch port, wireless not known', { rollups: [says(100, 'degraded')] }, 'unknown', 'wireless_unknown'],
  ['a slow switch port, no wireless', { rollups: [says(100, 'degraded')], ...noWireless }, 'missed', 'rooms_missed'],
  [
    'and a card that does not say what it can',
    { rollups: [says(100, 'degraded'), slow(1, null)], ...noWireless },
    'missed',
    'rooms_missed'
  ],
  [
    'but a card that says it cannot',
    { rollups: [says(100, 'degraded'), slow(1, 100)], ...noWireless },
    'unknown',
    'card_unknown'
  ],
  ['another fast port of the room', { rollups: [says(100, 'degraded'), fast(1)], ...noWireless }, 'met', 'all_rooms'],
  ['good wireless', { rollups: [says(100, 'degraded'), wifi(1, {})], ...noWireless }, 'met', 'all_rooms'],
  [
    'a switch port that tells no speed',
    { rollups: [says(undefined, 'degraded')], ...noWireless },
    'unknown',
    'port_unreadable'
  ],
  [
    'a switch port without a cable',
    { rollups: [says(undefined, 'unavailable')], ...noWireless },
    'unknown',
    'port_unreadable'
  ],
  ['another port of the switch', { rollups: [says(1000, 'ok', 1, 'Gi0/2')] }, 'unknown', 'not_measured'],
  ['an old word of the switch', { rollups: [says(1000, 'ok', 7 * 24 + 1)] }, 'unknown', 'not_measured'],
  [
    'fast yesterday, slow today',
    { rollups: [says(1000, 'ok', 30), says(100, 'degraded')], ...noWireless },
    'missed',
    'rooms_missed'
  ],
  [
    'another room’s switch port',
    { portMap: [{ switch: 'sw-1', port: 'Gi0/1', room: 'r-9' }], rollups: [says(1000, 'ok')] },
    'unknown',
    'not_measured'
  ]
]
for (const [name, over, verdict, reason] of mapped)
  void t.test(`by the port map, ${name}: ${verdict}, ${reason}`, t => {
    const finding = judge({ ...switched, ...over })
    t.same([finding.verdict, finding.reason], [verdict, reason])
    t.end()
  })
