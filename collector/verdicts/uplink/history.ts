import type { Direction } from '../../../contract/bandwidth.ts'
import { addDays, dayMs, dayOf, dayStart } from '../../calendar/day.ts'
import { periodAt, type Period } from '../../calendar/period.ts'
import { bearingOf, failRatio, inOrder } from './bearing.ts'
import { certificateAfter, standsOn, stillFlat, type Certificate } from './certificate.ts'
import { inform, move, odds, overnight, wordOf, worthOf, type DayWord } from './odds.ts'
import type { TierTest } from './tier-test.ts'

/** Which line of an uplink is asked about. */
export interface TierQuery {
  readonly direction: Direction
  readonly tierMbps: number
  /** `panel` when the ledger's device is one: its tests decide nothing. */
  readonly vantage?: TierTest['vantage']
}

export interface DayState {
  /** YYYY-MM-DD, Asia/Shanghai. */
  readonly day: string
  /** `ok` wants a pass of that very day too, `below` a fail: a day that was only carried along is unknown, so one bad day is never two. */
  readonly state: DayWord
  /** At the day's end; undefined before the first test. */
  readonly lo: number | undefined
  /** Tests of this day that bear on the line, by what they said. */
  readonly passN: number
  readonly failN: number
  readonly undecidedN: number
  /** Was `ok` until burst credit was seen to run out later. */
  readonly voided: boolean
}

export interface TierState extends TierQuery {
  /** As of the end of `day`, everything known by then included; 0 before the first test. */
  readonly day: string
  readonly lo: number
  readonly state: DayWord
  /** The class of slots that `lo` belongs to. */
  readonly slot: HistoryClass
  /** The last day with a scheduled test about this line from the gateway, whatever it said. */
  readonly lastDay: string | undefined
  /** Scheduled tests of `day` about this line, panels included, and whether one passed (passive proof included). */
  readonly todayN: number
  readonly todayPassed: boolean
  /** Tested days in a row before today on which nothing passed or failed. */
  readonly undecidedDays: number
  /** Coefficient of variation of the last decided plateau. */
  readonly cv: number | undefined
  /** Undefined when none stands on `day`. */
  readonly certificate: Certificate | undefined
  /** Only a panel looks at this line, and when it last did. */
  readonly panelOnly: boolean
  readonly lastPanelDay: string | undefined
}

/** Line quality differs by the hour, so each class has its own log-odds. */
export type HistoryClass = 'night' | 'fallback'
const classes: readonly HistoryClass[] = ['night', 'fallback']

/** How far back the history of a period goes: tests before that change nothing. */
export const memoryDays = 62
/** Tests so long after a period may still show that its passes were burst credit: no certificate stands longer. */
export const laterTestsMs = 31 * dayMs
/** A school whose nights were tested within so many days is judged by its nights. */
const nightDays = 14

/** The tests that matter now begin here, ms. */
export const historyFromMs = (nowMs: number): number => memoryFromMs(periodAt(nowMs))
export const memoryFromMs = (period: Period): number => dayStart(addDays(period.firstDay, -memoryDays))

/**
 * What is known about one line of an uplink at the end of today. `tests` are the uplink's, in any order; of other directions, panels and
 * older than the memory may be among them. Same tests, same state, bit for bit.
 */
export const stateOf = (tests: readonly TierTest[], query: TierQuery, nowMs: number): TierState => {
  const day = dayOf(nowMs)
  const known = inOrder(tests, query.direction)
  const { days, final } = walk(known, query, historyFromMs(nowMs), day, nowMs)
  const today = days.at(-1)
  const asked = known.filter(test => test.tierMbps === query.tierMbps && dayOf(test.atMs) <= day)
  const scheduled = asked.filter(test => isScheduled(test) && dayOf(test.atMs) === day)
  const panel = asked.filter(test => test.vantage === 'panel')
  const gateway = known.some(test => test.vantage === 'gateway')
  return {
    ...query,
    day,
    lo: today?.lo ?? 0,
    state: wordOf(today?.lo ?? 0),
    slot: final.slot,
    lastDay: final.lastDay,
    todayN: scheduled.length,
    todayPassed: final.passedDay === day || scheduled.some(test => test.vantage === 'panel' && test.result === 'pass'),
    undecidedDays: undecidedRun(days.filter(one => one.day < day)),
    cv: final.cv,
    certificate: standsOn(final.certificate, day) ? final.certificate : undefined,
    panelOnly: !gateway && (query.vantage === 'panel' || panel.length > 0),
    lastPanelDay: panel.length === 0 ? undefined : dayOf(Math.max(...panel.map(test => test.atMs)))
  }
}

const undecidedRun = (days: readonly DayState[]): number => {
  const tested = days.filter(day => day.passN + day.failN + day.undecidedN > 0)
  return tested.length - 1 - tested.findLastIndex(day => day.passN + day.failN > 0)
}

/** The states of a period's days so far, first day first. Tests after the period may void some of them. */
export const dayStatesOf = (
  tests: readonly TierTest[],
  query: TierQuery,
  period: Period,
  nowMs: number
): readonly DayState[] => {
  const today = dayOf(nowMs)
  const { days } = walk(inOrder(tests, query.direction), query, memoryFromMs(period), today, period.toMs - 1)
  const known = new Map(days.map(day => [day.day, day]))
  const last = today < period.lastDay ? today : period.lastDay
  const states: DayState[] = []
  for (let day = period.firstDay; day <= last; day = addDays(day, 1)) states.push(known.get(day) ?? silent(day))
  return states
}

const silent = (day: string): DayState => ({
  day,
  state: 'unknown',
  lo: undefined,
  passN: 0,
  failN: 0,
  undecidedN: 0,
  voided: false
})

const isScheduled = (test: TierTest): boolean => test.slot === 'night' || test.slot === 'fallback'

interface Chains {
  readonly lo: Partial<Record<HistoryClass, number>>
  slot: HistoryClass
  nightDay: string | undefined
  lastDay: string | undefined
  passedDay: string | undefined
  cv: number | undefined
  certificate: Certificate | undefined
}

/** Day by day from the first test on; `tests` in order. The line is the one that was asked for last by `lineMs`. */
const walk = (tests: readonly TierTest[], query: TierQuery, fromMs: number, untilDay: string, lineMs: number) => {
  const own = tests.filter(test => test.atMs >= fromMs && dayOf(test.atMs) <= untilDay)
  const ratio = failRatio(
    own.filter(test => test.atMs <= lineMs),
    query.tierMbps
  )
  const byDay = Map.groupBy(own, test => dayOf(test.atMs))
  const chains: Chains = {
    lo: {},
    slot: 'night',
    nightDay: undefined,
    lastDay: undefined,
    passedDay: undefined,
    cv: undefined,
    certificate: undefined
  }
  const days: DayState[] = []
  const [first] = own
  if (first === undefined) return { days, final: chains }
  for (let day = dayOf(first.atMs); day <= untilDay; day = addDays(day, 1)) {
    for (const one of classes) {
      const lo = chains.lo[one]
      if (lo !== undefined) chains.lo[one] = overnight(lo)
    }
    const voidFrom: string[] = []
    const { counts, seen } = liveDay(chains, byDay.get(day) ?? [], { ...query, ratio }, day, from =>
      voidFrom.push(from)
    )
    chains.slot = mainClass(chains, day)
    const lo = chains.lo[chains.slot]
    const word = lo === undefined ? 'unknown' : wordOf(lo)
    const state = seen.has(`${word} ${chains.slot}`) ? word : 'unknown'
    days.push({ day, state, lo, ...counts, voided: false })
    const [from] = voidFrom.sort()
    if (from !== undefined)
      for (const [i, one] of days.entries())
        if (one.day >= from && one.state === 'ok') days[i] = { ...one, state: 'unknown', voided: true }
  }
  return { days, final: chains }
}

const mainClass = (chains: Chains, day: string): HistoryClass =>
  chains.lo.fallback === undefined || (chains.nightDay !== undefined && chains.nightDay > addDays(day, -nightDays))
    ? 'night'
    : 'fallback'

/** One day's tests, in order. `seen`: what may be published of the day, by the class whose log-odds it moved. */
const liveDay = (
  chains: Chains,
  tests: readonly TierTest[],
  query: TierQuery & { readonly ratio: number },
  day: string,
  voidSince: (day: string) => void
): { readonly counts: Pick<DayState, 'passN' | 'failN' | 'undecidedN'>; readonly seen: ReadonlySet<string> } => {
  const counts = { passN: 0, failN: 0, undecidedN: 0 }
  const seen = new Set<string>()
  /** Classes in which something but a pass was seen today: only there may another class confirm. */
  const doubted = new Set<HistoryClass>()
  for (const test of tests) {
    const bearing = bearingOf(test, query.tierMbps, query.ratio)
    if (bearing === undefined) continue
    if (test.slot === 'night') chains.nightDay = day
    if (isScheduled(test)) chains.lastDay = day
    if (bearing === 'silent') {
      counts.undecidedN += 1
      if (test.slot === 'night' || test.slot === 'fallback') doubted.add(test.slot)
      chains.certificate = stillFlat(chains.certificate, test)
      continue
    }
    const certified = test.kind === 'passive' || test.creditAskedS >= odds.creditS || standsOn(chains.certificate, day)
    const moved = moveChains(chains, test, worthOf(test), certified, doubted)
    if (bearing !== 'near') for (const one of moved) seen.add(`${bearing === 'above' ? 'ok' : 'below'} ${one}`)
    if (bearing === 'above' && (isScheduled(test) || test.kind === 'passive')) chains.passedDay = day
    if (bearing === 'above') counts.passN += 1
    else if (bearing === 'below') counts.failN += 1
    else counts.undecidedN += 1
    if (test.cv !== undefined && test.result !== 'inconclusive') chains.cv = test.cv
    const next = certificateAfter(chains.certificate, test, bearing, day, query.tierMbps)
    if (next.voidSince !== undefined) voidSince(next.voidSince)
    chains.certificate = next.certificate
  }
  return { counts, seen }
}

/**
 * A pass is proof whenever it was taken, so it counts in every class; a fail counts in its own, and at half in another that has doubts
 * of its own that day (a busy lunch alone must never look like a bad line). A test that a person asked for, and a capped pass while no
 * certificate stands, only inform: who chooses the moment chooses the sample, and burst credit looks like a faster line. Gives the classes
 * in which the test may also make the day: where the odds of other days stand beyond the edge already, what only informs would publish too.
 */
const moveChains = (
  chains: Chains,
  test: TierTest,
  nats: number,
  certified: boolean,
  doubted: Set<HistoryClass>
): HistoryClass[] => {
  const own = test.slot === 'night' || test.slot === 'fallback' ? test.slot : undefined
  if (own !== undefined) chains.lo[own] ??= 0
  else if (classes.every(one => chains.lo[one] === undefined)) chains.lo.night = 0
  const informs = test.slot === 'on_demand' || ((test.result === 'pass' || nats > 0) && !certified)
  const moved: HistoryClass[] = []
  for (const one of classes) {
    const lo = chains.lo[one]
    if (lo === undefined) continue
    const foreign = own !== undefined && own !== one
    if (foreign && (test.result === 'inconclusive' || (nats < 0 && !doubted.has(one)))) continue
    const worth = test.slot === 'on_demand' || (foreign && nats < 0) ? nats / 2 : nats
    chains.lo[one] = informs ? inform(lo, worth) : move(lo, worth)
    if (!informs) moved.push(one)
  }
  if (own !== undefined && test.result !== 'pass') doubted.add(own)
  return moved
}
