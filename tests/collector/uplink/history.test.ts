import fc from 'fast-check'
import t from 'tap'
import { addDays, dayOf } from '../../../collector/calendar/day.ts'
import { daysOf } from '../../../collector/calendar/period.ts'
import { dayStatesOf, stateOf, type DayState } from '../../../collector/verdicts/uplink/history.ts'
import { wordOf } from '../../../collector/verdicts/uplink/odds.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { period } from '../../rig/evidence.ts'
import { fail, nightMs, pass, tierTest, undecided } from '../../rig/tier-tests.ts'

const query = { direction: 'down', tierMbps: 100 } as const
const endMs = period.toMs - 1
const statesOf = (tests: readonly TierTest[]): readonly DayState[] => dayStatesOf(tests, query, period, endMs)
const wordsOf = (tests: readonly TierTest[]): string =>
  statesOf(tests)
    .map(day => ({ ok: 'o', below: 'x', unknown: '.' })[day.state])
    .join('')
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** Tests of one line at night, of every kind that may arrive. */
const anyTest = fc
  .record({
    night: fc.integer({ min: -40, max: 30 }),
    minute: fc.integer({ min: 30, max: 34 }),
    result: fc.constantFrom('pass', 'pass', 'fail', 'inconclusive'),
    reason: fc.constantFrom('undecided', 'undecided', 'host', 'credit'),
    certify: fc.boolean(),
    flat: fc.boolean(),
    spent: fc.boolean(),
    reanchors: fc.integer({ min: 0, max: 2 }),
    tier: fc.constantFrom(100, 100, 500, 10),
    nats: fc.double({ min: -8, max: 8, noNaN: true }),
    slot: fc.constantFrom('night', 'night', 'night', 'fallback', 'on_demand'),
    vantage: fc.constantFrom('gateway', 'gateway', 'gateway', 'panel')
  })
  .map((x): TierTest =>
    tierTest({
      atMs: nightMs(x.night, x.minute),
      lease: `l-${x.night}-${x.minute}-${x.tier}`,
      result: x.result,
      ...(x.result === 'inconclusive' ? { reason: x.reason } : {}),
      kind: x.certify ? 'certify' : 'quick',
      creditAskedS: x.certify ? 3 : 0,
      flat: x.flat,
      spent: x.spent,
      reanchors: x.reanchors,
      tierMbps: x.tier,
      evidencePass: x.nats,
      evidenceFail: 0,
      slot: x.slot,
      vantage: x.vantage
    })
  )
const anyTests = fc.array(anyTest, { maxLength: 60 })

/** The history once more, from the words of the specification, in probabilities and with no eye for speed. Nights only. */
const oracle = (tests: readonly TierTest[], lastDay: string) => {
  const leases = new Map<string, TierTest>()
  for (const test of [...tests].sort((a, b) => b.atMs - a.atMs)) leases.set(test.lease, test)
  const mine = [...leases.values()]
    .filter(test => test.vantage === 'gateway')
    .sort((a, b) => a.atMs - b.atMs || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  const words = new Map<string, string>()
  const odds = new Map<string, number>()
  let p: number | undefined
  let certificate: { from: string; days: number; flat: boolean } | undefined
  const start = mine[0] === undefined ? addDays(lastDay, 1) : dayOf(mine[0].atMs)
  for (let day = start; day <= lastDay; day = addDays(day, 1)) {
    if (p !== undefined) p = p * (1 - 1 / 200) + (1 - p) / 50
    let passed = false
    let failed = false
    for (const test of mine.filter(one => dayOf(one.atMs) === day)) {
      const above = test.result === 'pass' && test.tierMbps >= 100
      const below = test.result === 'fail' && test.tierMbps <= 100
      const same = test.result === 'inconclusive' && test.tierMbps === 100
      if (same && test.reason === 'credit' && certificate?.flat === true && !test.flat) certificate = undefined
      if (!above && !below && !(same && test.reason === 'undecided')) continue
      p ??= 0.5
      const evidence = test.evidencePass - test.evidenceFail
      const raw = above ? Math.max(0, evidence) : below ? Math.min(0, evidence) : evidence / 2
      const nats = Math.max(-Math.log(100), Math.min(Math.log(100), raw))
      const lo = Math.log(p / (1 - p))
      const stands = certificate !== undefined && day < addDays(certificate.from, certificate.days)
      const sure = test.creditAskedS >= 3 || stands
      const next = nats > 0 && !sure ? Math.max(lo, Math.min(lo + nats, 2)) : Math.max(-7, Math.min(7, lo + nats))
      p = 1 / (1 + Math.exp(-next))
      passed ||= above && sure
      failed ||= below
      if (above && test.creditAskedS >= 3) {
        const flat = test.flat && test.tierMbps === 100
        certificate = { from: day, days: flat ? 30 : 10, flat }
      }
      if (below && test.creditAskedS > 0 && certificate !== undefined) {
        if (test.spent)
          for (const [one, word] of words) if (one >= certificate.from && word === 'ok') words.set(one, 'unknown')
        if (test.spent || test.reanchors > 0) certificate = undefined
      }
    }
    const lo = p === undefined ? 0 : Math.log(p / (1 - p))
    if (p !== undefined) odds.set(day, lo)
    words.set(day, lo >= 3 && passed ? 'ok' : lo <= -3 && failed ? 'below' : 'unknown')
  }
  return { words, odds }
}

void t.test('the history agrees with one written a second time from the specification', t => {
  fc.assert(
    fc.property(anyTests, list => {
      const tests = list.map(test => ({ ...test, slot: 'night' as const }))
      const { words, odds } = oracle(tests, period.lastDay)
      for (const { day, state, lo } of statesOf(tests)) {
        const expected = odds.get(day)
        if ((lo === undefined) !== (expected === undefined) || Math.abs((lo ?? 0) - (expected ?? 0)) > 1e-6)
          throw new Error(`${day}: log-odds ${lo ?? 'none'}, the oracle says ${expected ?? 'none'}`)
        // A day exactly on the edge may round either way.
        if (lo !== undefined && Math.abs(Math.abs(lo) - 3) < 1e-6) continue
        const word = words.get(day) ?? 'unknown'
        if (word !== state) throw new Error(`${day}: ${state}, the oracle says ${word} (lo ${lo ?? 'none'})`)
      }
    }),
    { numRuns: 400, seed: 11 }
  )
  t.pass()
  t.end()
})

void t.test('the order of arrival and reports sent twice change nothing, bit for bit', t => {
  fc.assert(
    fc.property(anyTests, fc.infiniteStream(fc.nat()), fc.boolean(), (tests, keys, twice) => {
      const keyed = (twice ? [...tests, ...tests] : tests).map(test => ({ test, key: keys.next().value as number }))
      const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(one => one.test)
      const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
      return (
        same(statesOf(shuffled), statesOf(tests)) && same(stateOf(shuffled, query, endMs), stateOf(tests, query, endMs))
      )
    }),
    { numRuns: 200, seed: 12 }
  )
  t.pass()
  t.end()
})

void t.test('only a pass makes an ok day and only a fail a day below, whatever else is reported', t => {
  fc.assert(
    fc.property(anyTests, tests =>
      statesOf(tests).every(
        day =>
          (day.state !== 'ok' || tests.some(test => test.result === 'pass' && dayOf(test.atMs) === day.day)) &&
          (day.state !== 'below' || tests.some(test => test.result === 'fail' && dayOf(test.atMs) === day.day))
      )
    ),
    { numRuns: 200, seed: 13 }
  )
  t.pass()
  t.end()
})

void t.test('one good night is ok at once, a silent line decays and is never ok', t => {
  t.equal(wordsOf([pass(0)]), 'o'.padEnd(31, '.').slice(0, daysOf(period).length))
  t.match(wordsOf([]), /^\.+$/)
  const silent = statesOf(range(-20, 0).map(i => pass(i)))
  t.match(silent.map(day => day.state).join(''), /^(unknown)+$/)
  t.equal((silent.at(-1)?.lo ?? 9) < 3, true, 'what was known a month ago is not known now')
  t.end()
})

void t.test('a day is published at 20 : 1', t => {
  t.same([3, 2.999, -2.999, -3].map(wordOf), ['ok', 'unknown', 'unknown', 'below'])
  t.end()
})

void t.test('a first fail is only suspect; the log-odds need a second', t => {
  const good = range(0, 10).map(i => pass(i))
  t.equal(statesOf([...good, fail(10)])[10]?.state, 'unknown')
  t.equal(statesOf([...good, fail(10), fail(11)])[11]?.state, 'below', 'found in the second night')
  t.end()
})

void t.test('one bad night is one day, however long nobody looks again', t => {
  const bad = [fail(5), fail(5, { atMs: nightMs(5, 120), lease: 'again' })]
  t.equal(wordsOf(bad).replaceAll('.', ''), 'x')
  t.equal(wordsOf([...range(0, 5).map(i => pass(i)), ...bad]).replaceAll(/[.o]/g, '').length, 1)
  t.end()
})

void t.test('tests without a decision never move a line to below', t => {
  const never = range(0, 30).flatMap(i => [
    undecided(i, { evidencePass: -50, evidenceFail: 50 }),
    undecided(i, { atMs: nightMs(i, 200), lease: `h-${i}`, reason: 'host', evidencePass: -90, evidenceFail: 90 })
  ])
  t.match(wordsOf(never), /^\.+$/)
  const guarded = undecided(0, { reason: 'loss', evidencePass: -90, evidenceFail: 90 })
  t.equal(statesOf([pass(0, { atMs: nightMs(0, 30) }), guarded])[0]?.state, 'ok', 'a guarded fail weighs nothing')
  const credit = range(0, 30).map(i => undecided(i, { reason: 'credit', evidencePass: 90, evidenceFail: -90 }))
  t.match(wordsOf(credit), /^\.+$/, 'and credit that was not excluded makes nothing ok')
  t.end()
})

void t.test('a panel never moves an uplink, in either direction', t => {
  const panel = range(0, 30).flatMap(i => [
    pass(i, { vantage: 'panel' }),
    fail(i, { vantage: 'panel', lease: `f-${i}` })
  ])
  t.match(wordsOf(panel), /^\.+$/)
  t.same(statesOf([...panel, pass(3, { lease: 'gw' })])[3]?.state, 'ok')
  t.end()
})

void t.test('credit that is seen to run out voids every ok day since the certificate', t => {
  const tests = [...range(0, 8).map(i => (i === 2 ? pass(i) : pass(i, { kind: 'quick', creditAskedS: 0 })))]
  t.equal(wordsOf(tests).slice(0, 10), '..oooooo..', 'a capped pass publishes nothing before the first certificate')
  const seen = [...tests, fail(9, { spent: true, reanchors: 1 })]
  t.equal(wordsOf(seen).slice(0, 10), '..........')
  t.same(
    statesOf(seen)
      .filter(day => day.voided)
      .map(day => day.day),
    daysOf(period).slice(2, 8)
  )
  t.equal(stateOf(seen, query, nightMs(10)).certificate, undefined)
  const changed = [...tests, fail(9, { reanchors: 1 })]
  t.equal(wordsOf(changed).slice(0, 8), '..oooooo', 'a step alone voids nothing')
  t.equal(stateOf(changed, query, nightMs(10)).certificate, undefined, 'but asks for a new certificate')
  t.equal(stateOf([...tests, fail(9)], query, nightMs(10)).certificate?.day, dayOf(nightMs(2)))
  t.end()
})

void t.test('certificates last 30, 10 and 7 days, and counters do not shorten what a test has shown', t => {
  const until = (...tests: TierTest[]) => stateOf(tests, query, nightMs(1)).certificate?.untilDay
  const passive = pass(1, { kind: 'passive', slot: 'none', lease: '' })
  t.equal(until(pass(0)), addDays(period.firstDay, 30))
  t.equal(until(pass(0, { flat: false })), addDays(period.firstDay, 10))
  t.equal(until(passive), addDays(period.firstDay, 8))
  t.equal(until(pass(0), passive), addDays(period.firstDay, 30))
  t.equal(until(pass(0, { tierMbps: 500 })), addDays(period.firstDay, 10), 'flat at 500 is fast at 100')
  t.equal(until(pass(0, { slot: 'on_demand' })), undefined)
  t.equal(stateOf([pass(0, { flat: false })], query, nightMs(10)).certificate, undefined, 'and then they end')
  t.equal(statesOf([passive])[1]?.state, 'ok', 'counters alone make a day')
  t.end()
})

void t.test('a pass counts for every lower tier, a fail for every higher one', t => {
  t.equal(statesOf([pass(0, { tierMbps: 1000 })])[0]?.state, 'ok')
  t.match(wordsOf([pass(0, { tierMbps: 10 })]), /^\.+$/)
  t.match(wordsOf([pass(0, { passRatio: 0.5, tierMbps: 100 })]), /^\.+$/, 'a line at half the tier proves half of it')
  t.equal(statesOf([fail(0, { tierMbps: 10 })])[0]?.state, 'below')
  t.match(wordsOf(range(0, 9).map(i => fail(i, { tierMbps: 500 }))), /^\.+$/)
  const port = fail(4, { kind: 'port', slot: 'none', lease: '', reason: 'port', ipMbps: undefined })
  t.equal(statesOf([port])[4]?.state, 'below', 'a port slower than the tier is certain')
  t.equal(statesOf(range(30, 90).map(m => ({ ...port, atMs: nightMs(4, m) })))[4]?.lo, statesOf([port])[4]?.lo)
  t.end()
})

void t.test('what a person asked for informs and never publishes', t => {
  const asked = range(0, 20).map(m =>
    pass(3, { atMs: nightMs(3, 600 + m), slot: 'on_demand', kind: 'quick', creditAskedS: 0 })
  )
  t.equal(statesOf(asked)[3]?.lo, 2)
  const blamed = range(0, 20).map(m => fail(3, { atMs: nightMs(3, 600 + m), slot: 'on_demand', kind: 'quick' }))
  t.equal(statesOf(blamed)[3]?.lo, -2)
  t.equal(statesOf([pass(3), ...blamed])[3]?.state, 'unknown', 'it can lift a published state into doubt')
  t.end()
})

void t.test('a busy lunch never makes a bad line: its fail counts at night only where the night had doubts too', t => {
  const good = range(0, 10).map(i => pass(i))
  const lunch = (i: number, over: Partial<TierTest> = {}) =>
    fail(i, { atMs: nightMs(i, 750), slot: 'fallback', ...over })
  t.equal(wordsOf([...good, ...range(0, 10).map(i => lunch(i))]).slice(0, 10), 'o'.repeat(10))
  const both = statesOf([...good, fail(10), lunch(10)])
  const alone = statesOf([...good, fail(10)])[10]?.lo ?? NaN
  t.ok(Math.abs((both[10]?.lo ?? NaN) - (alone - Math.log(10))) < 1e-9, 'it confirms, at half its weight')
  const proof = statesOf([...good, fail(10), pass(10, { atMs: nightMs(10, 750), slot: 'fallback' })])
  t.equal(proof[10]?.state, 'ok', 'a pass is proof whenever it was')
  const dark = range(0, 10).map(i => pass(i, { atMs: nightMs(i, 750), slot: 'fallback' }))
  t.equal(wordsOf(dark).slice(0, 10), 'o'.repeat(10), 'a school without power at night is judged by its fallback slots')
  t.equal(stateOf(dark, query, nightMs(9, 800)).slot, 'fallback')
  t.end()
})
