import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { openWriter } from '../../../collector/sinks/influx/line.ts'
import { pointFaults, type Point, type PointFault } from '../../../collector/sinks/influx/point.ts'
import { measurements, placeTags, specFor } from '../../../collector/sinks/influx/schema.ts'
import { readLine } from '../../rig/line-protocol.ts'

const writePoint = openWriter()

const nowMs = Date.parse('2026-11-03T10:00:00+08:00')

const aPoint = (over: Partial<Point> = {}): Point => ({
  database: 'raw',
  measurement: 'ping',
  tags: { county: 'dingbian', school: 's-1', device: 'gw-1', check: 'gw-1-ping', part: 'none' },
  fields: { outcome: 0, took_ms: 2.5 },
  measured: { rtt_ms: 1.5 },
  atMs: nowMs,
  offsetNs: 0,
  arrival: 7,
  ...over
})

void t.test('a point is one line: every tag in order of its key, types of the schema, time in ns', async t => {
  const written = writePoint(aPoint({ offsetNs: 3 }), nowMs)
  t.equal(
    written.line,
    'ping,building=none,check=gw-1-ping,city=none,county=dingbian,device=gw-1,kind=none,part=none,province=none,room=none,' +
      'school=s-1,stage=none,zone=none outcome=0i,took_ms=2.5,rtt_ms=1.5 1793671200000000003'
  )
  t.notOk('fault' in written)
})

const bad = (
  name: string,
  over: Partial<Point>,
  fault: PointFault,
  says: string
): [string, Point, PointFault, string] => [name, aPoint(over), fault, says]
const tags = aPoint().tags
const cases = [
  bad(
    'a measurement nobody knows',
    { measurement: 'a b' },
    'bad_name',
    'measurement must be one of database raw, got "a b"'
  ),
  bad(
    'a figure as raw',
    { measurement: 'host_1d' },
    'bad_name',
    'measurement must be one of database raw, got "host_1d"'
  ),
  bad(
    'a tag with a comma',
    { tags: { ...tags, room: 'a,b' } },
    'bad_tag',
    'ping tag room must be an id (^[a-z0-9][a-z0-9-]{0,63}$), got "a,b"'
  ),
  bad(
    'a trailing backslash',
    { tags: { ...tags, school: 's-1\\' } },
    'bad_tag',
    String.raw`ping tag school must be an id (^[a-z0-9][a-z0-9-]{0,63}$), got "s-1\\"`
  ),
  bad('a line break', { tags: { ...tags, part: 'a\n' } }, 'bad_tag', String.raw`got "a\n"`),
  bad('NUL', { tags: { ...tags, part: '\0' } }, 'bad_tag', String.raw`got "\u0000"`),
  bad('a tag of another', { tags: { ...tags, target: 'p/t' } }, 'bad_tag', 'got "target"'),
  bad(
    'no device',
    { tags: { school: 's-1' } },
    'unregistered',
    'ping tag device must be a device of the ledger, got none'
  ),
  bad('NaN', { measured: { rtt_ms: NaN } }, 'not_finite', 'ping field rtt_ms must be a finite number, got NaN'),
  bad(
    'Infinity',
    { fields: { took_ms: Infinity } },
    'not_finite',
    'ping field took_ms must be a finite number, got Infinity'
  ),
  bad(
    'half of a count',
    { fields: { outcome: 0.5 } },
    'field_type',
    'ping field outcome must be a whole number, got 0.5'
  ),
  bad('more than a count holds', { fields: { outcome: 2 ** 53 } }, 'field_type', 'got 9007199254740992'),
  bad(
    'an agent that says what we say',
    { measured: { outcome: 1 } },
    'reserved_field',
    'ping field of an agent must not have a name that is used otherwise, got "outcome"'
  ),
  bad('a field called as a tag', { measured: { school: 1 } }, 'reserved_field', 'got "school"'),
  bad('a field called time', { measured: { time: 1 } }, 'reserved_field', 'got "time"'),
  bad('a field that is no word', { measured: { 'a=1,b': 1 } }, 'bad_name', 'got "a=1,b"'),
  bad(
    'fields of an agent where none belong',
    { measurement: 'school', tags: {}, fields: { agents_n: 1 }, measured: { rtt_ms: 1 } },
    'reserved_field',
    'got "rtt_ms"'
  ),
  bad(
    'a field that the measurement does not have',
    { measurement: 'school', tags: {}, fields: { pupils_n: 1 }, measured: undefined },
    'bad_name',
    'school field must be one of its own, got "pupils_n"'
  ),
  bad('nothing to say', { fields: {}, measured: {} }, 'no_field', 'ping must have at least one field, got none'),
  bad(
    'a clock in 1970',
    { atMs: 5 },
    'time_out_of_range',
    'time must be between 2020-01-01 and 1 days from now (2026-11-03T02:00:00.000Z), got 1970-01-01T00:00:00.005Z'
  ),
  bad('a clock in 2100', { atMs: Date.UTC(2100, 0) }, 'time_out_of_range', 'got 2100-01-01T00:00:00.000Z'),
  bad('half a millisecond', { atMs: nowMs + 0.5 }, 'time_out_of_range', 'time must be'),
  bad('a million twins', { offsetNs: 1_000_000 }, 'time_out_of_range', 'offset must be 0 to 999999 ns'),
  bad(
    'what its source refuses',
    { refused: { fault: 'too_many_parts', says: 'too many' } },
    'too_many_parts',
    'batch 7: too many'
  )
]

void t.test('what would poison a batch is refused with place, expectation and value', async t => {
  const wrong = cases.filter(([, point, fault, says]) => {
    const written = writePoint(point, nowMs)
    if (!('fault' in written)) return true
    const sentence = written.says.startsWith('batch 7: ') && written.says.includes(says)
    return written.fault !== fault || !sentence || /[\n\r\0]/.test(written.line)
  })
  t.same(
    wrong.map(([name, point]) => [name, writePoint(point, nowMs)]),
    []
  )
  t.notMatch(writePoint(aPoint({ arrival: 0, fields: {}, measured: {} }), nowMs), { says: /batch/ })
})

void t.test('a ranking may be dated ahead, a reading may not; a target has a slash, a check is long', async t => {
  const monthMs = 20 * 86_400_000
  const rank = { database: 'rollup', measurement: 'rank_1m', measured: undefined } as const
  const tags = { area: 'dingbian', scope: 'yulin', target: 'yulin-2022/broadband-access' }
  t.notMatch(writePoint(aPoint({ ...rank, tags, fields: { score: 1 }, atMs: nowMs + monthMs }), nowMs), {
    fault: String
  })
  t.match(writePoint(aPoint({ atMs: nowMs + monthMs }), nowMs), { fault: 'time_out_of_range' })
  const long = { ...aPoint().tags, check: 'c'.repeat(97) }
  t.notMatch(writePoint(aPoint({ tags: long }), nowMs), { fault: String })
  t.match(writePoint(aPoint({ tags: { ...long, room: 'c'.repeat(97) } }), nowMs), { fault: 'bad_tag' })
})

void t.test('a probe that the schema does not know writes into its own measurement', async t => {
  const written = writePoint(aPoint({ measurement: 'snmp_trap' }), nowMs)
  t.match(written.line, /^snmp_trap,building=.* outcome=0i,/)
  for (const measurement of ['agent', 'school_1d', 'anything_1h', 'Ping'])
    t.match(writePoint(aPoint({ measurement }), nowMs), { fault: String }, measurement)
})

const nasty = [
  '',
  ' ',
  ',',
  '=',
  '"',
  '\\',
  'a\\',
  '\n',
  '\r',
  '\0',
  'a b',
  '😀',
  '榆林',
  'Eth0',
  '__proto__',
  'none',
  '-a',
  '\ud800'
]
/** Any UTF-16 at all; `unit: 'binary'` of fast-check costs half a second to make. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map(units => String.fromCharCode(...units))
const hostile = fc.oneof(fc.constantFrom(...nasty), anyText)
const anId = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)
const aWord = fc.oneof(
  fc.constantFrom('rtt_ms', 'loss_pct', 'folded_n', 'state'),
  fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
)
/** Mostly fine: a point with everything wrong shows only its first fault. */
const mostly = <Value>(good: fc.Arbitrary<Value>, wrong: fc.Arbitrary<Value>) =>
  fc.oneof({ arbitrary: good, weight: 150 }, { arbitrary: wrong, weight: 1 })
const aNumber = fc.oneof(
  { arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }), weight: 100 },
  { arbitrary: fc.integer(), weight: 5 },
  { arbitrary: fc.constantFrom(-0, 5e-324, 1e308, -1e-7, 1e21, 2 ** 53), weight: 5 },
  { arbitrary: fc.constantFrom(NaN, Infinity, -Infinity), weight: 1 }
)
const names = Object.keys(measurements)
const point: fc.Arbitrary<Point> = fc
  .record({
    measurement: mostly(fc.constantFrom(...names, 'new_probe'), hostile),
    values: fc.array(mostly(anId, hostile), { minLength: 14, maxLength: 14 }),
    foreign: mostly(fc.constant({}), fc.dictionary(hostile, anId, { maxKeys: 1 })),
    own: fc.array(aNumber, { maxLength: 8 }),
    measured: fc.option(fc.dictionary(mostly(aWord, hostile), aNumber, { maxKeys: 6 }), { nil: undefined }),
    atMs: mostly(
      fc.integer({ min: Date.UTC(2020, 0, 1), max: nowMs }),
      fc.constantFrom(0, -1, 0.5, Date.UTC(2100, 0), NaN, 1e300)
    ),
    offsetNs: mostly(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom(-1, 1e6, 0.1)),
    other: mostly(fc.constant(false), fc.constant(true)),
    broken: mostly(fc.constant(false), fc.constant(true))
  })
  .map(({ measurement, values, foreign, own, measured, other, broken, ...time }) => {
    const spec = specFor(measurement)
    const keys = [...placeTags, ...(spec?.tags ?? [])]
    const fields = Object.entries(spec?.fields ?? {})
    const database = spec?.database ?? 'raw'
    return {
      database: other ? ('rollup' as const) : database,
      measurement,
      tags: { ...Object.fromEntries(keys.map((key, i) => [key, values[i] ?? 'none'])), ...foreign },
      fields: Object.fromEntries(
        own.flatMap((value, i) => {
          const [name, type] = [fields[i]?.[0], fields[i]?.[1].type]
          if (name === undefined) return []
          return [[name, type === 'integer' && !broken ? Math.trunc(value / 2 ** 990) : value]]
        })
      ),
      measured: spec?.ofReadings === true ? measured : undefined,
      arrival: 0,
      ...time
    }
  })

/** What a line must read back to. */
const expected = (point: Point) => {
  const spec = specFor(point.measurement)
  const types = spec?.fields ?? {}
  return {
    measurement: point.measurement,
    tags: Object.fromEntries([...placeTags, ...(spec?.tags ?? [])].map(key => [key, point.tags[key] ?? 'none'])),
    fields: Object.fromEntries(
      Object.entries({ ...point.fields, ...point.measured }).map(([name, value]) => [
        name,
        { type: types[name]?.type ?? 'float', value: value + 0 }
      ])
    ),
    atNs: BigInt(point.atMs) * 1_000_000n + BigInt(point.offsetNs)
  }
}

void t.test('whatever an agent can send: the line reads back to exactly the point, or there is a fault', async t => {
  const seen = { lines: 0, faults: new Set<string>() }
  fc.assert(
    fc.property(point, point => {
      const written = writePoint(point, nowMs)
      if ('fault' in written) {
        seen.faults.add(written.fault)
        return pointFaults.includes(written.fault) && written.says.length < 500 && !/[\n\r\0]/.test(written.line)
      }
      seen.lines += 1
      deepStrictEqual(readLine(written.line), expected(point))
      return true
    }),
    { numRuns: 300, seed: 5 }
  )
  t.ok(seen.lines > 150, `${seen.lines} lines`)
  t.ok(seen.faults.size >= 6, [...seen.faults].join(' '))
})

void t.test('no tag of a measurement is a place tag too, and no field is called as a tag', async t => {
  const wrong = Object.entries(measurements).filter(([, { tags, fields }]) => {
    const keys: string[] = [...placeTags, ...tags]
    return new Set(keys).size < keys.length || Object.keys(fields).some(field => ['time', ...keys].includes(field))
  })
  t.same(wrong, [])
})
