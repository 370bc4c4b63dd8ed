import fc from 'fast-check'
import t from 'tap'
import { plainContext } from '../../../collector/routes/pages/context.ts'
import { attemptsOf } from '../../../collector/routes/pages/model/uplink/attempts.ts'
import { chartOf } from '../../../collector/routes/pages/model/uplink/chart.ts'
import { labelsApart, rangeOf, ticksOf } from '../../../collector/routes/pages/model/uplink/scale.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { nowMs } from './city-ledger.ts'
import { tierTest } from './tier-tests.ts'

const context = plainContext({ url: '/schools/s-1', headers: {} }, nowMs)
const options = { direction: 'down', lastDay: '2026-11-12' } as const
const chart = (tests: readonly TierTest[]) => chartOf(context, attemptsOf(tests, 0, Infinity), options)

const rate = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined })
const anyTest = fc.record({
  ago: fc.integer({ min: 0, max: 29 }),
  tierMbps: fc.constantFrom(10, 100, 500, 1000),
  ipMbps: rate,
  ipLoMbps: rate,
  ipHiMbps: rate,
  kind: fc.constantFrom('quick', 'certify', 'passive', 'port'),
  result: fc.constantFrom('pass', 'fail', 'inconclusive')
})

void t.test('whatever was measured, every mark, line and label lies in the picture', t => {
  fc.assert(
    fc.property(fc.array(anyTest, { minLength: 1, maxLength: 12 }), drafts => {
      const drawn = chart(drafts.map(({ ago, ...more }, i) => tierTest('u', ago, `0${i % 10}:0${i % 7}`, more)))
      if (drawn === undefined) return false
      const inside = (y: number) => Number.isFinite(y) && y >= 0 && y <= drawn.height
      return (
        [...drawn.lines, ...drawn.ticks, ...drawn.marks].every(({ y }) => inside(y)) &&
        drawn.marks.every(({ x }) => parseFloat(x) >= 0 && parseFloat(x) <= 100) &&
        drawn.marks.every(
          ({ y, range }) => range === undefined || (inside(y + range.top) && inside(y + range.bottom))
        ) &&
        drawn.ticks.length <= 9
      )
    }),
    { numRuns: 200 }
  )
  t.equal(chart([]), undefined, 'no test, no picture')
  t.end()
})

void t.test('the axis keeps the line apart from what misses it by 3 %, and noise from looking like a fall', t => {
  const near = rangeOf([{ ipMbps: 921, ipLoMbps: 915, ipHiMbps: 927 }], [950])
  t.ok((950 - 921) / (near.high - near.low) > 0.1, 'a tenth of the height at least')
  const calm = rangeOf([{ ipMbps: 951, ipLoMbps: 950.5, ipHiMbps: 951.5 }], [950])
  t.ok(calm.high - calm.low >= 0.25 * 950)
  t.equal(rangeOf([{ ipMbps: 20, ipLoMbps: 19, ipHiMbps: 21 }], [950]).low, 0, 'where low rates occur it begins at 0')
  t.same(ticksOf({ low: 430, high: 570 }), [450, 500, 550])
  t.same(ticksOf({ low: 0, high: 1000 }), [0, 250, 500, 750, 1000])
  t.end()
})

void t.test('texts beside the axis do not cover each other', t => {
  const labels = labelsApart([
    { y: 40, text: '475' },
    { y: 38, text: '480' },
    { y: 100, text: '95' }
  ])
  t.same(
    labels.map(({ textY, text }) => [textY, text]),
    [
      [38, '480'],
      [51, '475'],
      [100, '95']
    ]
  )
  t.end()
})

void t.test('counters that prove a line again and again are one attempt a day, and never crowd out a test', t => {
  const counters = Array.from({ length: 600 }, (_, i) =>
    tierTest('u', 1, `${8 + Math.floor(i / 60)}:${i % 60}`, { kind: 'passive', ipMbps: 480 + (i % 7), lease: '' })
  )
  const attempts = attemptsOf([...counters, tierTest('u', 2, '01:00')], 0, Infinity)
  t.same(
    attempts.map(({ test, times }) => [test.kind, times, test.ipMbps]),
    [
      ['passive', 600, 486],
      ['quick', 1, 517]
    ]
  )
  t.end()
})

void t.test('a picture of very many tests draws the newest and says so', t => {
  const many = Array.from({ length: 260 }, (_, i) => tierTest('u', i % 30, `0${i % 6}:${10 + (i % 50)}`))
  const drawn = chart(many)
  t.equal(drawn?.marks.length, 200)
  t.equal(drawn?.older, '只画出最近 200 次')
  t.match(drawn?.alt, '共 260 次')
  t.end()
})
