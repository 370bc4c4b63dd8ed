import { dayOf } from '../calendar/day.ts'
import type { Period } from '../calendar/period.ts'
import { openCalendars, type Calendars, type SchoolCalendar } from '../calendar/school-calendar.ts'
import type { GroupRow, SchoolRow } from '../ledger/ledger.ts'
import { packOf } from '../ledger/load.ts'
import type { CalendarRow } from '../store/calendar-store.ts'
import type { PackRow, StoreReads } from '../store/store.ts'
import { isVacation } from '../verdicts/evaluate.ts'
import type { PackTarget } from '../verdicts/pack.ts'
import { openTargets, type Jurisdiction } from '../verdicts/resolve.ts'
import { laterTestsMs, memoryFromMs } from '../verdicts/uplink/history.ts'
import type { RuleCheck, SchoolEvidence } from '../verdicts/verdict.ts'
import { beforeOf } from './before.ts'
import { partsFor } from './parts.ts'

/** What all schools of a period share, and a way through the evidence of each. */
export interface PeriodInputs {
  readonly period: Period
  /** Never after the period's end. */
  readonly asOfMs: number
  readonly jurisdiction: Jurisdiction
  readonly groups: readonly GroupRow[]
  /** Each in the area where it is on the period's last day; in id order. */
  readonly schools: readonly SchoolRow[]
  readonly calendars: Calendars
  readonly answered: SchoolEvidence['answered']
  /** Packs and calendars as they were written: they are evidence too. */
  readonly packRows: readonly PackRow[]
  readonly calendarRows: readonly CalendarRow[]
  /** The targets that rule in an area. */
  targetsOf(area: string): readonly PackTarget[]
  /**
   * Evidence of the schools, or of some of them, in id order and a few at a time: a city's rollups do not fit into memory. Of rollups there is
   * what the rules of the school's targets look at, and no more.
   */
  evidence(only?: ReadonlySet<string>): AsyncIterable<readonly SchoolEvidence[]>
}

/** So few that their rollups (5,000 a school with 40 devices) are gone before the next ones come. */
const schoolsAtOnce = 2

export const openPeriod = async (store: StoreReads, period: Period, nowMs: number): Promise<PeriodInputs> => {
  const asOfMs = Math.min(nowMs, period.toMs)
  const [areas, schools, packRows, scopes, groups, calendarRows, answeredRows] = await Promise.all([
    store.areas(),
    store.schools(period.lastDay),
    store.packs(),
    store.packScopes(),
    store.groups(),
    store.calendars(),
    store.answered(period.firstDay, period.lastDay)
  ])
  const jurisdiction = { areas, packs: packRows.map(packOf), scopes }
  const shared = {
    period,
    asOfMs,
    jurisdiction,
    groups,
    schools,
    calendars: openCalendars(calendarRows, areas),
    answered: Object.fromEntries(
      [...Map.groupBy(answeredRows, row => row.subject)].map(([subject, rows]) => [subject, rows.map(row => row.day)])
    ),
    packRows,
    calendarRows,
    targetsOf: openTargets(jurisdiction, period.name)
  }
  return { ...shared, evidence: only => evidenceOf(store, shared, nowMs, only) }
}

async function* evidenceOf(
  store: StoreReads,
  inputs: Omit<PeriodInputs, 'evidence'>,
  nowMs: number,
  only: ReadonlySet<string> | undefined
): AsyncGenerator<readonly SchoolEvidence[]> {
  const gather = openGather(store, inputs, nowMs)
  const schools = inputs.schools.filter(school => only?.has(school.id) ?? true)
  // Nothing of what was gathered may live on here, or a city's worth of it grows old before it is thrown away.
  for (let i = 0; i < schools.length; i += schoolsAtOnce) yield await gather(schools.slice(i, i + schoolsAtOnce))
}

const openGather = (
  store: StoreReads,
  { period, asOfMs, calendars, answered, targetsOf }: Omit<PeriodInputs, 'evidence'>,
  nowMs: number
): ((chunk: readonly SchoolRow[]) => Promise<SchoolEvidence[]>) => {
  const before = beforeOf(store, period.name)
  const schoolDaysOf = daysByCalendar(calendars, period)
  const lastDay = period.lastDay < dayOf(asOfMs) ? period.lastDay : dayOf(asOfMs)

  return async chunk => {
    const ids = chunk.map(school => school.id)
    const [rooms, devices, facts, uplinks] = await Promise.all([
      store.rooms(ids),
      store.devices(ids),
      store.facts(ids),
      store.uplinks(ids)
    ])
    const deviceIds = devices.map(device => device.id)
    const lines = uplinks.map(uplink => uplink.id)
    const [checks, portMap, tests, verdictsBefore] = await Promise.all([
      store.ruleChecksOf(deviceIds),
      store.portMap(devices.filter(device => device.kind === 'switch').map(device => device.id)),
      lines.length === 0
        ? []
        : store.tierTests(lines, memoryFromMs(period), Math.min(nowMs, period.toMs + laterTestsMs) + 1),
      before(chunk.filter(school => isVacation({ schoolDays: schoolDaysOf(school) })).map(school => school.id))
    ])
    const roomsOf = Map.groupBy(rooms, room => room.school)
    const devicesOf = Map.groupBy(devices, device => device.school)
    const factsOf = Map.groupBy(facts, fact => fact.school)
    const uplinksOf = Map.groupBy(uplinks, uplink => uplink.school)
    const checksOf = Map.groupBy(checks, check => check.device)
    const portsOf = Map.groupBy(portMap, port => port.switch)
    const testsOf = Map.groupBy(tests, test => test.uplink)
    const checksIn = (school: SchoolRow): RuleCheck[] =>
      (devicesOf.get(school.id) ?? []).flatMap(device => checksOf.get(device.id) ?? [])
    const wanted = new Map(
      // What is carried over rests on no rollup.
      chunk
        .filter(school => !isVacation({ schoolDays: schoolDaysOf(school) }))
        .flatMap(school => {
          const parts = partsFor(targetsOf(school.area), school, period.firstDay, asOfMs)
          return checksIn(school).flatMap(({ id, probe }) => {
            const part = parts.get(probe)
            return part === undefined ? [] : [[id, part] as const]
          })
        })
    )
    const rollupsOf = await store.rollupsOf(wanted, lastDay)
    return chunk.map(school => {
      const own = devicesOf.get(school.id) ?? []
      const ownChecks = checksIn(school)
      const ownUplinks = uplinksOf.get(school.id) ?? []
      return {
        period,
        asOfMs,
        school,
        rooms: roomsOf.get(school.id) ?? [],
        devices: own,
        checks: ownChecks,
        rollups: ownChecks.flatMap(check => rollupsOf.get(check.id) ?? []),
        facts: factsOf.get(school.id) ?? [],
        uplinks: ownUplinks,
        tierTests: ownUplinks.flatMap(uplink => testsOf.get(uplink.id) ?? []),
        portMap: own.flatMap(device => portsOf.get(device.id) ?? []),
        schoolDays: schoolDaysOf(school),
        answered,
        before: verdictsBefore.get(school.id) ?? []
      }
    })
  }
}

/** Schools of one calendar share the list. */
const daysByCalendar = (calendars: Calendars, period: Period): ((school: SchoolRow) => readonly string[]) => {
  const known = new Map<SchoolCalendar, readonly string[]>()
  return school => {
    const calendar = calendars.of(school)
    const days = known.get(calendar) ?? calendar.schoolDays(period)
    known.set(calendar, days)
    return days
  }
}
