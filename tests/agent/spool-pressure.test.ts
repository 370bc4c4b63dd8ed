import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { openSpool, type Spool } from '../../agent/spool.ts'
import { Batch } from '../../contract/batch.ts'
import { parseJson } from '../../contract/parse.ts'
import type { WireReading } from '../../contract/reading.ts'

const wall = 1_700_000_000_000
const boot = '00000000-0000-4000-8000-000000000001'
const reading = (i: number): WireReading => ({
  check: 'gw-1-host@1',
  boot,
  up_ms: i,
  wall_ms: wall + i,
  took_ms: 1,
  outcome: 'ok',
  fields: { i },
  labels: { name: '校'.repeat(100) }
})
const none = new Map<string, never>()
const maxBytes = 65_536

const open = (t: Test): Spool => {
  const spool = openSpool({ directory: join(t.testdir(), 'data'), maxBytes, wallMs: () => wall + 999_999 })
  t.teardown(() => spool.close())
  return spool
}
/** Everything the spool would ever send. */
const drain = (spool: Spool, from = 1) => {
  const all = { numbers: [] as (number | undefined)[], lost: 0, reasons: new Set<string>(), gaps: [] as Batch['gaps'] }
  for (let seq = from; ; seq++) {
    const frozen = spool.freeze(500)
    if (frozen === undefined) return all
    const batch = parseJson(Batch, gunzipSync(frozen.body).toString('utf8'), 'batch')
    all.numbers.push(...batch.readings.map(one => one.fields['i']))
    all.gaps.push(...batch.gaps)
    for (const gap of batch.gaps) {
      all.lost += gap.n
      all.reasons.add(gap.reason)
    }
    spool.acknowledge(frozen.seq)
  }
}

void t.test('a full spool gives up its oldest, and sent plus declared lost is always all there was', t => {
  const spool = open(t)
  for (let i = 0; i < 600; i++) spool.record([reading(i)], none)
  t.ok(spool.state().bytes <= maxBytes, `${spool.state().bytes} bytes`)
  const { numbers, lost, reasons, gaps } = drain(spool)
  t.ok(lost > 300)
  t.same([...reasons], ['spool_full'])
  t.equal(numbers.length + lost, 600)
  t.same(
    numbers,
    Array.from({ length: numbers.length }, (_, i) => lost + i),
    'the newest stay'
  )
  t.ok(gaps.every(gap => gap.from <= gap.to))
  t.equal(Math.min(...gaps.map(gap => gap.from)), wall)
  t.equal(Math.max(...gaps.map(gap => gap.to)), wall + lost - 1)
  t.end()
})

void t.test('what is frozen is never thinned: the collector may have it already', t => {
  const spool = open(t)
  for (let i = 0; i < 20; i++) spool.record([reading(i)], none)
  const frozen = spool.freeze(20)
  for (let i = 20; i < 600; i++) spool.record([reading(i)], none)
  t.same(spool.freeze(1), { ...frozen, more: true })
  spool.acknowledge(1)
  const { numbers, lost } = drain(spool, 2)
  t.equal(20 + numbers.length + lost, 600)
  t.ok(numbers.every(i => (i ?? 0) >= 20))
  t.end()
})

void t.test('markers alone make room too, and their gap is one of no readings with times in order', t => {
  const spool = open(t)
  for (let i = 0; i < 700; i++)
    spool.addMarker({ kind: 'started', boot, up_ms: i, wall_ms: wall + i, text: 'x'.repeat(80) })
  spool.record([reading(1)], none)
  const gap = drain(spool).gaps[0]
  t.match(gap, { n: 0, reason: 'spool_full', from: wall })
  t.ok((gap?.to ?? 0) >= wall && (gap?.to ?? 0) < wall + 700)
  t.end()
})

void t.test('writes that failed do not count: a full disk must not thin what is there', t => {
  const spool = open(t)
  for (let i = 0; i < 50; i++) spool.record([reading(i)], none)
  const bad = { ...reading(0), wall_ms: 0.5, labels: { name: 'x'.repeat(30_000) } }
  for (let i = 0; i < 20; i++) t.throws(() => spool.record([bad], none))
  spool.record([reading(50)], none)
  t.match(drain(spool), { lost: 0, numbers: Array.from({ length: 51 }, (_, i) => i) })
  t.end()
})
