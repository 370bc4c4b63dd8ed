import type { Period } from '../../../collector/calendar/period.ts'
import type { DeviceRow, Fact, PortMapRow, RoomRow, SchoolRow } from '../../../collector/ledger/ledger.ts'
import type { UplinkRow } from '../../../collector/ledger/uplink.ts'
import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { RuleCheck, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { allDays, needOf, startOf } from '../looking.ts'
import type { Dice } from './dice.ts'
import type { Mood } from './ledger.ts'

type Counts = DayRollup['counts']
export interface RowDraft {
  readonly counts: Partial<Counts>
  /** As the counts on a school day, none on another, unless said. */
  readonly inHours?: Partial<Counts>
  readonly live?: number
  readonly reasons?: Readonly<Record<string, number>>
  readonly place?: string
  readonly part?: string
  readonly atMs?: number
  readonly last?: Partial<DayRollup['last']>
  readonly fields?: Readonly<Record<string, number>>
}

/** One school in one month, while it is being made up. */
export interface Scene {
  readonly dice: Dice
  readonly mood: Mood
  readonly period: Period
  readonly asOfMs: number
  readonly schoolDays: readonly string[]
  readonly days: readonly string[]
  readonly need: number
  readonly rooms: RoomRow[]
  readonly devices: DeviceRow[]
  readonly checks: RuleCheck[]
  readonly portMap: PortMapRow[]
  readonly uplinks: UplinkRow[]
  readonly tierTests: TierTest[]
  readonly answered: Map<string, Set<string>>
  room(over: Partial<RoomRow>): RoomRow
  device(kind: string, over?: Partial<DeviceRow>): DeviceRow
  check(device: string, probe: string, subject: string, place?: string): RuleCheck
  row(day: string, check: RuleCheck, draft: RowDraft): void
  fact(key: string, value: string, asOf?: string): void
  evidence(): SchoolEvidence
}

export const sceneOf = (
  dice: Dice,
  school: SchoolRow,
  mood: Mood,
  month: { readonly period: Period; readonly asOfMs: number; readonly schoolDays: readonly string[] }
): Scene => {
  const { period, asOfMs, schoolDays } = month
  const rooms: RoomRow[] = []
  const devices: DeviceRow[] = []
  const checks: RuleCheck[] = []
  const facts = new Map<string, Fact>()
  const rows = new Map<string, DayRollup>()
  const portMap: PortMapRow[] = []
  const uplinks: UplinkRow[] = []
  const tierTests: TierTest[] = []
  const answered = new Map<string, Set<string>>()
  const blank: SchoolEvidence = {
    period,
    asOfMs,
    school,
    rooms,
    devices,
    checks,
    rollups: [],
    facts: [],
    uplinks,
    tierTests,
    portMap,
    schoolDays,
    answered: {},
    before: []
  }
  return {
    dice,
    mood,
    period,
    asOfMs,
    schoolDays,
    days: allDays(blank),
    need: needOf(blank),
    rooms,
    devices,
    checks,
    portMap,
    uplinks,
    tierTests,
    answered,
    room: over => {
      const room = {
        id: `${school.id}-r-${rooms.length}`,
        school: school.id,
        name: `教室${rooms.length}`,
        kind: 'classroom',
        recording: false,
        sync: false,
        ...over
      }
      rooms.push(room)
      return room
    },
    device: (kind, over) => {
      const device: DeviceRow = {
        id: `${school.id}-d-${devices.length}`,
        school: school.id,
        room: undefined,
        kind,
        name: kind,
        serial: undefined,
        hostname: undefined,
        macs: [],
        uploadPath: 'campus',
        ...over
      }
      devices.push(device)
      return device
    },
    check: (device, probe, subject, place = '') => {
      const check = { id: checks.length + 1, device, probe, subject, place }
      checks.push(check)
      return check
    },
    row: (day, check, draft) => {
      const counts = { ok: 0, degraded: 0, failed: 0, unavailable: 0, ...draft.counts }
      const none = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
      const open = schoolDays.includes(day)
      const [part, place] = [draft.part ?? '', draft.place ?? '']
      const atMs = draft.atMs ?? startOf(day) + 9 * 3_600_000
      const outcome = (['ok', 'degraded', 'failed', 'unavailable'] as const).find(one => counts[one] > 0) ?? 'ok'
      rows.set(`${day} ${check.id} ${part} ${place}`, {
        day,
        checkId: check.id,
        part,
        place,
        counts,
        inHours: draft.inHours === undefined ? (open ? counts : none) : { ...none, ...draft.inHours },
        liveFailed: draft.live ?? 0,
        reasons: draft.reasons ?? {},
        firstMs: startOf(day),
        last: { atMs, outcome, reason: undefined, fields: {}, labels: {}, ...draft.last },
        fields: Object.fromEntries(
          Object.entries(draft.fields ?? {}).map(([name, value]) => [
            name,
            { n: 1, min: 0, mean: value, p50: value, p95: value, max: value }
          ])
        )
      })
      if (place === 'off_site' && counts.ok + counts.degraded > 0)
        answered.set(check.subject, (answered.get(check.subject) ?? new Set()).add(day))
    },
    fact: (key, value, asOf = '2025-09-01') => {
      facts.set(`${key} ${asOf}`, { school: school.id, key, value, asOf, source: '核查表', by: '王老师' })
    },
    evidence: () => ({
      ...blank,
      // The store gives nothing that is later than the moment that is asked about.
      rollups: dice.shuffle([...rows.values()].filter(row => startOf(row.day) <= asOfMs)),
      facts: dice.shuffle([...facts.values()])
    })
  }
}
