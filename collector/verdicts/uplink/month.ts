import { addDays, dayOf } from '../../calendar/day.ts'
import { daysOf, type Period } from '../../calendar/period.ts'
import type { UplinkRow } from '../../ledger/uplink.ts'
import { bearingOf, inOrder } from './bearing.ts'
import { certifies } from './certificate.ts'
import { dayStatesOf, laterTestsMs, memoryFromMs, type DayState } from './history.ts'
import type { TierTest } from './tier-test.ts'

/** Share of the period's days that must be `ok`; how many `below` days are a miss, and how many a met month forgives. */
const period = { okShare: 0.7, missedDays: 3, forgivenDays: 1 }

export type MonthReason =
  | 'carried'
  | 'below'
  | 'panel_only'
  | 'no_tests'
  | 'never_decided'
  | 'credit_open'
  | 'credit_ran_out'
  | 'unsteady'
  | 'too_few_days'
  | 'period_too_short'

/** What one line of an uplink showed in a period. */
export interface UplinkMonth {
  readonly verdict: 'met' | 'missed' | 'unknown'
  readonly reason: MonthReason
  readonly days: readonly DayState[]
  readonly okDays: number
  readonly belowDays: number
  /** Of the period's days so far. */
  readonly unknownDays: number
  readonly needDays: number
  /** First day on which enough days can be `ok`; undefined when no day of this period can be. */
  readonly earliestDay: string | undefined
  /** The `ok` days rest on a certificate that no later one has confirmed yet. */
  readonly provisional: boolean
  readonly portLimited: boolean
  /** Tests of the period about this very line. */
  readonly tests: readonly TierTest[]
}

/** `tests` are the uplink's own, in any order, and may go on after the period: what they show about credit counts backwards. */
export const uplinkMonth = (
  uplink: Pick<UplinkRow, 'id'>,
  vantage: TierTest['vantage'],
  tests: readonly TierTest[],
  tierMbps: number,
  month: Period,
  asOfMs: number
): UplinkMonth => {
  const query = { direction: 'down', tierMbps, vantage } as const
  const own = inOrder(
    // Whoever asks years later gets the same answer: what is that much later says nothing about this period.
    tests.filter(test => test.uplink === uplink.id && test.atMs <= month.toMs + laterTestsMs),
    'down'
  )
  const seenMs = own.reduce((last, test) => Math.max(last, test.atMs), asOfMs)
  const days = dayStatesOf(own, query, month, seenMs).filter(day => day.day <= dayOf(asOfMs))
  const inPeriod = own.filter(test => test.atMs >= month.fromMs && test.atMs < month.toMs && test.atMs <= asOfMs)
  const about = inPeriod.filter(test => test.tierMbps === tierMbps || bearingOf(test, tierMbps) !== undefined)
  const ok = days.filter(day => day.state === 'ok')
  const below = days.filter(day => day.state === 'below')
  const needDays = Math.ceil(period.okShare * daysOf(month).length)
  const certifying = lastCertifying(own, tierMbps, month)
  const lastOk = ok.at(-1)
  const facts = {
    days,
    okDays: ok.length,
    belowDays: below.length,
    unknownDays: days.length - ok.length - below.length,
    needDays,
    earliestDay: earliest(days, ok.length, needDays, month, dayOf(asOfMs)),
    provisional: lastOk !== undefined && (certifying === undefined || dayOf(certifying.atMs) < lastOk.day),
    portLimited: certifying?.portLimited ?? false,
    tests: about
  }
  if (below.length >= period.missedDays) return { ...facts, verdict: 'missed', reason: 'below' }
  if (below.length <= period.forgivenDays && ok.length >= needDays)
    return { ...facts, verdict: 'met', reason: 'carried' }
  return { ...facts, verdict: 'unknown', reason: missing(facts, vantage) }
}

type Facts = Omit<UplinkMonth, 'verdict' | 'reason'>

const missing = (facts: Facts, vantage: TierTest['vantage']): MonthReason => {
  const { days, tests } = facts
  if (vantage === 'panel') return 'panel_only'
  if (tests.length === 0) return 'no_tests'
  if (days.some(day => day.voided)) return 'credit_ran_out'
  if (facts.belowDays > period.forgivenDays || days.some(day => day.failN > 0)) return 'unsteady'
  if (days.every(day => day.passN === 0))
    return tests.every(test => test.reason === 'credit') ? 'credit_open' : 'never_decided'
  return facts.earliestDay === undefined ? 'period_too_short' : 'too_few_days'
}

const earliest = (
  days: readonly DayState[],
  okDays: number,
  needDays: number,
  month: Period,
  today: string
): string | undefined => {
  const counted = days.some(day => day.day === today && day.state === 'ok')
  const lacking = Math.max(0, needDays - okDays)
  const day = addDays(today < month.firstDay ? month.firstDay : today, Math.max(0, counted ? lacking : lacking - 1))
  return day > month.lastDay ? undefined : day
}

const lastCertifying = (own: readonly TierTest[], tierMbps: number, month: Period): TierTest | undefined =>
  own.findLast(test => test.atMs >= memoryFromMs(month) && bearingOf(test, tierMbps) === 'above' && certifies(test))
