import fc from 'fast-check'
import t from 'tap'
import { daysOf } from '../../../collector/calendar/period.ts'
import type { UplinkRow } from '../../../collector/ledger/uplink.ts'
import { explain, explained } from '../../../collector/verdicts/explain.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { uplinkTier } from '../../../collector/verdicts/uplink-tier.ts'
import type { Finding, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { device, evidence, period } from '../../rig/evidence.ts'
import { fail, nightMs, pass, undecided, uplinkRow } from '../../rig/tier-tests.ts'

const devices = [device('gw-1'), device('gw-2'), device('panel-1', { kind: 'panel' })]
const endMs = period.toMs
const judge = (
  tests: readonly TierTest[],
  over: Partial<SchoolEvidence> & { readonly tier?: number } = {}
): Finding => {
  const { tier = 100, ...rest } = over
  return uplinkTier.judge(evidence({ asOfMs: endMs, devices, uplinks: [uplinkRow()], tierTests: tests, ...rest }), {
    tier_mbps: tier
  })
}
const nights = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const good = nights(0, 30).map(i => pass(i))

void t.test('met: ok on 70 % of the days and at most one below', t => {
  t.match(judge(good), { verdict: 'met', reason: 'carried', n: 30, expectedN: 22 })
  t.match(judge(good.slice(0, 22)), { verdict: 'met', n: 22 })
  t.match(judge(good.slice(0, 21)), { verdict: 'unknown', reason: 'period_too_short', n: 21 })
  const bad = [fail(25), fail(25, { atMs: nightMs(25, 90), lease: 'again' })]
  t.match(judge([...good.slice(0, 25), ...bad]), { verdict: 'met', facts: { below_days: 1, ok_days: 25 } })
  t.match(judge(good).facts, {
    uplink: 'u-1',
    ip_mbps: 99,
    ip_lo_mbps: 98.5,
    ip_hi_mbps: 99.5,
    line_mbps: 95,
    server: 'collector',
    egress: '198.51.100.7',
    tests_n: 30,
    bytes: 30 * 17_000_000,
    provisional: 0,
    port_limited: 0
  })
  t.equal(judge(good).evidence[0], `uplink u-1 ok ${period.firstDay}`)
  t.end()
})

void t.test('missed: three days below, each by a fail of its own', t => {
  const bad = nights(0, 6).map(i => fail(i))
  t.match(judge(bad), { verdict: 'missed', reason: 'below', n: 6, expectedN: 3 })
  t.match(judge(bad.slice(0, 3)), { verdict: 'missed', n: 3 })
  t.match(judge(bad.slice(0, 2)), { verdict: 'unknown', reason: 'unsteady' })
  t.match(judge([...good.slice(0, 25), ...nights(25, 30).map(i => fail(i))]), { verdict: 'missed' })
  t.end()
})

void t.test('silence, and tests that cannot decide, are unknown with what is missing and by when', t => {
  t.match(judge([], { uplinks: [] }), { verdict: 'unknown', reason: 'no_uplink', facts: { tier_mbps: 100 } })
  t.match(judge([]), { verdict: 'unknown', reason: 'no_tests' })
  t.match(judge(nights(0, 30).map(i => undecided(i, { reason: 'loss' }))), { reason: 'never_decided' })
  t.match(judge(nights(0, 30).map(i => undecided(i, { reason: 'credit' }))), { reason: 'credit_open' })
  const early = { asOfMs: nightMs(4, 700) }
  t.match(judge(good.slice(0, 5), early), {
    reason: 'too_few_days',
    n: 5,
    facts: { ok_days: 5, need_days: 22, earliest_day: daysOf(period)[21] ?? '' }
  })
  t.match(judge(good.slice(0, 4), early).facts, { earliest_day: daysOf(period)[21] ?? '' })
  t.match(judge([]).facts, { seen: '–' })
  t.end()
})

void t.test('a panel decides nothing, and the word says where an agent belongs', t => {
  const panel = [uplinkRow('u-1', { device: 'panel-1' })]
  for (const tests of [good, nights(0, 9).map(i => fail(i))])
    t.match(
      judge(
        tests.map(test => ({ ...test, vantage: 'panel' as const })),
        { uplinks: panel }
      ),
      {
        verdict: 'unknown',
        reason: 'panel_only'
      }
    )
  t.match(judge([...good, pass(3, { vantage: 'panel', lease: 'p' })]).excluded, { panel: 1 })
  t.end()
})

void t.test('a pass without a later certificate is provisional, and a port as slow as the tier is said', t => {
  const fast = nights(0, 22).map(i =>
    pass(i, i % 10 === 0 ? { flat: false } : { kind: 'quick', creditAskedS: 0, flat: false })
  )
  t.match(judge(fast), { verdict: 'met', reason: 'carried_provisional', facts: { provisional: 1 } })
  t.match(judge([...fast, pass(22, { flat: false })]), { reason: 'carried' })
  const later = [...fast, pass(35, { flat: false })]
  t.match(judge(later, { asOfMs: endMs }), { reason: 'carried' }, 'the next period’s certificate counts')
  const ranOut = [...fast, fail(32, { spent: true })]
  t.match(judge(ranOut), { verdict: 'unknown', reason: 'credit_ran_out', excluded: { voided: 2 }, n: 20 })
  t.match(judge([...nights(0, 22).map(i => pass(i)), fail(35, { spent: true, reanchors: 1 })]), {
    verdict: 'unknown',
    reason: 'credit_ran_out',
    excluded: { voided: 1 },
    n: 21
  })
  t.match(judge(good.map(test => ({ ...test, portLimited: true }))), {
    verdict: 'met',
    reason: 'carried_port_limited',
    facts: { port_limited: 1 }
  })
  t.end()
})

void t.test('several uplinks: one that carries the tier is enough, and all must be below for a miss', t => {
  const two = [uplinkRow('u-1'), uplinkRow('u-2', { device: 'gw-2' })]
  const of = (uplink: string, tests: readonly TierTest[]) => tests.map(test => ({ ...test, uplink }))
  const bad = nights(0, 6).map(i => fail(i))
  t.match(judge([...of('u-1', bad), ...of('u-2', good)], { uplinks: two }), {
    verdict: 'met',
    facts: { uplink: 'u-2' }
  })
  t.match(judge(of('u-1', bad), { uplinks: two }), { verdict: 'unknown', reason: 'no_tests', facts: { uplink: 'u-2' } })
  t.match(judge([...of('u-1', bad), ...of('u-2', bad)], { uplinks: two }), { reason: 'contract_unknown' })
  const small = two.map(uplink => ({ ...uplink, contractDownMbps: 20 }))
  t.match(judge([...of('u-1', bad), ...of('u-2', bad)], { uplinks: small }), { verdict: 'missed' })
  t.end()
})

void t.test('contracts add up only where each line carries its own, and a shared line counts once', t => {
  const lines = (over: Partial<UplinkRow>, ...mbps: readonly number[]) =>
    mbps.map((contractDownMbps, i) => uplinkRow(`u-${i + 1}`, { device: `gw-${i + 1}`, contractDownMbps, ...over }))
  const own = (uplink: string, tierMbps: number) => [
    ...nights(0, 25).map(i => pass(i, { uplink, tierMbps, ipMbps: tierMbps, lease: `${uplink}-${i}` })),
    ...nights(0, 25).map(i =>
      fail(i, { uplink, tierMbps: 1000, atMs: nightMs(i, 45), lease: `${uplink}-k-${i}`, ipMbps: tierMbps })
    )
  ]
  const both = [...own('u-1', 500), ...own('u-2', 500)]
  t.match(judge(both, { tier: 1000, uplinks: lines({}, 500, 500) }), { verdict: 'met', reason: 'contracts_carried' })
  t.match(judge(both, { tier: 1000, uplinks: lines({ sharedGroup: 'g-1' }, 500, 500) }), { verdict: 'missed' })
  t.match(judge(own('u-1', 500), { tier: 1000, uplinks: lines({}, 500, 500) }), { verdict: 'unknown' })
  const half = [...own('u-1', 500), ...own('u-2', 100)]
  t.match(judge(half, { tier: 1000, uplinks: lines({}, 500, 500) }), { verdict: 'unknown', reason: 'contracts_open' })
  t.match(judge(both, { tier: 1000, uplinks: lines({}, 700, 300) }), { reason: 'contract_not_provable' })
  t.match(judge(both, { tier: 1000, uplinks: lines({}, 500, 300) }), { verdict: 'missed' })
  t.end()
})

void t.test('another way out is a flag, never a verdict', t => {
  const moved = good.map((test, i) => (i === 9 ? { ...test, egress: '203.0.113.9' } : test))
  t.match(judge(moved), { verdict: 'met', facts: { egress_changed: 1, two_exits: 0 } })
  t.match(judge(good.map((test, i) => (i === 9 ? { ...test, egress: '2001:db8::1' } : test))).facts, {
    egress_changed: 0
  })
  const panel = pass(9, { vantage: 'panel', uplink: 'u-2', egress: '203.0.113.9', lease: 'p' })
  t.match(judge([...good, panel]).facts, { egress_changed: 0, two_exits: 1 })
  t.match(judge([...good, { ...panel, egress: '198.51.100.7' }]).facts, { two_exits: 0 })
  t.end()
})

const anyTest = fc
  .record({
    night: fc.integer({ min: 0, max: 36 }),
    uplink: fc.constantFrom('u-1', 'u-2'),
    kind: fc.constantFrom('pass', 'fail', 'undecided', 'credit', 'spent', 'port'),
    tier: fc.constantFrom(100, 500)
  })
  .map(({ night, uplink, kind, tier }): TierTest => {
    const over = {
      uplink,
      tierMbps: tier,
      lease: `${uplink}-${night}-${tier}`,
      ipMbps: kind === 'pass' ? tier : tier / 2
    }
    if (kind === 'undecided') return undecided(night, over)
    if (kind === 'credit') return undecided(night, { ...over, reason: 'credit' })
    if (kind === 'fail') return fail(night, over)
    if (kind === 'spent') return fail(night, { ...over, spent: true })
    return pass(night, { ...over, portLimited: kind === 'port' })
  })
const anySchool = fc
  .record({
    tests: fc.array(anyTest, { maxLength: 6 }),
    streaks: fc.array(
      fc.constantFrom('good', 'bad', 'fast', 'port', 'own', 'own-fast', 'half', 'credit', 'none', 'copper'),
      {
        minLength: 2,
        maxLength: 2
      }
    ),
    uplinks: fc.constantFrom(0, 1, 1, 2, 2),
    panel: fc.boolean(),
    contracts: fc.constantFrom([undefined, undefined], [100, 100], [500, 500], [700, 300], [10, 10]),
    late: fc.boolean()
  })
  .map((x): SchoolEvidence => {
    const streak = (kind: string, uplink: string): TierTest[] =>
      nights(0, 30).flatMap(i => {
        const over = { uplink, lease: `s-${uplink}-${i}` }
        if (kind === 'good' || kind === 'port')
          return [pass(i, { ...over, tierMbps: 500, ipMbps: 500, portLimited: kind === 'port' })]
        if (kind === 'fast')
          return [
            pass(i, { ...over, tierMbps: 500, flat: false, creditAskedS: i === 0 || i === 8 || i === 16 ? 3 : 0 })
          ]
        if (kind === 'bad') return [fail(i, over)]
        if (kind === 'copper')
          return [fail(i, { ...over, kind: 'port', slot: 'none', lease: '', reason: 'port', ipMbps: undefined })]
        if (kind === 'credit') return [undecided(i, { ...over, tierMbps: 500, reason: 'credit' })]
        if (kind === 'none') return []
        const creditAskedS = kind === 'own' || i % 9 === 0 ? 3 : 0
        const slow = fail(i, { ...over, lease: `k-${uplink}-${i}`, tierMbps: 1000, ipMbps: 500, creditAskedS: 0 })
        if (kind === 'half') return [slow]
        return [pass(i, { ...over, tierMbps: 500, ipMbps: 500, flat: kind === 'own', creditAskedS }), slow]
      })
    const rows = [0, 1].map(i =>
      uplinkRow(`u-${i + 1}`, { device: x.panel ? 'panel-1' : `gw-${i + 1}`, contractDownMbps: x.contracts[i] })
    )
    return evidence({
      asOfMs: x.late ? endMs : Date.parse('2026-11-03T12:00:00+08:00'),
      devices,
      uplinks: rows.slice(0, x.uplinks),
      tierTests: [...x.tests, ...x.streaks.flatMap((kind, i) => streak(kind, `u-${i + 1}`))],
      schoolDays: evidence().schoolDays
    })
  })

void t.test(
  'every reason the rule can give has a whole sentence in both languages, and none is there for nothing',
  t => {
    const findings = new Map<string, Finding>()
    for (const tier_mbps of [500, 1000])
      for (const e of fc.sample(anySchool, { numRuns: 700, seed: 3 })) {
        const finding = uplinkTier.judge(e, { tier_mbps })
        findings.set(finding.reason, finding)
      }
    const silent = explained('any-other')
    t.same(
      explained('uplink').filter(reason => !findings.has(reason) && !silent.includes(reason)),
      []
    )
    for (const finding of findings.values())
      for (const language of ['zh', 'en'] as const) {
        const text = explain({ ...finding, indicator: 'uplink' }, language)
        t.notMatch(text, /[?{}]|undefined|NaN|^Reason:|^原因/, text)
        t.match(text, language === 'zh' ? /[\u4e00-\u9fff].*。$/ : /^[A-Z0-9{].*\.$/, text)
      }
    t.end()
  }
)

void t.test('the order of arrival changes no finding, and without a fail nothing is missed', t => {
  fc.assert(
    fc.property(anySchool, e => {
      const reversed = { ...e, tierTests: e.tierTests.toReversed() }
      const finding = uplinkTier.judge(e, { tier_mbps: 500 })
      return (
        JSON.stringify(uplinkTier.judge(reversed, { tier_mbps: 500 })) === JSON.stringify(finding) &&
        (finding.verdict !== 'missed' || e.tierTests.some(test => test.result === 'fail')) &&
        (finding.verdict !== 'met' || e.tierTests.some(test => test.result === 'pass'))
      )
    }),
    { numRuns: 100, seed: 4 }
  )
  t.pass()
  t.end()
})
