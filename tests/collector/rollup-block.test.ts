import fc from 'fast-check'
import t from 'tap'
import type { Outcome } from '../../contract/reading.ts'
import {
  everyPart,
  packFigures,
  packRollups,
  unpackRollups,
  type RollupParts
} from '../../collector/store/rollup-block.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'

const day = '2026-11-03'
const outcomes: readonly Outcome[] = ['ok', 'degraded', 'failed', 'unavailable']
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'eth0', 'a\nb', '\t', '\u2028', '学校', '__proto__', 'constructor', '\ud800')
)
const whole = fc.oneof(fc.nat(300), fc.nat(), fc.constantFrom(0, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER))
const counts = fc.record({ ok: whole, degraded: whole, failed: whole, unavailable: whole })
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
const figures = fc.record({ n: whole, min: number, mean: number, p50: number, p95: number, max: number })
const time = fc.oneof(
  fc.nat(86_399_999).map(ms => Date.parse(`${day}T00:00:00+08:00`) + ms),
  fc.nat()
)

/** Anything that may be rolled up, hostile texts and numbers of clocks gone mad included. */
export const anyRollup: fc.Arbitrary<DayRollup> = fc.record({
  day: fc.constant(day),
  checkId: fc.integer({ min: 64, max: 127 }),
  part: text,
  place: text,
  counts,
  inHours: counts,
  liveFailed: whole,
  reasons: fc.dictionary(text, whole),
  firstMs: time,
  last: fc.record({
    atMs: time,
    outcome: fc.constantFrom(...outcomes),
    reason: fc.option(text, { nil: undefined }),
    fields: fc.dictionary(text, number),
    labels: fc.dictionary(text, text)
  }),
  fields: fc.dictionary(text, figures)
})
const someRollups = fc.uniqueArray(anyRollup, {
  maxLength: 12,
  selector: row => JSON.stringify([row.checkId, row.part, row.place])
})

/** What the storage before gave back: one JSON text a row. */
const asText = (rows: readonly DayRollup[]): string[] => rows.map(row => JSON.stringify(ordered(row))).sort()
const ordered = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([name, inner]) => [name, ordered(inner)])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    : Object.is(value, -0)
      ? 0
      : value

const back = (rows: readonly DayRollup[], parts: RollupParts = everyPart): DayRollup[] => {
  const into: DayRollup[] = []
  const sheets = Map.groupBy(rows, row => row.checkId)
  unpackRollups(
    { day, ...packRollups(rows) },
    () => ({ ...parts, into }),
    checkId => packFigures(sheets.get(checkId) ?? [])
  )
  return into
}

void t.test('what a block gives back is what a row of JSON a rollup gave back', t => {
  fc.assert(
    fc.property(someRollups, rows => {
      t.same(asText(back(rows)), asText(rows))
    }),
    { numRuns: 50, seed: 1 }
  )
  t.end()
})

void t.test('parts that nobody wants are empty, and the rest is as it was', t => {
  fc.assert(
    fc.property(someRollups, fc.boolean(), fc.boolean(), (rows, last, figures) => {
      const thin = rows.map(row => ({
        ...row,
        last: last ? row.last : { ...row.last, fields: {}, labels: {} },
        fields: figures ? row.fields : {}
      }))
      t.same(asText(back(rows, { fromDay: '', last, figures })), asText(thin))
    }),
    { numRuns: 25, seed: 2 }
  )
  t.end()
})

void t.test('rollups of a block lie in the order of check, part and place, whatever order they came in', t => {
  const order = (rows: readonly DayRollup[]) =>
    back(rows).map(row => JSON.stringify([row.checkId, row.part, row.place]))
  fc.assert(
    fc.property(someRollups, rows => {
      t.same(order(rows.toReversed()), order(rows))
    }),
    { numRuns: 15, seed: 3 }
  )
  t.end()
})

void t.test('figures of a moment at which there were other parts are nobody’s', t => {
  const [one] = fc.sample(anyRollup, { numRuns: 1, seed: 4 })
  if (one === undefined) throw new Error('fast-check gives one')
  const fields = { height_px: { n: 1, min: 480, mean: 480, p50: 480, p95: 480, max: 480 } }
  const rows = ['a', 'b'].map(part => ({ ...one, part, fields }))
  const into: DayRollup[] = []
  unpackRollups(
    { day, ...packRollups(rows) },
    () => ({ ...everyPart, into }),
    () => packFigures(rows.slice(1))
  )
  t.same(
    into.map(row => row.fields),
    [{}, {}]
  )
  t.end()
})

void t.test('a block is small while its numbers are, and right when they are not', t => {
  const [one] = fc.sample(anyRollup, { numRuns: 1, seed: 4 })
  if (one === undefined) throw new Error('fast-check gives one')
  const startMs = Date.parse(`${day}T00:00:00+08:00`)
  const none = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
  const plain = {
    ...one,
    counts: none,
    inHours: none,
    liveFailed: 0,
    firstMs: startMs,
    last: { ...one.last, atMs: startMs }
  }
  t.equal(packRollups([plain]).numbers.length, 8 + 13 * 4)
  t.equal(packRollups([{ ...plain, firstMs: 1000 }]).numbers.length, 8 + 13 * 8)
  t.same(
    back([plain, { ...plain, part: 'z', firstMs: 1000 }])
      .map(row => row.firstMs)
      .sort(),
    [1000, startMs]
  )
  t.end()
})
