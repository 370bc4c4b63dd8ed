import t from 'tap'
import { rollup } from '../../rig/evidence.ts'
import { openSinkRig } from '../../rig/sink.ts'

const minute = 60_000
/** One in each of so many blocks. */
const rollups = (day: string, blocks: number) => Array.from({ length: blocks }, (_, block) => rollup(day, block * 64))

void t.test('what changes all the time is sent once a pass, like everything else', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000, rollup_every_ms: 10 * minute })
  /** As upkeep does: every block changes again, and then the running period. */
  const judge = async () => {
    await rig.store.putRollups(rollups('2026-11-02', 25), [])
    await rig.store.putShares('2026-11', [], [])
  }
  await judge()
  let judgesN = 3
  rig.start(store => ({
    ...store,
    changes: async (kind, after, limit) => {
      const found = await store.changes(kind, after, limit)
      if (judgesN-- > 0) await judge()
      return found
    }
  }))
  await rig.asleep()
  const sentN = () => [rig.world.blocks.length, new Set(rig.world.blocks).size, rig.world.periods.length]
  t.same(sentN(), [25, 25, 1])
  judgesN = 3
  await rig.advance(10 * minute)
  t.same(sentN(), [50, 25, 2], 'nor is a change forgotten that came in between')
  judgesN = 0
  await judge()
  await rig.advance(10 * minute)
  t.same(sentN(), [75, 25, 3])
  await rig.advance(10 * minute)
  t.same(sentN(), [75, 25, 3], 'and nothing twice')
})

void t.test('verdicts do not wait for the rollups of years', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000, history_points_per_s: 1 })
  await rig.store.putRollups(rollups('2026-09-01', 41), [])
  await rig.store.putShares('2026-10', [], [])
  rig.start()
  await rig.asleep()
  t.same(rig.world.periods, ['2026-10'])
  t.equal(rig.world.blocks.length, 20)
  await rig.advance(minute)
  t.equal(rig.world.blocks.length, 41)
})

void t.test('after going back figures come at once, the running period too: an empty database has none', async t => {
  const rig = openSinkRig(work => t.teardown(work), { poll_ms: 1000, rollup_every_ms: 60 * minute })
  await rig.store.putRollups(rollups('2026-11-02', 2), [])
  await rig.store.putShares('2026-10', [], [])
  rig.start()
  await rig.advance(minute)
  const sent = { blocks: [...rig.world.blocks], periods: [...rig.world.periods] }
  t.same(sent.blocks.length, 2)
  await rig.store.rewindSink('influx', 0)
  await rig.advance(minute)
  t.same(rig.world.blocks.slice(2), sent.blocks)
  t.same(rig.world.periods.slice(sent.periods.length), sent.periods)
})
