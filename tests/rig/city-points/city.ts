import { openCalendars, type SchoolCalendar } from '../../../collector/calendar/school-calendar.ts'
import type { CheckRow } from '../../../collector/ledger/checks.ts'
import type { AreaRow, DeviceRow, SchoolRow } from '../../../collector/ledger/ledger.ts'
import type { UplinkRow } from '../../../collector/ledger/uplink.ts'
import type { LoggedBatch } from '../../../collector/store/sink-store.ts'
import type { AgentRow, ReadingRow, StoreReads } from '../../../collector/store/store.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'

/** What the store and the public interface say of a city, and nothing of any sink. */
export interface City {
  /** When it was read. */
  readonly nowMs: number
  readonly areas: ReadonlyMap<string, AreaRow>
  readonly schools: ReadonlyMap<string, SchoolRow>
  readonly devices: ReadonlyMap<string, DeviceRow>
  readonly checks: ReadonlyMap<number, CheckRow>
  readonly uplinks: ReadonlyMap<string, UplinkRow>
  readonly agents: ReadonlyMap<string, AgentRow>
  readonly calendarOf: (school: string) => SchoolCalendar
  readonly readings: readonly ReadingRow[]
  /** In order of arrival. */
  readonly batches: readonly LoggedBatch[]
  readonly tierTests: readonly TierTest[]
  /** Target key → indicator. */
  readonly indicators: ReadonlyMap<string, string>
  readonly periods: readonly string[]
  readonly standing: readonly (StandingItem & InPeriod)[]
  readonly shares: readonly (ShareItem & InPeriod)[]
  readonly rankings: readonly RankingItem[]
}

interface InPeriod {
  readonly period: string
}
export interface StandingItem {
  readonly school: string
  readonly target: string
  readonly verdict: 'met' | 'missed' | 'unknown' | 'not_applicable'
  readonly n: number
  readonly expected_n: number
  readonly as_of: string
}
export interface ShareItem {
  readonly area: string
  readonly target: string
  readonly met_n: number
  readonly missed_n: number
  readonly unknown_n: number
  readonly not_applicable_n: number
  readonly total_n: number
  readonly pct: number | null
  readonly hi_pct: number | null
  readonly goal_pct: number
}
export interface RankingItem {
  readonly period: string
  readonly scope: string
  readonly target: string
  readonly lines: readonly {
    readonly area: string
    readonly pct: number
    readonly hi_pct: number
    readonly total_n: number
    readonly unknown_n: number
    readonly first: number
    readonly last: number
    readonly at_back: boolean
    readonly back_periods: number
    readonly naming: string
  }[]
}

const byId = <Row extends { readonly id: string | number }>(rows: readonly Row[]): Map<Row['id'], Row> =>
  new Map(rows.map(row => [row.id, row]))

/** Reads everything: rows from the store, figures over HTTP as anybody gets them. */
export const readCity = async (store: StoreReads, url: string, nowMs: number): Promise<City> => {
  const [areas, schools, devices, checks, uplinks, agents, texts, periods, packs] = await Promise.all([
    store.areas(),
    store.schools(),
    store.devices(),
    store.checks(),
    store.uplinks(),
    store.agents(),
    store.calendars(),
    store.judgedPeriods(),
    listOf<{ key: string; indicator: string }>(url, '/v1/targets')
  ])
  const calendars = openCalendars(texts, areas)
  const inPeriods = async <Item>(path: string): Promise<(Item & InPeriod)[]> =>
    (
      await Promise.all(
        periods.map(async period => (await listOf<Item>(url, path, { period })).map(item => ({ ...item, period })))
      )
    ).flat()
  const schoolOf = byId(schools)
  return {
    nowMs,
    areas: byId(areas),
    schools: schoolOf,
    devices: byId(devices),
    checks: new Map(checks.map(check => [check.id, check])),
    uplinks: byId(uplinks),
    agents: byId(agents),
    calendarOf: id => calendars.of(schoolOf.get(id) ?? { id, area: '' }),
    readings: await allReadings(
      store,
      checks.map(check => check.id)
    ),
    batches: await allBatches(store),
    tierTests: await store.tierTests(undefined, 0, Number.MAX_SAFE_INTEGER),
    indicators: new Map(packs.map(one => [one.key, one.indicator])),
    periods,
    standing: await inPeriods<StandingItem>('/v1/standing'),
    shares: await inPeriods<ShareItem>('/v1/shares'),
    rankings: await inPeriods<RankingItem>('/v1/ranking')
  }
}

/** Every item of a list of the public interface, page by page. */
export const listOf = async <Item>(
  url: string,
  path: string,
  query: Readonly<Record<string, string>> = {}
): Promise<Item[]> => {
  const items: Item[] = []
  for (let next: string | null = ''; next !== null;) {
    const asked = new URLSearchParams({ ...query, limit: '1000', ...(next === '' ? {} : { next }) })
    const answer = await fetch(`${url}${path}?${asked.toString()}`)
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    const page = (await answer.json()) as { items: Item[]; next: string | null }
    items.push(...page.items)
    next = page.next
  }
  return items
}

const allReadings = async (store: StoreReads, checkIds: readonly number[]): Promise<ReadingRow[]> => {
  const readings: ReadingRow[] = []
  for (let after: Awaited<ReturnType<StoreReads['readings']>>['next'], more = true; more;) {
    const page = await store.readings({ checkIds, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 20_000, after })
    readings.push(...page.items)
    after = page.next
    more = after !== undefined
  }
  return readings
}

const allBatches = async (store: StoreReads): Promise<LoggedBatch[]> => {
  const batches: LoggedBatch[] = []
  for (let more = true; more;) {
    const page = await store.batchLog(batches.at(-1)?.arrival ?? 0, Number.MAX_SAFE_INTEGER, 20_000)
    batches.push(...page)
    more = page.length > 0
  }
  return batches
}
