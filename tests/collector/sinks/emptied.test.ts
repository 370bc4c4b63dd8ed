import { pino } from 'pino'
import t, { type Test } from 'tap'
import { openKeeping } from '../../../collector/sinks/influx/emptied.ts'
import { openProgress } from '../../../collector/sinks/influx/progress.ts'
import { nowMs } from '../../rig/ledger.ts'
import { openSinkRig, reached, type SinkRig } from '../../rig/sink.ts'
import { aBatch, aReading } from '../../suites/store.ts'

const minute = 60_000
const hour = 60 * minute
const open = (t: Test): SinkRig => openSinkRig(work => t.teardown(work), { poll_ms: 10_000 })
const fed = async (rig: SinkRig): Promise<void> => {
  await rig.store.commitBatches(
    [1, 2, 3].map(seq => aBatch(seq, { receivedMs: rig.now(), readings: [aReading({ atMs: nowMs - seq })] }))
  )
}

void t.test('what was delivered is looked for each hour, and is sent again once when it is gone', async t => {
  const rig = open(t)
  rig.start()
  await fed(rig)
  await rig.advance(2 * minute)
  t.equal(rig.server.askedAfter.length, 1, 'about the first minute that was told')
  await rig.advance(hour)
  t.equal(rig.server.askedAfter.length, 2)
  t.equal(rig.came('host').length, 3)

  rig.server.lacks = true
  await rig.advance(hour)
  t.equal(rig.server.askedAfter.length, 3)
  t.equal(rig.came('host').length, 6, 'readings again')
  t.match(await rig.row(), { history: undefined, state: 'delivering' })
  t.match(rig.lines.join('\n'), /empty database.*everything is sent again/)

  rig.server.lacks = false
  await rig.advance(3 * hour)
  t.equal(rig.came('host').length, 6)
  t.equal(rig.server.askedAfter.length, 6)
  const [, , found = 0, ...later] = rig.server.askedAfter
  for (const asked of later) t.ok(asked > found + hour, 'about minutes that were told since')
})

void t.test('it is looked for at a start, about the last time of before', async t => {
  const rig = open(t)
  const first = rig.start()
  await fed(rig)
  await rig.advance(5 * minute)
  await first.stop()
  const deliveredMs = (await rig.row())?.deliveredAtMs
  rig.pass(10 * minute)
  rig.server.lacks = true
  const asked = rig.server.askedAfter.length
  rig.start()
  await rig.advance(minute)
  t.same(rig.server.askedAfter.slice(asked), [deliveredMs])
  t.equal(rig.came('host').length, 6)
  await rig.advance(57 * minute)
  t.equal(rig.server.askedAfter.length, asked + 1, 'not again before the hour is over')
  t.equal(rig.came('host').length, 6)
})

void t.test('it is looked for after an outage, until somebody answers', async t => {
  const rig = open(t)
  rig.start()
  await fed(rig)
  await rig.advance(5 * minute)
  const before = rig.server.askedAfter.length
  const outageMs = rig.now()
  rig.server.lacks = undefined
  rig.server.say('backing_off', 'away')
  rig.server.say('delivering', '')
  await rig.advance(35_000)
  const asked = rig.server.askedAfter.slice(before)
  t.ok(asked.length >= 3, 'nobody answers')
  t.ok(
    asked.every(ms => ms <= outageMs),
    'about a time before the outage'
  )
  rig.server.lacks = true
  await rig.advance(minute)
  t.equal(rig.came('host').length, 6)
})

void t.test('nothing is looked for that the database need not keep any more', async t => {
  const rig = open(t)
  rig.server.check = { ...reached, retentionMs: { raw: 24 * hour, rollup: undefined } }
  const first = rig.start()
  await fed(rig)
  await rig.advance(minute)
  await first.stop()
  rig.pass(25 * hour)
  rig.server.askedAfter.length = 0
  rig.start()
  await rig.advance(30_000)
  t.same(rig.server.askedAfter, [])
})

void t.test('an outage right behind a start is doubted too', async t => {
  const rig = open(t)
  const asked: number[] = []
  const deps = { sink: 'influx', store: rig.store, now: () => nowMs, log: pino({ level: 'silent' }) }
  const progress = await openProgress('influx', deps)
  await progress.move(row => ({ ...row, deliveredAtMs: nowMs - minute, seen: true }))
  const keeping = openKeeping({
    ...deps,
    progress,
    moments: { step: () => Promise.resolve(), pipelineMs: () => 0 },
    lacks: deliveredMs => Promise.resolve(asked.push(deliveredMs) === 2),
    retentionMs: undefined
  })
  await keeping.look()
  keeping.doubt()
  await keeping.look()
  t.same(asked, [nowMs - minute, nowMs - minute], 'nothing newer was told yet')
  t.equal(await rig.store.rewindWished('influx'), true)
})

void t.test('what was never read back is not missed', async t => {
  const rig = open(t)
  rig.server.lacks = true
  rig.start()
  await fed(rig)
  await rig.advance(1.5 * hour)
  t.ok(rig.server.askedAfter.length >= 2)
  t.equal(rig.came('host').length, 3)
  rig.server.lacks = false
  await rig.advance(hour)
  t.equal((await rig.row())?.seen, true)
  rig.server.lacks = true
  await rig.advance(2.5 * hour)
  t.equal(rig.came('host').length, 6, 'once, as nothing is read back since')
})
