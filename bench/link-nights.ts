import { openJudge } from '../agent/probes/bandwidth/rule/judge.ts'
import type { Judgement, RuleTerms } from '../agent/probes/bandwidth/rule/terms.ts'
import { dayOf, dayStart } from '../collector/calendar/day.ts'
import { daysOf, type Period } from '../collector/calendar/period.ts'
import { budgetOf, bytesOf, certifyMs, pursesOf, quickMs } from '../collector/leases/budget.ts'
import { stateOf } from '../collector/verdicts/uplink/history.ts'
import { uplinkMonth, type UplinkMonth } from '../collector/verdicts/uplink/month.ts'
import { planOf } from '../collector/verdicts/uplink/plan.ts'
import type { TestPlan, TierTest } from '../collector/verdicts/uplink/tier-test.ts'
import { lineRatio, ratesOf, stepMs, type SimulatedLink } from './link-world.ts'
import { samplesOf } from './simulated-links.ts'

export interface LinkLife {
  readonly months: readonly UplinkMonth[]
  readonly tests: readonly TierTest[]
}

const uplink = 'u'
const minute = 60_000

/** Lives through the nights of some periods by the product's own plan, rule and history. */
export const liveThrough = (link: SimulatedLink, periods: readonly Period[], random: () => number): LinkLife => {
  const tests: TierTest[] = []
  const nights = periods.flatMap(daysOf)
  for (const [night, day] of nights.entries()) {
    if (link.dark.has(night)) continue
    for (let atMs = dayStart(day) + 60 * minute; ; atMs += 30 * minute) {
      const state = stateOf(tests, { direction: 'down', tierMbps: link.tierMbps }, atMs)
      const plan = planOf(state, link.tierMbps, dayOf(atMs))
      const terms = plan === undefined ? undefined : termsOf(link, plan, tests, atMs)
      if (plan === undefined || terms === undefined) break
      tests.push(testOf(plan, judged(link, night, terms, random), atMs))
    }
  }
  const lastMs = periods.at(-1)?.toMs ?? 0
  return {
    tests,
    months: periods.map(period =>
      uplinkMonth({ id: uplink }, 'gateway', tests, link.tierMbps, period, Math.min(lastMs, period.toMs))
    )
  }
}

/** A lease shorter than this at the tier is not worth having, ms. */
const leastMs = 1_500

/** The terms of a lease as the collector would grant it within the default budget; undefined when nothing is left of that. */
const termsOf = (
  link: SimulatedLink,
  plan: TestPlan,
  tests: readonly TierTest[],
  atMs: number
): RuleTerms | undefined => {
  // The server accounts an uncapped test with twice the tier, and sends no faster.
  const capMbps = Math.min(plan.capMbps, 2 * plan.tierMbps)
  const maxMs = plan.kind === 'certify' ? certifyMs : quickMs
  const budget = budgetOf(plan.tierMbps)
  const left = pursesOf(plan.kind, budget, atMs).map(purse => {
    const paid = tests.filter(
      test => test.atMs >= purse.fromMs && (purse.kind === undefined || test.kind === purse.kind)
    )
    return purse.bytes - paid.reduce((sum, test) => sum + test.bytes, 0)
  })
  const perTest = plan.kind === 'certify' ? budget.certifyBytes : Infinity
  const maxBytes = Math.floor(Math.min(bytesOf(capMbps, maxMs), perTest, ...left))
  if (maxBytes < bytesOf(Math.min(capMbps, 1.1 * plan.tierMbps), leastMs)) return undefined
  return {
    tierMbps: plan.tierMbps,
    passRatio: lineRatio,
    capMbps,
    portMbps: link.portMbps,
    creditS: plan.creditS,
    lendNats: plan.lendNats,
    failMs: plan.failMs,
    maxMs,
    maxBytes
  }
}

const judged = (link: SimulatedLink, night: number, terms: RuleTerms, random: () => number): Judgement => {
  const judge = openJudge(terms)
  for (const sample of samplesOf(ratesOf(link, night, terms.capMbps, random), stepMs)) {
    const decision = judge.add(sample)
    if (decision !== undefined) return decision
    if (sample.ms > terms.maxMs || sample.testBytes >= terms.maxBytes) break
  }
  return judge.end()
}

const testOf = (plan: TestPlan, said: Judgement, atMs: number): TierTest => ({
  uplink,
  atMs,
  direction: plan.direction,
  kind: plan.kind,
  slot: 'night',
  lease: `l-${atMs}`,
  vantage: 'gateway',
  result: said.result,
  reason: said.reason,
  tierMbps: plan.tierMbps,
  passRatio: lineRatio,
  ipMbps: said.ipMbps,
  ipLoMbps: said.ipLoMbps,
  ipHiMbps: said.ipHiMbps,
  goodputMbps: undefined,
  evidencePass: said.evidencePass,
  evidenceFail: said.evidenceFail,
  cv: said.cv,
  capMbps: Number.isFinite(plan.capMbps) ? plan.capMbps : undefined,
  creditAskedS: plan.creditS,
  flat: said.flat,
  spent: said.spent,
  portLimited: said.portLimited,
  reanchors: said.reanchors,
  bytes: said.testBytes,
  durationMs: said.atMs,
  server: 's',
  egress: ''
})
