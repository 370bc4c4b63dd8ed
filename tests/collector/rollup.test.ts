import t from 'tap'
import { rollUpDirty } from '../../collector/upkeep-rollups.ts'
import { rollUp as rollUpIn, type RollupInput } from '../../collector/verdicts/rollup.ts'
import { openFilledStore } from '../rig/collector.ts'
import { rollup } from '../rig/evidence.ts'
import { nowMs } from '../rig/ledger.ts'

const reading = (over: Partial<RollupInput> = {}): RollupInput => ({
  atMs: 1000,
  checkId: 1,
  part: '',
  outcome: 'ok',
  reason: undefined,
  live: true,
  fields: {},
  labels: {},
  ...over
})
const day = '2026-11-03'

const rollUp = (of: string, readings: readonly RollupInput[]) => rollUpIn(of, readings, () => true)
void t.test('a folded reading counts for all that it folds', t => {
  const [rollup] = rollUp(day, [
    reading({ fields: { folded_n: 5 } }),
    reading({ outcome: 'failed', reason: 'timeout', fields: { folded_n: 3 } }),
    reading({ outcome: 'failed', reason: 'refused', live: false }),
    reading({ outcome: 'unavailable', reason: 'timeout' }),
    reading({ outcome: 'degraded', reason: 'slow' })
  ])
  t.same(rollup?.counts, { ok: 5, degraded: 1, failed: 4, unavailable: 1 })
  t.equal(rollup?.liveFailed, 3, 'only what arrived while it was happening')
  t.same(rollup?.reasons, { timeout: 4, refused: 1, slow: 1 })
  t.end()
})

void t.test('what an agent claims to have folded stays a number that a day can hold', t => {
  const weight = (folded_n: number) => rollUp(day, [reading({ fields: { folded_n } })])[0]?.counts.ok
  t.same([0, -5, 0.5, 1, 2.9, 1e308, 86_400].map(weight), [1, 1, 1, 1, 2, 86_400, 86_400])
  const huge = rollUp(
    day,
    Array.from({ length: 50 }, () => reading({ fields: { folded_n: 1e308 } }))
  )
  t.ok(Number.isSafeInteger(huge[0]?.counts.ok))
  t.end()
})

void t.test('a reason may be called anything, also what objects are made of', t => {
  const [rollup] = rollUp(day, [
    reading({ outcome: 'failed', reason: 'constructor' }),
    reading({ outcome: 'failed', reason: 'constructor' })
  ])
  t.same(rollup?.reasons, { constructor: 2 })
  t.end()
})

void t.test('each check, part and measured place has its own row', t => {
  const rows = rollUp(day, [
    reading(),
    reading({ checkId: 2 }),
    reading({ part: 'a' }),
    reading({ labels: { place: 'off_site' } }),
    reading({ labels: { place: 'self' } }),
    reading({ labels: { place: 'off_site' } })
  ])
  t.same(
    rows.map(row => [row.checkId, row.part, row.place, row.counts.ok]),
    [
      [1, '', '', 1],
      [2, '', '', 1],
      [1, 'a', '', 1],
      [1, '', 'off_site', 2],
      [1, '', 'self', 1]
    ]
  )
  t.ok(rows.every(row => row.day === day))
  t.end()
})

void t.test('a part that holds the separator is not another part', t => {
  const rows = rollUp(day, [reading({ part: 'a\nb' }), reading({ part: 'a', labels: { place: 'b\n' } })])
  t.equal(rows.length, 2)
  t.end()
})

void t.test('first and last are the first and last in time', t => {
  const [rollup] = rollUp(day, [
    reading({ atMs: 1 }),
    reading({ atMs: 2 }),
    reading({ atMs: 3, outcome: 'failed', reason: 'x', fields: { a: 1 }, labels: { kind: 'port' } })
  ])
  t.equal(rollup?.firstMs, 1)
  t.same(rollup?.last, { atMs: 3, outcome: 'failed', reason: 'x', fields: { a: 1 }, labels: { kind: 'port' } })
  t.end()
})

void t.test('figures are over readings, percentiles by nearest rank', t => {
  const of = (values: number[]) =>
    rollUp(
      day,
      values.map(rtt_ms => reading({ fields: { rtt_ms } }))
    )[0]?.fields['rtt_ms']
  t.same(of([3]), { n: 1, min: 3, mean: 3, p50: 3, p95: 3, max: 3 })
  t.same(of([4, 1, 3, 2]), { n: 4, min: 1, mean: 2.5, p50: 2, p95: 4, max: 4 })
  t.same(of(Array.from({ length: 100 }, (_, i) => 100 - i)), { n: 100, min: 1, mean: 50.5, p50: 50, p95: 95, max: 100 })
  t.same(of([-5, 10]), { n: 2, min: -5, mean: 2.5, p50: -5, p95: 10, max: 10 })
  t.end()
})

void t.test('no readings, no rows', t => {
  t.same(rollUp(day, []), [])
  t.end()
})

void t.test('a calendar that changes after readings were dropped leaves what was made of them', async t => {
  const store = await openFilledStore(work => t.teardown(work))
  await store.putRollups([rollup(day, 1, { counts: { ok: 7, degraded: 0, failed: 0, unavailable: 0 } })], [])
  await store.putCalendars([{ scope: '', name: 'x.yaml', sha256: 'x', text: 'scope: nation\nholidays: []\n' }], nowMs)
  t.same(await store.dirtyDays(), [{ day, checkId: 1, arrival: 0 }])
  await rollUpDirty(store, new Map(), nowMs)
  t.match(await store.rollups(day, day), [{ checkId: 1, counts: { ok: 7 } }])
  t.same(await store.dirtyDays(), [])
})
