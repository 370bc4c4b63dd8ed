import type { Tier } from '../../../../../contract/bandwidth.ts'
import { addDays, dayOf } from '../../../../calendar/day.ts'
import { daysOf } from '../../../../calendar/period.ts'
import { uplinkMonth, type UplinkMonth } from '../../../../verdicts/uplink/month.ts'
import { stateOf, type DayState } from '../../../../verdicts/uplink/history.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'
import type { PageContext } from '../../context.ts'
import { lineOf } from './attempts.ts'
import type { OneUplink } from './reads.ts'

/** One tier of one uplink: the days that its verdict is made of, what is still missing, and whether burst credit is excluded. */
export interface TierBlock {
  readonly title: string
  readonly line: string
  readonly alt: string
  readonly days: readonly DayCell[]
  readonly counts: readonly { readonly style: string; readonly shape: string; readonly text: string }[]
  readonly notes: readonly { readonly text: string; readonly caution: boolean }[]
}
export interface DayCell {
  readonly n: string
  readonly style: DayStyle
  readonly shape: string
  readonly word: string
  readonly title: string
}
type DayStyle = 'met' | 'missed' | 'unknown' | 'coming'
type Note = TierBlock['notes'][number]

export interface TierLine {
  readonly mbps: Tier
  readonly passRatio: number
  /** Why it cannot be tested now. */
  readonly obstacle: string | undefined
}

const shapes: Readonly<Record<DayStyle, string>> = { met: '✓', missed: '✕', unknown: '?', coming: '·' }
const styles = { ok: 'met', below: 'missed', unknown: 'unknown' } as const
const words = { met: 'day_ok', missed: 'day_below', unknown: 'day_unknown', coming: 'day_coming' } as const

/** The downlink decides. `tests` are the uplink's. */
export const tierBlock = (
  context: PageContext,
  { uplink, vantage }: OneUplink,
  tests: readonly TierTest[],
  tier: TierLine
): TierBlock => {
  const { say, formats, period, nowMs } = context
  const month = uplinkMonth(uplink, vantage, tests, tier.mbps, period, Math.min(nowMs, period.toMs - 1))
  const days = cellsOf(context, month.days)
  return {
    title: say('tier_at_least', { mbps: tier.mbps }),
    line: say('tier_line', {
      line: formats.number(lineOf({ tierMbps: tier.mbps, passRatio: tier.passRatio })),
      mbps: tier.mbps,
      pct: formats.percent(Math.round(tier.passRatio * 1000) / 10)
    }),
    alt: say('tier_days_alt', { from: formats.day(period.firstDay), to: formats.day(period.lastDay) }),
    days,
    counts: (['met', 'missed', 'unknown', 'coming'] as const).flatMap(style => {
      const n = days.filter(day => day.style === style).length
      return n === 0 && style === 'coming'
        ? []
        : [{ style, shape: shapes[style], text: say('day_n', { word: say(words[style]), n }) }]
    }),
    notes: [
      ...(context.isCurrent && tier.obstacle !== undefined ? [{ text: tier.obstacle, caution: true }] : []),
      ...missingNote(context, month),
      ...voidedNote(context, month),
      ...(context.isCurrent && month.okDays > 0 && month.verdict !== 'missed' ? [creditNote(context, tests, tier)] : [])
    ]
  }
}

const cellsOf = ({ say, formats, period }: PageContext, states: readonly DayState[]): DayCell[] => {
  const known = new Map(states.map(day => [day.day, day]))
  return daysOf(period).map(day => {
    const state = known.get(day)
    const style = state === undefined ? 'coming' : styles[state.state]
    const word = say(words[style])
    return {
      n: String(Number(day.slice(8, 10))),
      style,
      shape: shapes[style],
      word,
      title: [formats.day(day), word, ...(state === undefined ? [] : [testsOfDay(say, state)])].join(' ')
    }
  })
}

const testsOfDay = (say: PageContext['say'], { passN, failN, undecidedN }: DayState): string =>
  passN + failN + undecidedN === 0
    ? say('day_untested')
    : say('day_tests', { pass: passN, fail: failN, undecided: undecidedN })

/** How many days are still missing to be met; nothing once that is settled. */
const missingNote = ({ say, formats, period, nowMs }: PageContext, month: UplinkMonth): Note[] => {
  if (month.verdict !== 'unknown') return []
  if (dayOf(nowMs) > period.lastDay) return []
  const n = month.needDays - month.okDays
  if (n <= 0) return []
  const text =
    month.earliestDay === undefined
      ? say('days_short', { n, need: month.needDays })
      : say('days_missing', { n, need: month.needDays, day: formats.day(month.earliestDay) })
  return [{ text, caution: month.earliestDay === undefined }]
}

const voidedNote = ({ say }: PageContext, { days }: UplinkMonth): Note[] => {
  const n = days.filter(day => day.voided).length
  return n === 0 ? [] : [{ text: say('credit_voided', { n }), caution: true }]
}

const creditNote = ({ say, formats, nowMs }: PageContext, tests: readonly TierTest[], tier: TierLine): Note => {
  const query = { direction: 'down', tierMbps: tier.mbps, vantage: 'gateway' } as const
  const { certificate } = stateOf(tests, query, nowMs)
  if (certificate === undefined) return { text: say('credit_open'), caution: true }
  const day = formats.day(addDays(certificate.untilDay, -1))
  if (certificate.portLimited) return { text: say('credit_port', { mbps: tier.mbps, day }), caution: true }
  return { text: say(`credit_${certificate.kind}`, { day }), caution: false }
}

/** How the days of a period make a verdict (verdicts/uplink/month.ts), for people. */
export const daysRuleText = ({ say, formats }: PageContext): string =>
  say('days_rule', { below: 3, ok_pct: formats.percent(70), spare: 1 })
