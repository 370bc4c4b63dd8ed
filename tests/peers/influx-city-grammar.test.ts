import t from 'tap'
import { openInfluxd } from '../rig/influxd.ts'
import { askInflux } from '../rig/influxql/ask.ts'
import { differences } from '../rig/influxql/differ.ts'
import { evaluate, type Held } from '../rig/influxql/evaluate.ts'
import { readStatement } from '../rig/influxql/statement.ts'

const influxd = await openInfluxd(t.teardown)

/** 2026-11-18 00:00 in Shanghai: not the midnight of UTC. */
const midnightMs = Date.parse('2026-11-18T00:00:00+08:00')
const hour = 3_600_000

/** A few series with every difficulty: equal moments, twins, windows without anything, fields that come and go, values that tie. */
const points: Held[] = ['a', 'b', 'c'].flatMap((school, s) =>
  ['up/1', 'up-2', 'none'].flatMap((target, k) =>
    Array.from({ length: 40 }, (_, i): Held => ({
      measurement: i % 9 === 8 ? 'other' : 'm',
      tags: { school, target },
      fields: {
        value: ((i * 7 + s * 3 + k) % 11) - 3 + (i % 3) / 8,
        n: (i * 5 + k) % 4,
        ...(i % 4 === 1 ? { rare: i } : {}),
        ...(s === 2 && k === 0 ? { once: 4.5 } : {})
      },
      atMs: midnightMs - 20 * hour + Math.floor(i / (1 + (s % 2))) * 5 * 600_000 + (i % 13 === 0 ? 0 : s),
      offsetNs: s % 2 === 1 ? i % 2 : 0
    }))
  )
)

const escape = (tag: string): string => tag.replaceAll(/([ ,=])/g, '\\$1')
const line = ({ measurement, tags, fields, atMs, offsetNs }: Held): string => {
  const keys = Object.entries(tags).map(([key, value]) => `,${key}=${escape(value)}`)
  const values = Object.entries(fields).map(([key, value]) => `${key}=${value}${key === 'n' ? 'i' : ''}`)
  return `${measurement}${keys.join('')} ${values.join(',')} ${atMs}${String(offsetNs).padStart(6, '0')}`
}

const time = `time >= ${midnightMs - 26 * hour}ms AND time <= ${midnightMs + 17 * hour}ms`
const inside = `time >= ${midnightMs - 3 * hour}ms and time <= ${midnightMs + 5 * hour}ms`
const statements = [
  ...['last', 'first', 'mean', 'max', 'min', 'sum', 'count'].flatMap(call => [
    `SELECT ${call}("value") FROM "m" WHERE ${time}`,
    `SELECT ${call}("value") FROM "m" WHERE ${time} GROUP BY "school"`,
    `SELECT ${call}("n") FROM "m" WHERE ${time} GROUP BY time(1h), "target" fill(none) tz('Asia/Shanghai')`,
    `SELECT ${call}("rare") FROM "m" WHERE ${inside} GROUP BY time(30m), "school" fill(null) tz('Asia/Shanghai')`,
    `SELECT ${call}("value") FROM "m" WHERE ${time} GROUP BY time(1d), "school", "target" fill(null) tz('Asia/Shanghai')`,
    `SELECT ${call}("once") FROM "m" WHERE ${time} GROUP BY time(1d), "school", "target" fill(none) tz('Asia/Shanghai')`
  ]),
  ...[1, 5, 50, 95, 100].flatMap(rank => [
    `SELECT percentile("value", ${rank}) FROM "m" WHERE ${time} GROUP BY "school"`,
    `SELECT percentile("value", ${rank}) FROM "m" WHERE ${time} GROUP BY time(1d) fill(none) tz('Asia/Shanghai')`
  ]),
  `SELECT last("value") AS "value", last("n") AS "n", last("once") AS "once" FROM "m" WHERE ${time} GROUP BY "school", "target"`,
  `SELECT last("value"), last("n") FROM "m" WHERE ${time} GROUP BY "school"`,
  `SELECT count("n"), sum("once") FROM "m" WHERE ${time} GROUP BY time(1d), "school" fill(null) tz('Asia/Shanghai')`,
  `SELECT count("n") AS "all", last("rare") AS "rare" FROM "m" WHERE ${inside} GROUP BY time(1h), "school" fill(none)`,
  `SELECT "value" FROM "m" WHERE ${inside} AND "school" = 'a' AND "target" =~ /^up\\/1$/`,
  `SELECT "value" FROM "m" WHERE ${inside} AND "school" =~ /^(a|b)$/ AND "target" != 'none' GROUP BY "school", "target"`,
  `SELECT "value", "rare" FROM "m" WHERE ${inside} AND "school" !~ /^c$/ GROUP BY "target"`,
  `SELECT "rare" FROM "m" WHERE ${inside} AND ("school" = 'a') GROUP BY "school" ORDER BY time DESC LIMIT 2`,
  `SELECT "value", "school" FROM "m" WHERE ${inside} AND "target" = 'up-2'`,
  `SELECT last("value") FROM "m" WHERE ${inside} AND "school" = 'nowhere'`,
  `SELECT last("value") FROM "nothing" WHERE ${inside} GROUP BY time(1h) fill(null)`,
  `SHOW TAG VALUES FROM "m" WITH KEY = "target" WHERE "school" =~ /^(a|c)$/`,
  `SHOW TAG VALUES FROM "m" WITH KEY = "school"`,
  `SHOW TAG VALUES FROM "m" WITH KEY = "school" WHERE "target" = 'nothing'`
]

void t.test('the evaluator says what the real server says', async t => {
  await influxd.write('readiness', points.map(line))
  for (const statement of statements) {
    const want = evaluate(readStatement(statement), points)
    if (want.every(answer => answer.drawn !== true))
      t.same(differences(await askInflux(influxd, influxd.reader, 'readiness', statement), want), [], statement)
  }
})

void t.test('the last of several series at once is nobody’s promise, and said to be', async t => {
  const asked = (rest: string) => evaluate(readStatement(`SELECT last("value") FROM "m" WHERE ${time} ${rest}`), points)
  t.match(asked(''), [{ drawn: true }])
  t.ok(asked('GROUP BY "school"').some(answer => answer.drawn))
  t.ok(asked('GROUP BY "school", "target"').every(answer => answer.drawn !== true))
})

void t.test('a difference is a sentence that names series, row and values', async t => {
  const statement = `SELECT sum("value") FROM "m" WHERE ${time}`
  const got = await askInflux(influxd, influxd.reader, 'readiness', statement)
  t.same(differences(got, [{ tags: {}, columns: ['time', 'sum'], rows: [[1, 2]] }]), [
    `series  row 0 must be [1,2], got ${JSON.stringify(got[0]?.rows[0])}`
  ])
  t.same(differences([], [{ tags: { school: 'a' }, columns: [], rows: [[1, 2]] }]), [
    'series school=a must be there with 1 rows, got none'
  ])
})

void t.test('what is not in the grammar is refused', async t => {
  for (const statement of [
    'SELECT mean("a") / mean("b") FROM "m" WHERE time > 1ms',
    'SELECT mean(x) FROM (SELECT last(y) AS x FROM m)',
    'SELECT mean(x) FROM m GROUP BY time(1h) fill(linear)',
    'SELECT mean(x) FROM m WHERE a = 1',
    'DROP DATABASE readiness'
  ])
    t.throws(() => readStatement(statement), statement)
})
