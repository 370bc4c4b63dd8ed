import { periodNamed, weekdaysOf } from '../../collector/calendar/period.ts'
import { dayStart } from '../../collector/calendar/day.ts'
import type { DeviceRow, Fact, RoomRow, SchoolRow } from '../../collector/ledger/ledger.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import type { RuleCheck, SchoolEvidence } from '../../collector/verdicts/verdict.ts'

export const period = periodNamed('2026-11')
/** 2026-10-20 is day 0. */
export const dayNumber = (i: number): string =>
  new Date(Date.parse(`${period.firstDay}T00:00:00Z`) + i * 86_400_000).toISOString().slice(0, 10)

export const school: SchoolRow = {
  id: 's-1',
  code: '001',
  name: '第一小学',
  nameEn: undefined,
  area: 'dingbian',
  stage: 'primary',
  zone: 'rural',
  townshipCentral: false,
  larger: true,
  pupils: undefined,
  teachers: undefined,
  contact: undefined,
  phone: undefined
}

export const device = (id: string, over: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  school: 's-1',
  room: undefined,
  kind: 'gateway',
  name: id,
  serial: undefined,
  hostname: undefined,
  macs: [],
  uploadPath: 'campus',
  ...over
})

export const room = (id: string): RoomRow => ({
  id,
  school: 's-1',
  name: `教室${id}`,
  kind: 'classroom',
  recording: false,
  sync: false
})

export const check = (id: number, over: Partial<RuleCheck> = {}): RuleCheck => ({
  id,
  device: 'gw-1',
  probe: 'portal',
  subject: `subject-${id}`,
  place: 'off_site',
  ...over
})

export const fact = (key: string, value: string, asOf = '2026-10-25'): Fact => ({
  school: 's-1',
  key,
  value,
  asOf,
  source: '县教育局核查表',
  by: '王老师'
})

export const rollup = (day: string, checkId: number, over: Partial<DayRollup> = {}): DayRollup => ({
  day,
  checkId,
  part: '',
  place: 'off_site',
  counts: { ok: 0, degraded: 0, failed: 0, unavailable: 0, ...over.counts },
  inHours: { ok: 0, degraded: 0, failed: 0, unavailable: 0, ...over.counts },
  liveFailed: 0,
  reasons: {},
  firstMs: dayStart(day),
  last: { atMs: dayStart(day) + 8 * 3_600_000, outcome: 'ok', reason: undefined, fields: {}, labels: {} },
  fields: {},
  ...over
})

const none = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
export const answered = (day: string, checkId: number, place = 'off_site'): DayRollup =>
  rollup(day, checkId, { place, counts: { ...none, ok: 5 } })
export const failing = (day: string, checkId: number, live = 4): DayRollup =>
  rollup(day, checkId, { place: '', counts: { ...none, failed: 4 }, liveFailed: live, reasons: { tcp_timeout: 4 } })
export const unavailable = (day: string, checkId: number, place = ''): DayRollup =>
  rollup(day, checkId, { place, counts: { ...none, unavailable: 3 } })

/** A school with a gateway that reports over another line, and three off-site subjects. Ten days before the period's end. */
export const evidence = (over: Partial<SchoolEvidence> = {}): SchoolEvidence => ({
  period,
  asOfMs: Date.parse('2026-11-10T12:00:00+08:00'),
  school,
  rooms: [],
  devices: [device('gw-1', { uploadPath: 'other' })],
  checks: [check(1), check(2), check(3)],
  rollups: [],
  facts: [],
  uplinks: [],
  tierTests: [],
  portMap: [],
  schoolDays: weekdaysOf(period),
  answered: {},
  before: [],
  ...over
})
