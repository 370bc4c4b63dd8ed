import t from 'tap'
import { mostFaults, mostLetters } from '../../../collector/sinks/influx/influx.ts'
import { nowMs } from '../../rig/ledger.ts'
import { openSinkRig, reached, type SinkRig } from '../../rig/sink.ts'
import { aBatch, aReading } from '../../suites/store.ts'
import { rollup } from '../../rig/evidence.ts'

const minute = 60_000
const live = (seq: number, parts: readonly string[]) =>
  aBatch(seq, { receivedMs: nowMs, readings: parts.map((part, i) => aReading({ atMs: nowMs - i, part })) })
const letters = (rig: SinkRig) => rig.store.deadLetters('influx', 0, 100)
const counts = (rig: SinkRig) => rig.store.deadLetterCounts('influx')

void t.test('what is refused is set aside with its cursor, and comes again when somebody asks', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  rig.server.poison = 'part=poison'
  rig.start()
  await rig.asleep()
  await rig.store.commitBatches([live(1, ['a', 'bad', 'poison']), live(2, ['b', 'bad'])])
  await rig.advance(1000)
  t.match(await rig.row(), { arrival: 2, pointsN: 2 + 2, refusedN: 3 })
  t.match(await letters(rig), [
    { reason: 'bad_tag', arrival: 1, database: 'raw', atMs: rig.now(), answer: /part is bad/ },
    { reason: 'bad_tag', arrival: 2 },
    { reason: 'server_refused', arrival: 1, answer: 'unable to parse', line: /part=poison/ }
  ])
  const sent = rig.came('host').length
  await rig.advance(minute)
  t.equal(rig.came('host').length, sent, 'nobody asked')

  t.equal(await rig.store.replayDeadLetters('influx', undefined, rig.now()), 3)
  await rig.advance(10_000)
  t.same(await counts(rig), { total: 3, due: 0 }, 'nothing is mended')
  t.same(
    (await letters(rig)).map(letter => letter.tries),
    [1, 1, 1]
  )
  rig.world.mended = true
  rig.server.poison = undefined
  await rig.store.replayDeadLetters('influx', [2, 3], rig.now())
  await rig.advance(10_000)
  t.match(await letters(rig), [{ id: 1 }], 'those that were asked for, made anew or as they were kept')
  t.match(rig.came('host').slice(-3).join(' '), /part=poison.*part=bad.*part=b,/)
  await rig.store.replayDeadLetters('influx', undefined, rig.now())
  await rig.advance(10_000)
  t.same(await counts(rig), { total: 0, due: 0 })
})

void t.test('a letter whose readings are gone stays, and says so', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  rig.start()
  await rig.asleep()
  await rig.store.commitBatches([live(1, ['bad'])])
  await rig.advance(1000)
  await rig.store.dropRaw('2026-11-04', 100)
  await rig.store.replayDeadLetters('influx', undefined, rig.now())
  await rig.advance(10_000)
  t.match(await letters(rig), [{ tries: 1, dueMs: undefined, answer: 'the readings of batch 1 are not kept any more' }])
})

void t.test('nor is one lost whose batch lost the readings of one day only', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  rig.start()
  await rig.asleep()
  const readings = [aReading({ atMs: nowMs - 86_400_000, part: 'bad' }), aReading({ atMs: nowMs, part: 'a' })]
  await rig.store.commitBatches([aBatch(1, { receivedMs: nowMs, readings })])
  await rig.advance(1000)
  await rig.store.dropRaw('2026-11-03', 100)
  rig.world.mended = true
  await rig.store.replayDeadLetters('influx', undefined, rig.now())
  await rig.advance(10_000)
  t.match(await letters(rig), [{ tries: 1, answer: 'the readings of batch 1 are not kept any more' }])
})

void t.test('a figure that is sent as it was kept does not stay over a newer one', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000, rollup_every_ms: 10 * minute })
  const day = '2026-11-02'
  const put = () => rig.store.putRollups([rollup(day, 1)], [{ day, checkId: 1, arrival: 0 }])
  rig.server.poison = 'host_1d'
  await put()
  rig.start()
  await rig.asleep()
  rig.server.poison = undefined
  await put()
  await rig.advance(10 * minute)
  await rig.store.replayDeadLetters('influx', undefined, rig.now())
  await rig.advance(10 * minute)
  t.same(await counts(rig), { total: 0, due: 0 })
  const [refused, newer, kept, last] = rig.came('host_1d')
  t.equal(kept, refused)
  t.ok(last !== undefined && newer !== undefined && last > newer, 'the figure of now is the last word')
})

void t.test('too many dead letters stop the sink: nothing more is set aside, and none is thrown away', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  let total = 0
  rig.start(store => ({ ...store, deadLetterCounts: () => Promise.resolve({ total, due: 0 }) }))
  await rig.asleep()
  total = mostLetters
  await rig.advance(10_000)
  t.match(await rig.row(), { state: 'refused', sentence: /上限 100000[^\n]+\n100000 dead letters lie there/ })
  await rig.store.commitBatches([live(1, ['a'])])
  const before = rig.came('pipeline').length
  await rig.advance(minute)
  t.match(await rig.row(), { arrival: 0 })
  t.equal(rig.came('pipeline').length, before + 1, 'the pipeline still tells')
  total = mostLetters - 1
  await rig.advance(10_000)
  t.match(await rig.row(), { state: 'delivering', sentence: '', arrival: 1 })
})

void t.test(
  'an agent that makes up points at fault cannot stop the sink: from half of the letters on they are only counted',
  async t => {
    const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
    rig.server.poison = 'part=poison'
    let total = mostFaults - 1
    rig.start(store => ({ ...store, deadLetterCounts: () => Promise.resolve({ total, due: 0 }) }))
    await rig.asleep()
    await rig.store.commitBatches([live(1, ['bad'])])
    await rig.advance(1000)
    total = mostFaults
    await rig.advance(10_000)
    await rig.store.commitBatches([live(2, ['a', 'bad', 'poison'])])
    await rig.advance(1000)
    t.match(await rig.row(), { state: 'delivering', arrival: 2, refusedN: 3 })
    t.match(await letters(rig), [
      { reason: 'bad_tag', arrival: 1 },
      { reason: 'server_refused', arrival: 2 }
    ])
    t.equal((await letters(rig)).length, 2)
    t.equal(rig.lines.filter(line => line.includes('only counted')).length, 1)
  }
)

void t.test('a sink that is told to goes back, and live data do not wait for it', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 30_000, batch_points: 100 })
  rig.start()
  await rig.asleep()
  await rig.store.commitBatches([live(1, ['a']), live(2, ['b']), live(3, ['c'])])
  await rig.store.putShares('2026-10', [], [])
  await rig.advance(20 * minute)
  t.match(await rig.row(), { arrival: 3, history: undefined })
  const { lines, blocks } = { lines: new Set(rig.came('host')), blocks: rig.world.periods.length }
  await rig.store.rewindSink('influx', 1)
  await rig.advance(30 * minute)
  t.match(await rig.row(), { arrival: 3, history: undefined })
  t.equal(rig.came('host').length, 5)
  t.equal(new Set(rig.came('host')).size, lines.size)
  t.same(rig.world.periods.slice(blocks), ['2026-10', '2026-11'], 'every figure again')
})

void t.test(
  'another database has nothing of what was sent before: it gets everything, and the first one nothing twice',
  async t => {
    const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
    const first = rig.start()
    await rig.asleep()
    await rig.store.commitBatches([live(1, ['a']), live(2, ['b'])])
    await rig.advance(minute)
    await first.stop()
    const again = rig.start()
    await rig.advance(minute)
    await again.stop()
    t.equal(rig.came('host').length, 2)
    rig.server.check = { ok: false, kind: 'away', sentence: 'x\ny' }
    const wrong = rig.start(undefined, { url: 'http://127.0.0.1:10' })
    await rig.advance(minute)
    await wrong.stop()
    t.notOk(await rig.store.rewindWished('influx'), 'not before it was ever reached')
    rig.server.check = reached
    const other = rig.start(undefined, { database: 'other' })
    await rig.advance(minute)
    await other.stop()
    t.equal(rig.came('host').length, 4)
    t.match(await rig.row(), { arrival: 2, history: undefined, target: 'http://127.0.0.1:9 other readiness_rollup' })
    t.equal(rig.lines.filter(line => line.includes('another database')).length, 1)
    rig.start(undefined, { database: 'other' })
    await rig.advance(minute)
    t.equal(rig.came('host').length, 4)
  }
)

void t.test('figures are sent when they change, once a pass, and the running period on every new day', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: minute, rollup_every_ms: 10 * minute })
  const put = (day: string, checkId: number) =>
    rig.store.putRollups([rollup(day, checkId)], [{ day, checkId, arrival: 0 }])
  for (let block = 0; block < 45; block++) await put('2026-11-02', block * 64 + 1)
  await rig.store.putShares('2026-10', [], [])
  rig.start()
  await rig.asleep()
  t.equal(rig.world.blocks.length, 45)
  t.same(rig.world.periods, ['2026-10', '2026-11'], 'the running one also without a change')
  t.match(await rig.row(), { rollupSeq: 45, periodSeq: 46 })

  await put('2026-11-02', 1)
  await put('2026-11-02', 1)
  await rig.advance(9 * minute)
  t.equal(rig.world.blocks.length, 45, 'not before its time')
  await rig.advance(minute)
  t.same(rig.world.blocks.slice(45), ['2026-11-02 0'], 'once')
  await rig.advance(Date.parse('2026-11-04T00:00:00+08:00') - rig.now() - minute)
  t.equal(rig.world.periods.length, 2)
  await rig.advance(minute)
  t.same(rig.world.periods, ['2026-10', '2026-11', '2026-11'], 'as soon as the day is there')
})

void t.test('states of a moment are dated with the full minute and never queued', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000 })
  rig.server.check = { ok: false, kind: 'away', sentence: 'x\ny' }
  rig.start()
  await rig.asleep()
  await rig.advance(20 * minute + 500)
  rig.server.check = reached
  await rig.advance(3 * minute)
  const minutes = rig.came('pipeline').map(line => Number(line.split(' ').at(-1)?.slice(0, -6)))
  t.ok(minutes.length >= 2 && minutes.length <= 4, `${minutes.length} minutes`)
  for (const at of minutes) t.equal(at % minute, 0)
  t.ok(minutes.every(at => at > nowMs + 19 * minute))
})
