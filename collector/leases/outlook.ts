import type { Direction, Tier } from '../../contract/bandwidth.ts'
import { addDays, dayMs, dayOf, dayStart } from '../calendar/day.ts'
import type { LeaseRow } from '../store/lease-store.ts'
import type { Certificate } from '../verdicts/uplink/certificate.ts'
import { stateOf, type TierState } from '../verdicts/uplink/history.ts'
import type { DayWord } from '../verdicts/uplink/odds.ts'
import { planOf } from '../verdicts/uplink/plan.ts'
import type { TestPlan, TierTest } from '../verdicts/uplink/tier-test.ts'
import type { KnownUplink } from './atlas.ts'
import { budgetOf, costOf, monthDays, type Budget } from './budget.ts'
import { forecastOf, type Forecast, type LineKind } from './forecast.ts'
import { capOn } from './servers.ts'
import { slotOn } from './slots.ts'
import { asOf, type Policy } from './terms.ts'
import { turnOn } from './turns.ts'

/** What a person wants to know about the tests of an uplink: how each line stands, what comes next, what it costs. */
export interface Outlook {
  readonly dark: boolean
  /** Undefined when nothing is to be proven. */
  readonly nextSlotMs: number | undefined
  /** Of the highest tier. */
  readonly budget: (Budget & { readonly dayUsedBytes: number; readonly monthUsedBytes: number }) | undefined
  readonly lines: readonly LineOutlook[]
}

export interface LineOutlook {
  readonly direction: Direction
  readonly tierMbps: Tier
  readonly logOdds: number
  readonly state: DayWord
  readonly certificate: Certificate | undefined
  /** What would be run next today; undefined for nothing. */
  readonly plan: TestPlan | undefined
  /** Why no server can run it; undefined when one can. */
  readonly obstacle: string | undefined
  readonly forecast: Forecast
}

export interface OutlookInput {
  readonly known: KnownUplink
  /** Of the uplink, since `historyFromMs`; leases of 31 days. */
  readonly tests: readonly TierTest[]
  readonly leases: readonly LeaseRow[]
  readonly dark: boolean
  readonly policy: Policy
  readonly nowMs: number
}

export const outlookOf = ({ known, tests, leases, dark, policy, nowMs }: OutlookInput): Outlook => {
  const { uplink, vantage, tiers } = known
  const [highest] = tiers
  const today = dayOf(nowMs)
  const who = { school: uplink.school, uplink: uplink.id, dark }
  const slots = [today, addDays(today, 1)].map(
    day => slotOn(turnOn(who, leases, policy.windows, day), day, policy.windows).atMs
  )
  return {
    dark,
    nextSlotMs: highest === undefined ? undefined : slots.find(atMs => atMs > nowMs),
    budget: highest === undefined ? undefined : budgetUsed(budgetOf(highest, policy.budget), leases, nowMs),
    lines: tiers.map(tierMbps => {
      const state = stateOf(tests, { direction: 'down', tierMbps, vantage }, nowMs)
      const plan = planOf(state, tierMbps, today)
      return {
        direction: 'down',
        tierMbps,
        logOdds: state.lo,
        state: state.state,
        certificate: state.certificate,
        plan,
        obstacle: obstacleOf(known, policy, tierMbps, plan?.capMbps ?? 1.1 * tierMbps),
        forecast: forecastOf(tierMbps, kindOf(state), policy.budget)
      }
    })
  }
}

const budgetUsed = (budget: Budget, leases: readonly LeaseRow[], nowMs: number) => {
  const used = (fromMs: number): number =>
    leases
      .map(lease => asOf(lease, nowMs))
      .filter(lease => lease.issuedMs >= fromMs)
      .reduce((sum, lease) => sum + costOf(lease, nowMs), 0)
  return {
    ...budget,
    dayUsedBytes: used(dayStart(dayOf(nowMs))),
    monthUsedBytes: used(nowMs - monthDays * dayMs)
  }
}

const kindOf = (state: TierState): LineKind => {
  if (state.state === 'below') return 'missed'
  if (state.certificate?.kind === 'flat') return 'flat'
  return state.cv !== undefined && state.cv > 0.02 ? 'noisy' : 'fast'
}

/** The same choice as for a lease, without the question whether there is room now. */
const obstacleOf = (
  { uplink }: KnownUplink,
  policy: Policy,
  tierMbps: number,
  wantedMbps: number
): string | undefined => {
  const named = uplink.server
  const some = policy.servers.filter(one => (named === undefined ? one.place === 'off_site' : one.id === named))
  if (some.length === 0)
    return named === undefined
      ? 'no test server is configured off site'
      : `test server "${named}" of the ledger is not configured`
  if (some.every(server => server.place === 'on_site'))
    return `test server ${named ?? ''} is on site, so it proves nothing`
  const caps = some
    .toSorted((a, b) => b.portMbps - a.portMbps)
    .map(server => capOn(server, tierMbps, wantedMbps, policy.passRatio))
  const [largest] = caps
  return caps.some(cap => cap.kind === 'cap') || largest?.kind !== 'too_small' ? undefined : largest.detail
}
