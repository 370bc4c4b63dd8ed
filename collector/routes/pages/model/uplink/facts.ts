import { dayMs } from '../../../../calendar/day.ts'
import { budgetOf, certifyPerMonth, costOf, monthDays } from '../../../../leases/budget.ts'
import type { Policy } from '../../../../leases/terms.ts'
import { exitFlags } from '../../../../verdicts/uplink/exits.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'
import type { PageContext } from '../../context.ts'
import { nextTest } from './next-test.ts'
import type { OneUplink, UplinkReads } from './reads.ts'
import type { TierLine } from './tier.ts'
import type { Reach } from './untested.ts'

/** A fact about an uplink, beside its charts. */
export interface Fact {
  readonly name: string
  readonly value: string
  readonly caution: string
}

/** What the tests cost, what comes next, and where the line comes out. `tiers` highest first. */
export const factsOf = (
  context: PageContext,
  policy: Policy,
  reads: UplinkReads,
  { own, tiers, reach }: { readonly own: OneUplink; readonly tiers: readonly TierLine[]; readonly reach: Reach }
): Fact[] => {
  const { say, formats, period, isCurrent } = context
  const tests = reads.tierTests.filter(test => test.uplink === own.uplink.id)
  const ofPeriod = tests.filter(test => test.atMs >= period.fromMs && test.atMs < period.toMs)
  return [
    { name: say('spent_period'), value: formats.data(bytesOf(ofPeriod)), caution: '' },
    ...(isCurrent ? monthFact(context, policy, own, tests, tiers[0]) : []),
    ...(isCurrent && tiers.length > 0
      ? [{ name: say('next_test'), value: nextText(context, policy, own, tests, tiers, reach), caution: '' }]
      : []),
    ...egressFact(context, reads.tierTests, own, ofPeriod)
  ]
}

const bytesOf = (tests: readonly TierTest[]): number => tests.reduce((sum, test) => sum + test.bytes, 0)

/** Against the budget stands what the leases cost: a test that broke off counts in full. */
const monthFact = (
  { say, formats, nowMs }: PageContext,
  policy: Policy,
  { leases }: OneUplink,
  tests: readonly TierTest[],
  tier: TierLine | undefined
): Fact[] => {
  const name = say('spent_month')
  const spent =
    leases.length === 0
      ? bytesOf(tests.filter(test => test.atMs > nowMs - monthDays * dayMs))
      : leases.reduce((sum, lease) => sum + costOf(lease, nowMs), 0)
  if (tier === undefined) return [{ name, value: formats.data(spent), caution: '' }]
  const budget = budgetOf(tier.mbps, policy.budget)
  const certify = certifyPerMonth * budget.certifyBytes
  const value = say('spent_of', {
    spent: formats.data(spent),
    budget: formats.data(budget.monthBytes),
    certify: formats.data(certify)
  })
  return [{ name, value, caution: spent >= budget.monthBytes + certify ? say('spent_all') : '' }]
}

const nextText = (
  { say, term, formats, nowMs }: PageContext,
  policy: Policy,
  own: OneUplink,
  tests: readonly TierTest[],
  tiers: readonly TierLine[],
  reach: Reach
): string => {
  if (reach !== 'heard') return say(`next_${reach}`)
  if (own.wishedUntilMs !== undefined) return say('next_wish', { until: formats.at(own.wishedUntilMs) })
  const mbps = tiers.filter(tier => tier.obstacle === undefined).map(tier => tier.mbps)
  const next = nextTest(policy, own, tests, mbps, nowMs)
  if (next === undefined) return say('next_none')
  const { kind, direction, tierMbps } = next.plan
  const what = [term('test_kind', kind), term('direction', direction), `${tierMbps}M`].join(' ')
  return next.atMs <= nowMs ? say('next_now', { what }) : say('next_at', { what, at: formats.at(next.atMs) })
}

/** Where the tests came out, and signs that the line was swapped or that the school has another. */
const egressFact = (
  { say, period }: PageContext,
  ofSchool: readonly TierTest[],
  { uplink, vantage }: OneUplink,
  tests: readonly TierTest[]
): Fact[] => {
  const addresses = [...new Set(tests.map(test => test.egress).filter(address => address !== ''))]
  const flags = exitFlags({ tierTests: ofSchool, period }, uplink.id)
  if (addresses.length === 0) return []
  return [
    {
      name: say('egress'),
      value: addresses.slice(-3).join(say('separator')),
      caution: [
        ...(flags.egress_changed === 1 ? [say('egress_changed', { n: addresses.length })] : []),
        ...(flags.two_exits === 1 && vantage === 'gateway' ? [say('two_exits')] : [])
      ].join('')
    }
  ]
}
