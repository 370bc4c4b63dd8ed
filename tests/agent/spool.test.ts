import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { openSpool, type Frozen, type Spool, type SpoolOptions } from '../../agent/spool.ts'
import { fold, foldKey } from '../../agent/fold.ts'
import { Batch } from '../../contract/batch.ts'
import { limits } from '../../contract/limits.ts'
import { parseJson } from '../../contract/parse.ts'
import type { WireReading } from '../../contract/reading.ts'

const wall = 1_700_000_000_000
const boot = '00000000-0000-4000-8000-000000000001'
const reading = (i: number, over: Partial<WireReading> = {}): WireReading => ({
  check: 'gw-1-host@1',
  boot,
  up_ms: i,
  wall_ms: wall + i,
  took_ms: 1,
  outcome: 'ok',
  fields: { i },
  ...over
})
const readings = (n: number, from = 0) => Array.from({ length: n }, (_, i) => reading(from + i))
const none = new Map<string, never>()
const marker = { kind: 'started', boot, up_ms: 1, wall_ms: wall }

/** A spool in a directory of the test's own, that opens again and again. */
const spoolIn = (t: Test, over: Partial<SpoolOptions> = {}) => {
  const directory = join(t.testdir(), 'data')
  let open: Spool | undefined
  const reopen = (): Spool => {
    open?.close()
    open = openSpool({ directory, maxBytes: 1_000_000, wallMs: () => wall + 999_999, ...over })
    return open
  }
  t.teardown(() => open?.close())
  return { directory, reopen }
}
const contents = (frozen: Frozen | undefined): Batch =>
  parseJson(Batch, gunzipSync(frozen?.body ?? new Uint8Array()).toString('utf8'), 'batch')
const numbers = (frozen: Frozen | undefined) => contents(frozen).readings.map(one => one.fields['i'])

void t.test(
  'a frozen batch is byte for byte the same, whatever is recorded and however often the agent restarts',
  t => {
    const { reopen } = spoolIn(t)
    let spool = reopen()
    spool.record(readings(3), none)
    const first = spool.freeze(2)
    t.match(first, { seq: 1, entries: 2, more: true })
    spool.record(readings(5, 10), none)
    for (let i = 0; i < 3; i++) {
      spool = reopen()
      t.same(spool.freeze(500), { ...first, more: true })
    }
    t.same(numbers(first), [0, 1])
    t.end()
  }
)

void t.test('an acknowledgement deletes what the batch held and nothing else', t => {
  const { reopen } = spoolIn(t)
  let spool = reopen()
  spool.record(readings(3), none)
  const frozen = spool.freeze(2)
  spool.record(readings(2, 3), none)
  spool.acknowledge(2)
  spool.acknowledge(0)
  t.same(spool.freeze(500), frozen, 'another number is none of this batch')
  spool.acknowledge(1)
  spool.acknowledge(1)
  spool = reopen()
  t.match(spool.state(), { nextSeq: 2, loose: 3 })
  const next = spool.freeze(500)
  t.match(next, { seq: 2, entries: 3, more: false, spool: frozen?.spool })
  t.same(numbers(next), [2, 3, 4])
  spool.acknowledge(2)
  t.equal(spool.freeze(500), undefined)
  t.match(spool.state(), { nextSeq: 3, loose: 0, bytes: 0, oldestMs: undefined })
  t.end()
})

void t.test('a thawed batch is loose again under the same number', t => {
  const spool = spoolIn(t).reopen()
  spool.record(readings(4), none)
  spool.freeze(4)
  spool.thaw()
  t.match(spool.freeze(1), { seq: 1, entries: 1 })
  t.end()
})

void t.test('readings, gaps and markers travel together, oldest first', t => {
  const spool = spoolIn(t).reopen()
  spool.addMarker(marker)
  spool.record(readings(1), none)
  spool.addMarker({ ...marker, kind: 'stopping', reason: 'sigterm' })
  const batch = contents(spool.freeze(500))
  t.same(
    batch.markers.map(one => one.kind),
    ['started', 'stopping']
  )
  t.same(batch.gaps, [])
  t.equal(batch.readings.length, 1)
  t.end()
})

void t.test('what is folded survives a restart, and nothing of a failed write does', t => {
  const { reopen } = spoolIn(t)
  let spool = reopen()
  const one = fold(undefined, reading(1), {}, 60_000)
  const two = fold(one.state, reading(2), {}, 60_000)
  spool.record(one.emit, new Map([[foldKey(reading(1)), two.state]]))
  spool = reopen()
  t.same(spool.folds().get(foldKey(reading(1))), two.state)
  const unwritable = { ...reading(3), wall_ms: 0.5 }
  const before = spool.state()
  t.throws(() => spool.record([reading(4), unwritable], new Map([['x', two.state]])))
  t.same(spool.state(), before, 'all of it or nothing')
  t.notOk(spool.folds().has('x'))
  t.end()
})

void t.test('a collector that came back older is followed to its number, and the loss is said', t => {
  const { reopen } = spoolIn(t)
  let spool = reopen()
  for (let seq = 1; seq <= 3; seq++) {
    spool.record(readings(1, seq), none)
    spool.freeze(500)
    spool.acknowledge(seq)
  }
  spool.record(readings(1, 9), none)
  t.equal(spool.freeze(500)?.seq, 4)
  spool.rewind(2)
  spool = reopen()
  const frozen = spool.freeze(500)
  t.equal(frozen?.seq, 2)
  t.same(contents(frozen).gaps, [{ from: 0, to: wall + 999_999, n: 0, reason: 'collector_restored' }])
  t.same(numbers(frozen), [9])
  t.end()
})

void t.test('a spool that went back in time goes on under a new id, and says so', t => {
  const spool = spoolIn(t).reopen()
  spool.record(readings(1), none)
  const old = spool.freeze(500)
  spool.renew()
  const frozen = spool.freeze(500)
  t.equal(frozen?.seq, 1)
  t.not(frozen?.spool, old?.spool)
  t.match(frozen?.spool, /^[0-9a-f]{32}$/)
  t.same(numbers(frozen), [0], 'what was not acknowledged is still there')
  t.match(contents(frozen).gaps, [{ reason: 'rolled_back' }])
  t.end()
})

void t.test('a dropped batch counts the readings it held, and its number is used by the next', t => {
  const spool = spoolIn(t).reopen()
  spool.record(readings(1), none)
  spool.freeze(1)
  spool.drop(7)
  t.equal(spool.state().loose, 1, 'another number is none of this batch')
  spool.drop(1)
  const frozen = spool.freeze(500)
  t.equal(frozen?.seq, 1)
  t.match(contents(frozen), { readings: [], gaps: [{ n: 1, reason: 'too_large' }] })
  spool.drop(1)
  t.match(contents(spool.freeze(500)).gaps, [{ n: 1 }], 'a dropped gap is still as much as it said')
  spool.acknowledge(1)
  spool.addMarker(marker)
  spool.freeze(1)
  spool.drop(2)
  t.match(contents(spool.freeze(500)).gaps, [{ n: 0 }], 'a marker is no reading')
  t.end()
})

void t.test('a batch keeps the caps of the wire', t => {
  const spool = spoolIn(t, { maxBytes: 64_000_000 }).reopen()
  for (let i = 0; i < limits.markersPerBatch + 5; i++) spool.addMarker(marker)
  spool.record(readings(600), none)
  t.match(spool.freeze(10_000), { entries: limits.markersPerBatch, more: true })
  spool.acknowledge(1)
  t.equal(spool.freeze(10_000)?.entries, limits.readingsPerBatch)
  spool.acknowledge(2)
  t.match(spool.freeze(10_000), { entries: 105, more: false })
  spool.acknowledge(3)
  const labels = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`l${i}`, '学'.repeat(512)]))
  spool.record(
    readings(60).map(one => ({ ...one, labels })),
    none
  )
  const frozen = spool.freeze(500)
  t.ok((frozen?.entries ?? 0) < 20, 'cut by bytes, not by letters')
  t.ok(JSON.stringify(contents(frozen)).length < limits.inflatedBytes)
  t.end()
})

void t.test('entries that do not compress make a smaller batch, never one over the cap of a body', t => {
  const spool = spoolIn(t, { maxBytes: 64_000_000 }).reopen()
  const noise = (i: number) =>
    Array.from({ length: 480 }, (_, k) =>
      String.fromCharCode(33 + ((i * 7919 + k * 104_729 + ((i * k * k) % 9973)) % 90))
    ).join('')
  const labels = (i: number) => Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`l${k}`, noise(i * 20 + k)]))
  spool.record(
    readings(80).map((one, i) => ({ ...one, labels: labels(i) })),
    none
  )
  const sizes: number[] = []
  let left = 80
  for (let seq = 1; left > 0; seq++) {
    const frozen = spool.freeze(500)
    if (frozen === undefined) break
    sizes.push(frozen.body.length)
    left -= frozen.entries
    spool.acknowledge(seq)
  }
  t.equal(left, 0)
  t.ok(
    sizes.every(size => size <= limits.bodyBytes),
    sizes.join(' ')
  )
  t.end()
})

void t.test('a damaged spool is moved aside and declared, and the agent goes on', t => {
  const moved: string[] = []
  const { directory, reopen } = spoolIn(t, { onMovedAside: file => moved.push(file) })
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, 'spool.sqlite'),
    'this is not a database, it is what a broken disk returned'.repeat(100)
  )
  const spool = reopen()
  t.equal(moved.length, 1)
  t.ok(existsSync(moved[0] ?? ''), 'kept for whoever can read it')
  t.match(contents(spool.freeze(500)).gaps, [{ from: 0, to: wall + 999_999, n: 0, reason: 'spool_corrupt' }])
  spool.record(readings(1), none)
  spool.acknowledge(1)
  t.equal(reopen().freeze(500)?.seq, 2)
  t.equal(moved.length, 1, 'once')
  t.end()
})

void t.test('a spool that cannot be opened for another reason stays where it is', t => {
  const { directory, reopen } = spoolIn(t)
  mkdirSync(join(directory, 'spool.sqlite'), { recursive: true })
  t.throws(() => reopen(), /unable to open database file/)
  t.same(readdirSync(directory), ['spool.sqlite'])
  t.end()
})
