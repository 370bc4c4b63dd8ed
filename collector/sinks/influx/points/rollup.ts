import { addDays, dayMs, dayOf, dayStart } from '../../../calendar/day.ts'
import type { Store } from '../../../store/store.ts'
import type { DayRollup } from '../../../verdicts/rollup.ts'
import { figure, type Point } from '../point.ts'
import { bandwidthPoints } from './bandwidth.ts'
import { familiesOf, tagsAt, type Family } from './family.ts'
import type { GivenHours } from './given-hours.ts'
import { portPoints } from './port.ts'
import type { Ground } from './reading.ts'
import { stateOf } from './state.ts'

export type RollupSource = Pick<Store, 'rollupsOf' | 'readingsOfDay' | 'tierTests'>

/** A day's machine is expected from when an agent first spoke for it. */
export interface RollupGround extends Ground {
  /** When the first agent of a device was enrolled, ms. */
  readonly enrolledMs: ReadonlyMap<string, number>
}

/** What blocks of rollups say, as points dated with the start of the day (or hour). `keys`: `YYYY-MM-DD block`. */
export const rollupPoints = async (
  store: RollupSource,
  ground: RollupGround,
  keys: readonly string[],
  nowMs: number,
  given: GivenHours
): Promise<Point[]> => {
  const points: Point[] = []
  given.since(dayOf(nowMs - dayMs))
  const blocksOf = Map.groupBy(keys.map(readKey), ({ day }) => day)
  /** Days of IPv6 checks whose past changed: whether it was lost hangs on the seven days before. */
  const lostLater = new Map<string, Map<string, Family>>()
  for (const [day, list] of [...blocksOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const checks = [...new Set(list.map(({ block }) => block))].flatMap(block => ground.checks.inBlock(block))
    const families = Map.groupBy(familiesOf(ground, checks), ({ versions: [first] }) => first?.probe ?? '')
    const of = (probe: string): readonly Family[] => families.get(probe) ?? []
    points.push(
      ...(await dayPoints(store, ground, 'host', day, of('host'), nowMs)),
      ...(await dayPoints(store, ground, 'recording', day, of('recording'), nowMs)),
      ...(await portPoints(store, ground, day, of('port'), nowMs, given)),
      ...(await bandwidthPoints(store, ground, day, of('bandwidth')))
    )
    for (let n = 0; n <= lookBackDays && of('ipv6').length > 0; n += 1) {
      const later = addDays(day, n)
      if (later > dayOf(nowMs)) break
      const known = lostLater.get(later) ?? new Map<string, Family>()
      for (const family of of('ipv6')) known.set(family.key, family)
      lostLater.set(later, known)
    }
  }
  for (const [day, families] of lostLater)
    points.push(...(await dayPoints(store, ground, 'ipv6', day, [...families.values()], nowMs)))
  return points
}

const readKey = (key: string): { readonly day: string; readonly block: number } => {
  const [day = '', block = ''] = key.split(' ')
  return { day, block: Number(block) }
}

/** Days before on which an answer makes silence a loss. */
const lookBackDays = 7
/** So many failures of a day are no accident. */
const leastFailures = 3
/** What was measured so lately may still be on its way. */
const onItsWayMs = 15 * 60_000

type DayProbe = 'host' | 'ipv6' | 'recording'

const dayPoints = async (
  store: Pick<Store, 'rollupsOf'>,
  ground: RollupGround,
  probe: DayProbe,
  day: string,
  families: readonly Family[],
  nowMs: number
): Promise<Point[]> => {
  if (families.length === 0) return []
  const fromDay = probe === 'ipv6' ? addDays(day, -lookBackDays) : day
  const wish = { fromDay, last: probe !== 'host', figures: false }
  const found = await store.rollupsOf(new Map(families.flatMap(({ ids }) => ids.map(id => [id, wish] as const))), day)
  return families.flatMap(family => {
    const rows = family.ids.flatMap(id => found.get(id) ?? [])
    const own = rows.filter(row => row.day === day)
    const tags = tagsAt(ground, family, day)
    if (own.length === 0 || tags === undefined) return []
    const figures = figuresOf(own)
    return [
      figure(
        `${probe}_1d`,
        tags,
        { ...figures, ...ownFields[probe](own, figures, { ground, family, day, nowMs, rows, tags }) },
        dayStart(day)
      )
    ]
  })
}

interface Figures {
  readonly ok_n: number
  readonly degraded_n: number
  readonly failed_n: number
  readonly unavailable_n: number
  readonly hours_answered_n: number
  readonly hours_failed_n: number
  readonly answered_pct?: number
}

/** All parts and places of a day's check together. */
const figuresOf = (rows: readonly DayRollup[]): Figures => {
  const sum = (of: (row: DayRollup) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const ok = sum(row => row.counts.ok)
  const degraded = sum(row => row.counts.degraded)
  const failed = sum(row => row.counts.failed)
  const pct = percent(ok + degraded, ok + degraded + failed)
  return {
    ok_n: ok,
    degraded_n: degraded,
    failed_n: failed,
    unavailable_n: sum(row => row.counts.unavailable),
    hours_answered_n: sum(row => row.inHours.ok + row.inHours.degraded),
    hours_failed_n: sum(row => row.inHours.failed),
    ...(pct === undefined ? {} : { answered_pct: pct })
  }
}

const percent = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.min(100, (100 * part) / whole)

interface Circumstances {
  readonly ground: RollupGround
  readonly family: Family
  readonly day: string
  readonly nowMs: number
  /** Also of the days before. */
  readonly rows: readonly DayRollup[]
  readonly tags: Point['tags']
}
type OwnFields = (own: readonly DayRollup[], figures: Figures, around: Circumstances) => Record<string, number>

const ownFields: Readonly<Record<DayProbe, OwnFields>> = {
  host: (own, figures, around) => {
    const expected = expectedIn(own, around)
    const pct = percent(figures.hours_answered_n, expected)
    return { hours_expected_n: expected, ...(pct === undefined ? {} : { available_pct: pct }) }
  },
  ipv6: (own, figures, { day, rows }) => {
    const answered = figures.ok_n + figures.degraded_n > 0
    const before = rows.some(row => row.day < day && row.counts.ok + row.counts.degraded > 0)
    return {
      ...lastState('ipv6', own),
      lost: Number(before && !answered && figures.failed_n >= leastFailures)
    }
  },
  recording: (own, { hours_answered_n: answered, hours_failed_n: failed }) => {
    const pct = percent(answered, answered + failed)
    return { ...lastState('recording', own), ...(pct === undefined ? {} : { hours_ready_pct: pct }) }
  }
}

const lastState = (probe: string, rows: readonly DayRollup[]): { readonly state?: number } => {
  const states = rows
    .toSorted((a, b) => b.last.atMs - a.last.atMs)
    .map(row => stateOf(probe, row.last))
    .filter(state => state !== undefined)
  return states[0] === undefined ? {} : { state: states[0] }
}

/** How often the hours of the day, so far as they are over, let the check run; each version of it for its own time. */
const expectedIn = (own: readonly DayRollup[], { ground, family, day, nowMs, tags }: Circumstances): number => {
  const fromMs = dayStart(day)
  const lastMs = own.reduce((last, row) => Math.max(last, row.last.atMs), 0)
  const overMs = Math.min(fromMs + dayMs, Math.max(lastMs, nowMs - onItsWayMs))
  // The day on which a machine was installed is not held against it; what its agent measured before it was enrolled counts all the same.
  const firstMs = own.reduce((first, row) => Math.min(first, row.firstMs), Infinity)
  let since = Math.max(fromMs, Math.min(ground.enrolledMs.get(tags['device'] ?? '') ?? fromMs, firstMs))
  let runs = 0
  for (const { toMs = Infinity, everyMs } of family.versions) {
    const until = Math.min(toMs, overMs)
    if (until > since) {
      runs += ground.hours.within(tags['school'] ?? '', since, until) / everyMs
      since = until
    }
  }
  return Math.floor(runs)
}
