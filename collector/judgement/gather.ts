import { addDays, dayOf } from '../calendar/day.ts'
import type { Period } from '../calendar/period.ts'
import { openCalendars, type Calendars } from '../calendar/school-calendar.ts'
import type { GroupRow, SchoolRow } from '../ledger/ledger.ts'
import { packOf } from '../ledger/load.ts'
import type { StoreReads } from '../store/store.ts'
import type { Jurisdiction } from '../verdicts/evaluate.ts'
import type { SchoolEvidence } from '../verdicts/verdict.ts'
import { laterTestsMs, memoryFromMs } from '../verdicts/uplink/history.ts'

/** What all schools of a period share, and a way through the evidence of each. */
export interface PeriodInputs {
  readonly period: Period
  /** Never after the period's end. */
  readonly asOfMs: number
  readonly jurisdiction: Jurisdiction
  readonly groups: readonly GroupRow[]
  /** Each in the area where it is on the period's last day. */
  readonly schools: readonly SchoolRow[]
  readonly calendars: Calendars
  readonly answered: SchoolEvidence['answered']
  /** A few schools at a time, in id order: a city's rollups do not fit into memory. */
  evidence(): AsyncIterable<readonly SchoolEvidence[]>
}

/** Evidence with an age limit may lie before the period's first day. */
const carryDays = 7

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
  const calendars = openCalendars(calendarRows, areas)
  const answered = Object.fromEntries(
    [...Map.groupBy(answeredRows, row => row.subject)].map(([subject, rows]) => [subject, rows.map(row => row.day)])
  )
  const shared = {
    period,
    asOfMs,
    jurisdiction: { areas, packs: packRows.map(packOf), scopes },
    groups,
    schools,
    calendars,
    answered
  }
  return { ...shared, evidence: () => evidenceOf(store, shared, nowMs) }
}

async function* evidenceOf(
  store: StoreReads,
  { period, asOfMs, schools, calendars, answered }: Omit<PeriodInputs, 'evidence'>,
  nowMs: number
): AsyncGenerator<readonly SchoolEvidence[]> {
  const [rooms, devices, checks, facts, uplinks, portMap, tierTests, rollups] = await Promise.all([
    store.rooms(),
    store.devices(),
    store.checks(),
    store.facts(),
    store.uplinks(),
    store.portMap(),
    store.tierTests(undefined, memoryFromMs(period), Math.min(nowMs, period.toMs + laterTestsMs) + 1),
    store.rollups(addDays(period.firstDay, -carryDays), period.lastDay)
  ])
  const roomsOf = Map.groupBy(rooms, room => room.school)
  const devicesOf = Map.groupBy(devices, device => device.school)
  const factsOf = Map.groupBy(facts, fact => fact.school)
  const checksOf = Map.groupBy(checks, check => check.device)
  const portsOf = Map.groupBy(portMap, port => port.switch)
  const rollupsOf = Map.groupBy(rollups, rollup => rollup.checkId)
  const uplinksOf = Map.groupBy(uplinks, uplink => uplink.school)
  const testsOf = Map.groupBy(tierTests, test => test.uplink)
  for (const school of schools) {
    const own = devicesOf.get(school.id) ?? []
    const ownChecks = own.flatMap(device => checksOf.get(device.id) ?? [])
    yield [
      {
        period,
        asOfMs,
        school,
        rooms: roomsOf.get(school.id) ?? [],
        devices: own,
        checks: ownChecks,
        rollups: ownChecks
          .flatMap(check => rollupsOf.get(check.id) ?? [])
          .filter(rollup => rollup.day <= dayOf(asOfMs)),
        facts: factsOf.get(school.id) ?? [],
        uplinks: uplinksOf.get(school.id) ?? [],
        tierTests: (uplinksOf.get(school.id) ?? []).flatMap(uplink => testsOf.get(uplink.id) ?? []),
        portMap: own.flatMap(device => portsOf.get(device.id) ?? []),
        schoolDays: calendars.of(school).schoolDays(period),
        answered,
        before: []
      }
    ]
  }
}
