import t from 'tap'
import { explain } from '../../../collector/verdicts/explain.ts'
import { dayStatesOf, laterTestsMs } from '../../../collector/verdicts/uplink/history.ts'
import { tierTestOf } from '../../../collector/verdicts/uplink/from-reading.ts'
import { uplinkMonth } from '../../../collector/verdicts/uplink/month.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { uplinkTier } from '../../../collector/verdicts/uplink-tier.ts'
import { device, evidence, period } from '../../rig/evidence.ts'
import { tierReading } from '../../rig/tier-readings.ts'
import { fail, nightMs, pass, tierTest, uplinkRow } from '../../rig/tier-tests.ts'

const wordsOf = (tests: readonly TierTest[]): string =>
  dayStatesOf(tests, { direction: 'down', tierMbps: 100 }, period, period.toMs - 1)
    .map(day => ({ ok: 'o', below: 'x', unknown: '.' })[day.state])
    .join('')
const nights = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const judge = (tests: readonly TierTest[]) =>
  uplinkTier.judge(
    evidence({ asOfMs: period.toMs, devices: [device('gw-1')], uplinks: [uplinkRow()], tierTests: tests }),
    { tier_mbps: 100 }
  )
const noon = (i: number): number => nightMs(i, 750)

void t.test('what a person asked for makes no day, where the nights before had published one', t => {
  const asked = { slot: 'on_demand', kind: 'quick', creditAskedS: 0 } as const
  const bad = [fail(0), fail(1)]
  t.match(wordsOf([...bad, ...nights(2, 9).map(i => fail(i, { atMs: noon(i), ...asked }))]), /^xx\.+$/)
  t.match(judge([...bad, fail(2, { atMs: noon(2), ...asked })]), { verdict: 'unknown' }, 'the third day is not theirs')
  const good = [pass(0), pass(1)]
  t.match(wordsOf([...good, ...nights(2, 9).map(i => pass(i, { atMs: noon(i), ...asked }))]), /^oo\.+$/)
  t.end()
})

void t.test('a capped pass after the certificate has ended makes no day', t => {
  const capped = { kind: 'quick', creditAskedS: 0, flat: false } as const
  const words = wordsOf([pass(0, { flat: false }), ...nights(1, 20).map(i => pass(i, capped))])
  t.equal(words.slice(0, 20), 'o'.repeat(10) + '.'.repeat(10))
  t.end()
})

void t.test('a busy lunch alone makes no day below, after bad nights either', t => {
  const lunch = nights(2, 8).map(i => fail(i, { atMs: noon(i), slot: 'fallback' }))
  t.match(wordsOf([fail(0), fail(1), ...lunch]), /^xx\.+$/)
  t.end()
})

void t.test('a bureau that makes its line more lenient is told of no miss that the new line would not have seen', t => {
  const near = { ipMbps: 92.5, ipLoMbps: 91.8, ipHiMbps: 93.2 }
  const strict = nights(0, 5).map(i => fail(i, near))
  t.match(judge(strict), { verdict: 'missed' })
  const lenient = nights(5, 12).map(i => pass(i, { ...near, passRatio: 0.9 }))
  t.match(judge([...strict, ...lenient]), { verdict: 'unknown', facts: { below_days: 0, line_mbps: 90 } })
  const far = nights(0, 5).map(i => fail(i))
  t.match(judge([...far, ...lenient]), { verdict: 'missed' }, 'what missed both lines stays a miss')
  const later = pass(0, { ...near, passRatio: 0.9, atMs: period.toMs + 3_600_000 })
  t.match(judge([...strict, later]), { verdict: 'missed' }, 'the line of the next period is not this one’s')
  t.end()
})

void t.test('a port fails only at a speed that Ethernet has', t => {
  const of = (port_mbps: number, tier_mbps = 100) =>
    tierTestOf(
      tierReading('fail', { reason: 'port', labels: { kind: 'port', lease: '' }, fields: { port_mbps, tier_mbps } }),
      'u-1',
      'gateway'
    )
  t.match(of(10), { result: 'fail' })
  t.match(of(100, 500), { result: 'fail' })
  t.match(of(50), { result: 'inconclusive', reason: 'contradiction' }, 'a modem: 150 down, 50 up')
  t.match(of(480, 500), { result: 'inconclusive' })
  t.end()
})

void t.test('a port that is too slow is said as what it is, and not as a measurement of the line', t => {
  const port = { kind: 'port', slot: 'none', lease: '', reason: 'port', ipMbps: undefined } as const
  const finding = judge([pass(0), ...nights(5, 12).map(i => fail(i, port))])
  t.match(finding, { verdict: 'missed', reason: 'below_port' })
  for (const language of ['zh', 'en'] as const)
    t.notMatch(explain({ ...finding, indicator: 'uplink' }, language), /\?|\b99\b|Ask the operator|联系运营商/)
  t.match(judge([...nights(0, 4).map(i => fail(i)), fail(4, port)]), { reason: 'below' })
  t.end()
})

void t.test('a past period is the same however long afterwards it is looked at', t => {
  const good = nights(0, 31).map(i => pass(i, { flat: i < 30 }))
  const spent = tierTest({ atMs: period.toMs + laterTestsMs + 86_400_000, result: 'fail', spent: true, lease: 'late' })
  const monthOf = (tests: readonly TierTest[]) =>
    uplinkMonth({ id: 'u-1' }, 'gateway', tests, 100, period, period.toMs - 1)
  t.same(monthOf([...good, spent]), monthOf(good))
  t.end()
})
