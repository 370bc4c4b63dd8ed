import t from 'tap'
import { dayOf } from '../../../collector/calendar/day.ts'
import { stateOf } from '../../../collector/verdicts/uplink/history.ts'
import { planOf } from '../../../collector/verdicts/uplink/plan.ts'
import type { TierTest, TestPlan } from '../../../collector/verdicts/uplink/tier-test.ts'
import { contractTier, tiersAsked, tiersToTest } from '../../../collector/verdicts/uplink/tiers.ts'
import { fail, nightMs, pass, undecided, uplinkRow } from '../../rig/tier-tests.ts'

/** What is to be run after these tests, in the i-th night. */
const planAt = (night: number, tests: readonly TierTest[], vantage?: 'panel'): TestPlan | undefined => {
  const atMs = nightMs(night, 90)
  const query = { direction: 'down', tierMbps: 100, ...(vantage === undefined ? {} : { vantage }) } as const
  return planOf(stateOf(tests, query, atMs), 100, dayOf(atMs))
}
const certify: TestPlan = {
  kind: 'certify',
  direction: 'down',
  tierMbps: 100,
  capMbps: Infinity,
  creditS: 3,
  lendNats: 0,
  failMs: 2000
}
const quick: TestPlan = { ...certify, kind: 'quick', capMbps: 1.1 * 100, creditS: 0 }
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

void t.test('without a certificate a test must certify, and a pass is enough for a day', t => {
  t.same(planAt(0, []), certify)
  t.equal(planAt(0, [pass(0)]), undefined)
  t.equal(planAt(0, [pass(0, { kind: 'passive', slot: 'none', lease: '' })]), undefined)
  t.same(planAt(0, [pass(0, { slot: 'on_demand' })]), certify, 'what a person asked for does not stand for the night')
  t.end()
})

void t.test('a flat link stays uncapped, a fast one is capped at 1.1 T, and history lends to quiet ones only', t => {
  const lendNats = Math.log(30)
  t.same(planAt(1, [pass(0)]), { ...quick, capMbps: Infinity, creditS: 3, lendNats })
  t.same(planAt(1, [pass(0, { flat: false })]), { ...quick, lendNats })
  t.same(planAt(1, [pass(0, { flat: false, cv: 0.05 })]), quick)
  t.same(planAt(1, [pass(0, { flat: false, cv: undefined })]), quick)
  t.same(planAt(10, [pass(0, { flat: false })]), { ...certify, lendNats: 0 }, 'after ten days it certifies anew')
  t.end()
})

void t.test('anything but a pass is repeated once the same day, a published miss is looked at every second day', t => {
  const good = range(8).map(i => pass(i))
  t.match(planAt(8, [...good, fail(8)]), { kind: 'quick' })
  const both = [...good, fail(8), fail(8, { atMs: nightMs(8, 75), lease: 'again' })]
  t.equal(planAt(8, both), undefined)
  t.equal(planAt(9, both), undefined)
  t.match(planAt(10, both), { kind: 'quick', failMs: 2000 })
  t.equal(planAt(11, [...both, fail(10)]), undefined)
  t.match(planAt(12, [...both, fail(10)]), { kind: 'quick', failMs: 1000 }, 'a known miss is confirmed sooner')
  t.match(planAt(8, [...good, undecided(8)]), { kind: 'quick' })
  t.end()
})

void t.test('a link that stays undecided is asked once a day, then every second day', t => {
  const never = (n: number) => [pass(0), ...range(n).map(i => undecided(i + 1))]
  t.ok(planAt(1, never(1)))
  t.equal(planAt(2, never(2)), undefined)
  t.ok(planAt(3, never(2)))
  t.equal(planAt(4, never(3)), undefined)
  t.ok(planAt(5, never(3)))
  t.end()
})

void t.test('a flat link that turned fast certifies again instead of staying undecided for a month', t => {
  t.match(planAt(2, [pass(0), undecided(1, { reason: 'credit' })]), { kind: 'certify' })
  t.match(planAt(2, [pass(0), undecided(1)]), { kind: 'quick', creditS: 3 })
  t.end()
})

void t.test('a panel looks once a week, capped, because it decides nothing', t => {
  t.same(planAt(0, [], 'panel'), quick)
  t.equal(planAt(6, [undecided(0, { vantage: 'panel', reason: 'no_counter' })]), undefined)
  t.same(planAt(7, [undecided(0, { vantage: 'panel', reason: 'no_counter' })]), quick)
  t.end()
})

void t.test('the tiers to test are those of the targets, and a contract’s own where several uplinks may add up', t => {
  const target = (indicator: string, tier_mbps: number) => ({ indicator, parameters: { tier_mbps } })
  t.same(
    tiersAsked([target('uplink', 100), target('uplink', 1000), target('room-port', 500), target('uplink', 7)]),
    [1000, 100]
  )
  t.same(
    [undefined, 9, 10, 300, 2000].map(mbps => contractTier({ contractDownMbps: mbps })),
    [...[undefined, undefined, 10, 100, 1000]]
  )
  const one = uplinkRow('u-1', { contractDownMbps: 500 })
  t.same(tiersToTest(one, [one], [1000]), [1000])
  t.same(tiersToTest(one, [one, uplinkRow('u-2')], [1000]), [1000, 500])
  t.same(tiersToTest(one, [one, uplinkRow('u-2')], []), [])
  t.end()
})
