import t from 'tap'
import { openAllowance } from '../../../collector/sinks/influx/allowance.ts'
import { standings } from '../../../collector/sinks/standing.ts'
import { nowMs } from '../../rig/ledger.ts'
import { openSinkRig, type SinkRig } from '../../rig/sink.ts'
import { aBatch, aReading } from '../../suites/store.ts'

const minute = 60_000

/** A batch of so many readings, received so long ago; its number is their part. */
const filled = (seq: number, n: number, ageMs: number) =>
  aBatch(seq, {
    receivedMs: nowMs - ageMs,
    readings: Array.from({ length: n }, (_, i) => aReading({ atMs: nowMs - ageMs - i, part: String(seq) }))
  })
/** Batches in the order in which they came, each once. */
const order = (rig: SinkRig): number[] => [
  ...new Set(rig.came('host').map(line => Number(/,part=(\d+),/.exec(line)?.[1])))
]

void t.test(
  'a first start shows what is live at once and fills in the history behind it, no faster than asked',
  async t => {
    const rig = openSinkRig(work => t.teardown(work), {
      batch_points: 100,
      history_points_per_s: 50,
      poll_ms: 1000
    })
    await rig.store.commitBatches(Array.from({ length: 6 }, (_, i) => filled(i + 1, 100, 60 * minute - i)))
    rig.start()
    await rig.asleep()
    t.match(await rig.row(), { arrival: 6, history: { after: 1, upTo: 6 }, state: 'delivering', pointsN: 102 })
    t.equal(rig.came('host').length, 100, 'one page of the history, as nothing live was there')

    await rig.store.commitBatches([filled(7, 10, 0)])
    await rig.advance(1000)
    t.match(await rig.row(), { arrival: 7, history: { after: 1, upTo: 6 } }, 'a live batch waits for no allowance')
    t.equal(rig.came('host').length, 110)
    const counts: number[] = []
    for (let s = 2; s <= 12; s++) {
      await rig.advance(1000)
      counts.push(rig.came('host').length - 10)
    }
    t.same(counts, [200, 200, 300, 300, 400, 400, 500, 500, 600, 600, 600], 'fifty a second')
    t.match(await rig.row(), { arrival: 7, history: undefined })
    t.equal(new Set(rig.came('host')).size, 610, 'every point once')
    t.same(order(rig), [1, 7, 2, 3, 4, 5, 6])
  }
)

void t.test('a clock that is set back holds the history for no longer than it owes', t => {
  let atMs = nowMs
  const allowance = openAllowance(100, () => atMs)
  allowance.spend(100)
  t.equal(allowance.waitMs(), 1000)
  atMs -= 86_400_000
  t.equal(allowance.waitMs(), 1000)
  atMs += 400
  t.equal(allowance.waitMs(), 600)
  allowance.spend(100)
  t.equal(allowance.waitMs(), 1600, 'what is owed adds up')
  atMs += 86_400_000
  t.equal(allowance.waitMs(), 0)
  allowance.spend(100)
  t.equal(allowance.waitMs(), 1000, 'and nothing is saved up')
  t.end()
})

void t.test('a collector that was away itself does not call schools silent before they can have come back', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  const first = rig.start()
  await rig.asleep()
  t.equal(rig.world.schools.length, 1)
  await first.stop()
  const quick = rig.start()
  await rig.advance(1000)
  t.equal(rig.world.schools.length, 2, 'a short stop is no absence')
  await quick.stop()
  rig.pass(120 * minute)
  const backMs = rig.now()
  rig.start()
  await rig.advance(25 * minute)
  t.same(
    rig.world.schools.slice(2).map(at => Math.round((at - backMs) / minute)),
    [10, 15, 20, 25]
  )
  t.ok(rig.came('pipeline').length > 20, 'the pipeline tells all the while')
})

void t.test('a check that says everything of one millisecond is not counted through again and again', async t => {
  const { store } = openSinkRig(work => t.teardown(work))
  const readings = Array.from({ length: 500 }, (_, i) => aReading({ atMs: nowMs, part: String(i % 250) }))
  await store.commitBatches(Array.from({ length: 3 }, (_, i) => aBatch(i + 1, { receivedMs: nowMs, readings })))
  const [second, third] = await store.batchLog(1, 3, 2000)
  t.same(
    second?.readings.slice(0, 3).map(({ twin }) => twin),
    [2, 2, 2]
  )
  t.match(third?.readings.at(-1), { n: 1499, twin: 1499 })
})

void t.test('a sink that is switched off does not pass for one that delivers', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  const sink = rig.start()
  await rig.advance(31 * minute)
  const states = async () => (await standings(rig.store, rig.now())).map(({ state }) => state)
  t.same(await states(), ['delivering'], 'also when no agent sends anything')
  await sink.stop()
  rig.pass(29 * minute)
  t.same(await states(), ['delivering'])
  rig.pass(3 * minute)
  t.match(await standings(rig.store, rig.now()), [{ state: 'starting', sentence: /没有在运行.*\n.*it is not running/ }])
})

void t.test('after an outage what is old is bounded and what is new is not, all in order', async t => {
  const rig = openSinkRig(work => t.teardown(work), {
    batch_points: 100,
    history_points_per_s: 100,
    poll_ms: 500
  })
  const sink = rig.start()
  await rig.asleep()
  await sink.stop()
  await rig.store.commitBatches([
    ...Array.from({ length: 3 }, (_, i) => filled(i + 1, 100, 20 * minute - i)),
    ...Array.from({ length: 3 }, (_, i) => filled(i + 4, 100, minute - i))
  ])
  rig.start()
  await rig.asleep()
  t.equal(rig.came('host').length, 100)
  await rig.advance(999)
  t.equal(rig.came('host').length, 100)
  await rig.advance(1)
  t.equal(rig.came('host').length, 200)
  await rig.advance(1000)
  t.equal(rig.came('host').length, 600, 'the newest are not held back')
  t.same(order(rig), [1, 2, 3, 4, 5, 6])
})

void t.test(
  'a cursor moves only behind what was delivered: a crash between the two sends the same lines again',
  async t => {
    const rig = openSinkRig(work => t.teardown(work), { batch_points: 100, poll_ms: 1000 })
    const first = rig.start()
    await rig.asleep()
    await first.stop()
    await rig.store.commitBatches(Array.from({ length: 5 }, (_, i) => filled(i + 1, 60, 4000 - i * 100)))
    let moves = 0
    const sink = rig.start(store => ({
      ...store,
      putSink: async (row, letters) => {
        // The second page is delivered, and the disk is full.
        if (row.arrival === 2 && moves++ === 0) throw new Error('disk full')
        await store.putSink(row, letters)
      }
    }))
    await rig.asleep()
    t.match(await rig.row(), { arrival: 1 })
    t.match(rig.lines.at(-1), /"sink failed"/)
    t.equal(rig.came('host').length, 120)
    await rig.advance(10_000)
    t.match(await rig.row(), { arrival: 5, pointsN: 300 + 3 * 2 })
    const lines = rig.came('host')
    t.equal(lines.length, 360)
    t.equal(new Set(lines).size, 300, 'nothing is lost, and what came twice is the same line')
    await sink.stop()
  }
)

void t.test('a sink stops at once while its server never answers, and goes on from its cursor', async t => {
  const rig = openSinkRig(work => t.teardown(work), { batch_points: 100, poll_ms: 1000 })
  const sink = rig.start()
  await rig.asleep()
  await rig.store.commitBatches([filled(1, 60, 0), filled(2, 60, 0)])
  rig.server.hangs = true
  const before = rig.server.requests.length
  void rig.advance(1000)
  while (rig.server.requests.length === before) await new Promise(resolve => setImmediate(resolve))
  await sink.stop()
  t.match(await rig.row(), { arrival: 0, state: 'delivering' })
  rig.server.hangs = false
  rig.start()
  await rig.asleep()
  t.match(await rig.row(), { arrival: 2 })
  t.equal(new Set(rig.came('host')).size, 120)
})

void t.test('a server that is away or refuses keeps the sink from nothing but sending', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  await rig.store.commitBatches([filled(1, 3, 60 * minute)])
  rig.server.check = { ok: false, kind: 'away', sentence: '不在\nnobody there' }
  rig.start()
  await rig.asleep()
  t.match(await rig.row(), {
    arrival: 1,
    history: { after: 0, upTo: 1 },
    state: 'backing_off',
    sentence: '不在\nnobody there'
  })
  await rig.store.commitBatches([filled(2, 3, 0)])
  await rig.advance(20 * minute)
  const said = rig.lines.filter(line => line.includes('sink state'))
  t.equal(said.length, 1, 'said once')
  rig.server.check = { ok: false, kind: 'refused', exit: 'notPermitted', sentence: '口令错\nwrong password' }
  await rig.advance(minute)
  t.match(await rig.row(), { state: 'refused', sentence: '口令错\nwrong password' })
  t.equal(rig.server.requests.length, 0)
  rig.server.check = {
    ok: true,
    version: '1',
    retentionMs: { raw: 45 * minute, rollup: undefined },
    warnings: ['小心\nmind']
  }
  await rig.advance(2 * minute)
  t.match(await rig.row(), { state: 'delivering', sentence: '', arrival: 2, history: undefined, tooOldN: 3 })
  t.equal(rig.came('host').length, 3, 'what the database would drop is not sent')
  t.match(rig.lines.join(''), 'mind')
})
