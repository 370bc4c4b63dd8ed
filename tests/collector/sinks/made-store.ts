import type { AreaRow, DeviceRow, SchoolRow } from '../../../collector/ledger/ledger.ts'
import type { CheckRow } from '../../../collector/ledger/checks.ts'
import type { WorldStore } from '../../../collector/sinks/influx/world.ts'
import type { LoggedBatch, LoggedReading, PlaceRow } from '../../../collector/store/sink-store.ts'
import type { AgentRow } from '../../../collector/store/store.ts'
import type { DayRollup } from '../../../collector/verdicts/rollup.ts'

/** Tuesday, 10:00 in the school's hours (08:00 to 17:30), in the period 2026-11. */
export const nowMs = Date.parse('2026-11-03T10:00:00+08:00')

const area = (id: string, level: string, parent?: string): AreaRow => ({
  id,
  parent,
  level,
  name: `${id},"`,
  nameEn: undefined
})
export const areas = [
  area('cn', 'nation'),
  area('shaanxi', 'province', 'cn'),
  area('yulin', 'city', 'shaanxi'),
  area('dingbian', 'county', 'yulin'),
  area('jingbian', 'county', 'yulin')
]

export const aSchool = (id: string, over: Partial<SchoolRow> = {}): SchoolRow => ({
  id,
  code: id,
  name: '一\\',
  nameEn: undefined,
  area: 'dingbian',
  stage: 'primary',
  zone: 'rural',
  townshipCentral: false,
  larger: false,
  pupils: undefined,
  teachers: undefined,
  contact: undefined,
  phone: undefined,
  ...over
})

export const aDevice = (id: string, over: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  school: 's-1',
  room: undefined,
  kind: 'gateway',
  name: 'x\n',
  serial: undefined,
  hostname: undefined,
  macs: [],
  uploadPath: 'campus',
  ...over
})

export const aCheck = (id: number, key: string, probe: string, over: Partial<CheckRow> = {}): CheckRow => ({
  id,
  key,
  version: 1,
  device: 'gw-1',
  probe,
  everyMs: 60_000,
  subject: '',
  place: 'none',
  options: '{}',
  toMs: undefined,
  ...over
})

export const anAgent = (id: string, over: Partial<AgentRow> = {}): AgentRow => ({
  id,
  school: 's-1',
  publicKey: '',
  state: 'approved',
  machine: { hostname: 'x', os: 'linux', macs: [] } as unknown as AgentRow['machine'],
  enrolledMs: nowMs - 86_400_000,
  seenMs: nowMs - 60_000,
  seenIp: undefined,
  skewMs: -40,
  devices: ['gw-1'],
  ...over
})

export const aReading = (over: Partial<LoggedReading> = {}): LoggedReading => ({
  atMs: nowMs - 60_000,
  checkId: 1,
  n: 0,
  twin: 0,
  part: '',
  outcome: 'ok',
  reason: undefined,
  tookMs: 2.5,
  live: true,
  fields: { rtt_ms: 1.5 },
  labels: {},
  ...over
})

export const aBatch = (arrival: number, over: Partial<LoggedBatch> = {}): LoggedBatch => ({
  arrival,
  agent: 'a-1',
  receivedMs: nowMs,
  skewMs: 3,
  rejectedN: 0,
  gaps: [],
  readings: [aReading()],
  ...over
})

export const aRollup = (checkId: number, over: Partial<DayRollup> = {}): DayRollup => ({
  day: '2026-11-02',
  checkId,
  part: '',
  place: '',
  counts: { ok: 10, degraded: 0, failed: 0, unavailable: 0 },
  inHours: { ok: 5, degraded: 0, failed: 0, unavailable: 0 },
  liveFailed: 0,
  reasons: {},
  firstMs: Date.parse('2026-11-02T00:01:00+08:00'),
  last: {
    atMs: Date.parse('2026-11-02T23:00:00+08:00'),
    outcome: 'ok',
    reason: undefined,
    fields: {},
    labels: {}
  },
  fields: {},
  ...over
})

/** What a made store says; a test changes it and moves `ledger`, as a store would. */
export interface Made {
  ledger: number
  areas: readonly AreaRow[]
  schools: readonly SchoolRow[]
  devices: readonly DeviceRow[]
  checks: readonly CheckRow[]
  agents: readonly AgentRow[]
  places: PlaceRow[]
  rollups: readonly DayRollup[]
  readings: Awaited<ReturnType<WorldStore['readingsOfDay']>>
  tests: Awaited<ReturnType<WorldStore['tierTests']>>
  verdicts: Awaited<ReturnType<WorldStore['verdicts']>>
  shares: Awaited<ReturnType<WorldStore['shares']>>
  rankings: Awaited<ReturnType<WorldStore['rankings']>>
  judgedAt: number | undefined
}

/** A store that says what it is told: what SQLite makes of it the suites show. */
export const madeStore = (over: Partial<Made> = {}): { made: Made; store: WorldStore } => {
  const made: Made = {
    ledger: 1,
    areas,
    schools: [aSchool('s-1')],
    devices: [aDevice('gw-1'), aDevice('panel-1', { kind: 'panel', room: 'r-101' })],
    checks: [aCheck(1, 'gw-1-ping', 'ping')],
    agents: [anAgent('a-1')],
    places: [],
    rollups: [],
    readings: [],
    tests: [],
    verdicts: [],
    shares: [],
    rankings: [],
    judgedAt: undefined,
    ...over
  }
  const store: WorldStore = {
    ledgerChanges: async () => made.ledger,
    areas: async () => made.areas,
    schools: async day =>
      made.schools.filter(({ closedOn }) => day === undefined || closedOn === undefined || closedOn >= day),
    devices: async () => made.devices,
    checksOf: async devices => made.checks.filter(({ device }) => devices.includes(device)),
    calendars: async () => [],
    agents: async () => made.agents,
    agent: async id => made.agents.find(agent => agent.id === id),
    places: async sink =>
      made.places
        .filter(place => place.sink === sink)
        .toSorted((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.fromMs - b.fromMs)),
    putPlaces: async rows => {
      const others = made.places.filter(
        old => !rows.some(row => row.subject === old.subject && row.fromMs === old.fromMs && row.sink === old.sink)
      )
      made.places = [...others, ...rows]
    },
    rollupsOf: async (wanted, toDay) =>
      new Map(
        [...wanted].map(([id, { fromDay }]) => [
          id,
          made.rollups.filter(row => row.checkId === id && row.day >= fromDay && row.day <= toDay)
        ])
      ),
    readingsOfDay: async (_day, ids) => made.readings.filter(({ checkId }) => ids.includes(checkId)),
    tierTests: async (uplinks, fromMs, toMs) =>
      made.tests.filter(test => (uplinks?.includes(test.uplink) ?? true) && test.atMs >= fromMs && test.atMs < toMs),
    verdicts: async (_period, _revision, schools) =>
      made.verdicts.filter(({ school }) => schools?.includes(school) ?? true),
    shares: async () => made.shares,
    rankings: async () => made.rankings,
    judgedAt: async () => made.judgedAt,
    packs: async () => []
  }
  return { made, store }
}
