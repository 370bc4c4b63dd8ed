import t, { type Test } from 'tap'
import { draftChecks } from '../../collector/ledger/checks.ts'
import type { CommitBatch, CommitReading, Store } from '../../collector/store/store.ts'
import { ledger, nowMs, pack, templates } from '../rig/ledger.ts'

/** Opens the same empty store again and again: what the first wrote, the next must find. */
export interface StoreDoor {
  open(): Promise<Store>
  /** Ends with the test. */
  close(): Promise<void>
}

export const aReading = (over: Partial<CommitReading> = {}): CommitReading => ({
  atMs: nowMs,
  checkId: 1,
  part: '',
  outcome: 'ok',
  reason: undefined,
  tookMs: 2.5,
  fields: '{"rtt_ms":1.5}',
  labels: undefined,
  trace: undefined,
  live: true,
  ...over
})

export const aBatch = (seq: number, over: Partial<CommitBatch> = {}): CommitBatch => ({
  agent: 'a-1',
  spool: 'sp-1',
  seq,
  sha256: `sha-${seq}`,
  receivedMs: nowMs + seq,
  seenIp: '10.0.0.1',
  boot: 'boot-1',
  bootOffsetMs: nowMs - 1000,
  skewMs: 3,
  body: new Uint8Array([seq]),
  readings: [aReading({ atMs: nowMs + seq })],
  rejected: [],
  gaps: [],
  markers: [],
  ...over
})

export const fill = async (store: Store): Promise<void> => {
  await store.putPack(pack)
  await store.putLedger(ledger)
  await store.putChecks(draftChecks(await store.devices(), templates), nowMs)
}

const everything = { fromMs: 0, toMs: nowMs * 2, limit: 1000, after: undefined }
const checkIds = [1, 2, 3]

/** What any store must do with batches. `door()` gives a new, empty one; the rest of the suite is in store-ledger.ts. */
export const ingestSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store, again: () => Promise<Store>) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      await work(t, await one.open(), () => one.open())
    })

  withStore('batches are stored in order, once, and out of order not at all', async (t, store) => {
    t.same(await store.commitBatches([aBatch(2)]), [{ kind: 'out_of_order', expect: 1 }])
    t.same(await store.commitBatches([aBatch(1)]), [{ kind: 'stored', highWater: 1 }])
    t.same(await store.commitBatches([aBatch(1)]), [{ kind: 'duplicate', highWater: 1 }])
    t.same(await store.commitBatches([aBatch(3)]), [{ kind: 'out_of_order', expect: 2 }])
    t.same(await store.commitBatches([aBatch(2)]), [{ kind: 'stored', highWater: 2 }])
    t.same(await store.commitBatches([aBatch(1)]), [{ kind: 'duplicate', highWater: 2 }])
    t.match(await store.counts(), { batches: 2, readings: 2 })
    t.equal((await store.readings({ ...everything, checkIds })).items.length, 2)
  })

  withStore('a stored number with other bytes is a spool that went back in time', async (t, store) => {
    await store.commitBatches([aBatch(1), aBatch(2)])
    t.same(await store.commitBatches([aBatch(1, { sha256: 'other' })]), [{ kind: 'rolled_back', highWater: 2 }])
    t.match(await store.counts(), { batches: 2, readings: 2 })
  })

  withStore('each spool of each agent counts for itself', async (t, store) => {
    const answers = await store.commitBatches([
      aBatch(1),
      aBatch(1, { spool: 'sp-2' }),
      aBatch(1, { agent: 'a-2' }),
      aBatch(2, { agent: 'a-3' })
    ])
    t.same(
      answers.map(answer => answer.kind),
      ['stored', 'stored', 'stored', 'out_of_order']
    )
  })

  withStore('batches of one call see each other, in the order they came', async (t, store) => {
    const answers = await store.commitBatches([
      aBatch(1),
      aBatch(3),
      aBatch(2),
      aBatch(2),
      aBatch(2, { sha256: 'x' }),
      aBatch(3)
    ])
    t.same(answers, [
      { kind: 'stored', highWater: 1 },
      { kind: 'out_of_order', expect: 2 },
      { kind: 'stored', highWater: 2 },
      { kind: 'duplicate', highWater: 2 },
      { kind: 'rolled_back', highWater: 2 },
      { kind: 'stored', highWater: 3 }
    ])
    t.equal((await store.counts()).readings, 3)
  })

  withStore('parallel calls with the same batch store it once', async (t, store) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.commitBatches([aBatch(1)])))
    t.equal(answers.filter(([answer]) => answer?.kind === 'stored').length, 1)
    t.equal((await store.counts()).readings, 1)
  })

  withStore('two readings in one millisecond both survive', async (t, store) => {
    const same = [aReading({ part: 'a' }), aReading({ part: 'b' }), aReading({ part: 'a' })]
    await store.commitBatches([aBatch(1, { readings: same }), aBatch(2, { readings: same })])
    const { items } = await store.readings({ ...everything, checkIds })
    t.same(
      items.map(item => [item.part, item.n]),
      [
        ['a', 5],
        ['b', 4],
        ['a', 3],
        ['a', 2],
        ['b', 1],
        ['a', 0]
      ]
    )
  })

  withStore('a reading comes back as it went in', async (t, store) => {
    const reading = aReading({
      part: 'eth0 "\\\u0000',
      outcome: 'failed',
      reason: 'timeout',
      labels: '{"place":"off_site","name":"学校'.concat('\u2028"}'),
      live: false
    })
    await store.commitBatches([aBatch(1, { readings: [reading] })])
    const { items } = await store.readings({ ...everything, checkIds })
    t.same(items, [
      {
        atMs: nowMs,
        checkId: 1,
        n: 0,
        part: reading.part,
        outcome: 'failed',
        reason: 'timeout',
        tookMs: 2.5,
        fields: { rtt_ms: 1.5 },
        labels: { place: 'off_site', name: '学校\u2028' }
      }
    ])
    t.match((await store.readingsOfDay('2026-11-03', [1]))[0], { live: false, labels: { place: 'off_site' } })
  })

  withStore('a restart keeps everything that was acknowledged', async (t, store, again) => {
    await fill(store)
    await store.commitBatches([aBatch(1), aBatch(2)])
    const before = [await store.counts(), await store.readings({ ...everything, checkIds }), await store.checks()]
    await store.close()
    const other = await again()
    t.same([await other.counts(), await other.readings({ ...everything, checkIds }), await other.checks()], before)
    t.same(await other.commitBatches([aBatch(2)]), [{ kind: 'duplicate', highWater: 2 }])
    t.same(await other.boots('a-1'), [{ boot: 'boot-1', offsetMs: nowMs - 1000 }])
  })

  withStore('a batch that cannot be written takes the whole commit with it, and leaves no trace', async (t, store) => {
    await store.commitBatches([aBatch(1)])
    const before = await store.counts()
    const bad = aBatch(1, { agent: 'a-2', readings: [aReading({ atMs: 0.5 })] })
    await t.rejects(store.commitBatches([aBatch(2), bad, aBatch(3)]))
    t.same(await store.counts(), before)
    t.same(await store.dirtyDays(), [{ day: '2026-11-03', checkId: 1, arrival: 1 }])
    t.same(await store.commitBatches([aBatch(2), aBatch(3)]), [
      { kind: 'stored', highWater: 2 },
      { kind: 'stored', highWater: 3 }
    ])
  })

  withStore('what was refused, gaps and markers are kept and counted', async (t, store) => {
    const rejected = [{ i: 3, reason: 'schema', pointer: '/fields', body: '{"x":1}' }]
    const gaps = [
      { from: 1, to: 2, n: 7, reason: 'spool_full' },
      { from: 3, to: 4, n: 5, reason: 'too_large' }
    ]
    const markers = [{ kind: 'started', boot: 'boot-1', up_ms: 1, wall_ms: 2 }]
    await store.commitBatches([aBatch(1, { readings: [], rejected, gaps, markers })])
    await store.commitBatches([aBatch(1, { agent: 'a-2', gaps: gaps.slice(0, 1) })])
    t.same(await store.rejected(10), [{ agent: 'a-1', receivedMs: nowMs + 1, ...rejected[0] }])
    t.same(
      (await store.gaps('a-1', 10)).map(gap => gap.n),
      [7, 5]
    )
    t.equal((await store.gaps(undefined, 10)).length, 3)
    t.match(await store.counts(), { rejected: 1, gaps: 3, lostReadings: 19 })
  })

  withStore('declared losses never overflow into a store that refuses every batch', async (t, store) => {
    const gaps = Array.from({ length: 64 }, () => ({
      from: 0,
      to: 1,
      n: Number.MAX_SAFE_INTEGER,
      reason: 'spool_full'
    }))
    for (let seq = 1; seq <= 40; seq++)
      t.same(await store.commitBatches([aBatch(seq, { gaps })]), [{ kind: 'stored', highWater: seq }])
    t.ok(Number.isSafeInteger((await store.counts()).lostReadings))
  })

  withStore('the offset of a boot that the caller gave last is kept', async (t, store) => {
    const offsets = [5_000, 4_000, undefined].map((bootOffsetMs, i) => aBatch(i + 1, { bootOffsetMs }))
    await store.commitBatches(offsets)
    t.same(await store.boots('a-1'), [{ boot: 'boot-1', offsetMs: 4_000 }])
    t.same(await store.boots('a-2'), [])
  })
}
