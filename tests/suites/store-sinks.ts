import t, { type Test } from 'tap'
import type { NewDeadLetter, SinkRow } from '../../collector/store/sink-store.ts'
import type { Store } from '../../collector/store/store.ts'
import { rollup } from '../rig/evidence.ts'
import { nowMs } from '../rig/ledger.ts'
import { aBatch, aReading, type StoreDoor } from './store.ts'

export const aSink = (over: Partial<SinkRow> = {}): SinkRow => ({
  name: 'influx',
  arrival: 0,
  history: undefined,
  rollupSeq: 0,
  periodSeq: 0,
  state: 'delivering',
  sentence: '',
  stateSinceMs: 1,
  deliveredAtMs: 0,
  pointsN: 0,
  refusedN: 0,
  tooOldN: 0,
  ...over
})
export const aLetter = (over: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
  sink: 'influx',
  atMs: 5,
  database: 'raw',
  arrival: 1,
  line: 'host x=1 1',
  reason: 'server_refused',
  answer: 'no',
  ...over
})
const endless = Number.MAX_SAFE_INTEGER

/** What any store must do for those who carry copies away. */
export const sinkSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store, again: () => Promise<Store>) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      await work(t, await one.open(), () => one.open())
    })

  withStore(
    'the batch log gives whole batches in order of arrival, about as many readings as asked',
    async (t, store) => {
      t.same(await store.logHead(), { arrival: 0, receivedMs: 0 })
      t.same(await store.batchLog(0, endless, 10), [])
      t.equal(await store.receivedAfter(0), undefined)
      const many = (n: number, atMs: number) => Array.from({ length: n }, (_, i) => aReading({ atMs: atMs + i }))
      await store.commitBatches([
        aBatch(1, { readings: many(3, nowMs + 100) }),
        aBatch(1, { agent: 'a-2', readings: [], skewMs: -2.6 }),
        aBatch(2, { readings: many(3, nowMs) }),
        aBatch(3, {
          readings: [
            aReading({ atMs: nowMs + 50, outcome: 'failed', reason: 'timeout', labels: '{"a":"b"}', live: false })
          ],
          rejected: [{ i: 3, reason: 'schema', pointer: '/x', body: '{}' }],
          gaps: [{ from: 1, to: 2, n: 7, reason: 'spool_full' }]
        }),
        aBatch(4, { readings: many(20, nowMs + 200) })
      ])
      const sizes = async (after: number, upTo: number, limit: number) =>
        (await store.batchLog(after, upTo, limit)).map(batch => [batch.arrival, batch.readings.length])
      t.same(
        await sizes(0, endless, 8),
        [
          [1, 3],
          [2, 0],
          [3, 3]
        ],
        'as many as fit'
      )
      t.same(await sizes(3, endless, 6), [[4, 1]], 'the next is larger than what is left of the page')
      t.same(await sizes(4, endless, 6), [[5, 20]], 'a batch is never cut')
      t.same(
        await sizes(1, 3, 100),
        [
          [2, 0],
          [3, 3]
        ],
        'not past the end'
      )
      t.same(await sizes(5, endless, 6), [])
      const [late] = await store.batchLog(3, 4, 1)
      t.same(late, {
        arrival: 4,
        agent: 'a-1',
        receivedMs: nowMs + 3,
        skewMs: 3,
        rejectedN: 1,
        gaps: [{ from: 1, to: 2, n: 7, reason: 'spool_full' }],
        readings: [
          {
            atMs: nowMs + 50,
            checkId: 1,
            n: 0,
            twin: 0,
            part: '',
            outcome: 'failed',
            reason: 'timeout',
            tookMs: 2.5,
            live: false,
            fields: { rtt_ms: 1.5 },
            labels: { a: 'b' }
          }
        ]
      })
      t.match(await store.batchLog(1, 2, 1), [{ agent: 'a-2', skewMs: -3, rejectedN: 0, gaps: [] }])
      t.same(await store.logHead(), { arrival: 5, receivedMs: nowMs + 4 })
      t.equal(await store.receivedAfter(3), nowMs + 3)

      await store.commitBatches([
        aBatch(5, { readings: [aReading({ part: 'a' }), aReading({ part: 'b' }), aReading({ part: 'a' })] }),
        aBatch(6, { readings: [aReading({ part: 'a' }), aReading({ part: 'a', checkId: 2 })] })
      ])
      const twins = (await store.batchLog(5, endless, 100)).map(batch =>
        batch.readings.map(({ checkId, part, n, twin }) => [checkId, part, n, twin])
      )
      t.same(
        twins,
        [
          [
            [1, 'a', 1, 0],
            [1, 'b', 2, 0],
            [1, 'a', 3, 1]
          ],
          [
            [1, 'a', 4, 2],
            [2, 'a', 0, 0]
          ]
        ],
        'twins are counted by check and part, also over batches'
      )
      await store.dropRaw('2026-11-04', 1000)
      t.same(
        await sizes(3, endless, 6),
        [
          [4, 0],
          [5, 0],
          [6, 0],
          [7, 0]
        ],
        'of what is too old the batches remain'
      )
    }
  )

  withStore('what changed stands once, at the place of its last change', async (t, store) => {
    t.same(await store.changes('rollup', 0, 9), [])
    const put = (day: string, checkId: number) =>
      store.putRollups([rollup(day, checkId)], [{ day, checkId, arrival: 1 }])
    await put('2026-11-01', 1)
    await put('2026-11-02', 1)
    await put('2026-11-02', 100)
    await put('2026-11-01', 2)
    const keys = async (kind: 'rollup' | 'period', after = 0, limit = 100) =>
      (await store.changes(kind, after, limit)).map(change => change.key)
    t.same(await keys('rollup'), ['2026-11-02 0', '2026-11-02 1', '2026-11-01 0'])
    t.same(await keys('rollup', 0, 1), ['2026-11-02 0'])
    const [first] = await store.changes('rollup', 0, 1)
    t.same(await keys('rollup', first?.seq), ['2026-11-02 1', '2026-11-01 0'])
    await store.putShares('2026-11', [], [])
    await store.putVerdictsOf('2026-10', ['s-1'], [])
    await store.putRankings('2026-11', 0, [])
    await store.putRankings('2026-09', 1, [])
    t.same(await keys('period'), ['2026-10', '2026-11'], 'of the moving figures')
    const bulletin = { frozenMs: 1, sha256: 'x', cause: 'freeze', by: 'x', ranked: true, changes: [] } as const
    await store.putBulletin({ ...bulletin, period: '2026-10', revision: 1, publishedMs: undefined })
    t.same(await keys('period'), ['2026-11', '2026-10'], 'a bulletin says what a ranking meant')
    await store.putShares('2026-11', [], [])
    await store.publishBulletin('2026-10', 1, 5)
    await store.publishBulletin('2026-08', 1, 5)
    t.same(await keys('period'), ['2026-11', '2026-10'], 'and so does its publication')
  })

  withStore('a cursor and what was refused on the way are kept together or not at all', async (t, store, again) => {
    t.same(await store.sinks(), [])
    await store.putSink(aSink({ arrival: 3, history: { after: 1, upTo: 2 } }), [aLetter(), aLetter({ line: 'two' })])
    await store.putSink(aSink({ name: 'other' }), [aLetter({ sink: 'other', line: 'foreign' })])
    const bad = aLetter({ atMs: 0.5 })
    await t.rejects(store.putSink(aSink({ arrival: 9 }), [aLetter({ line: 'never' }), bad]))
    await store.close()
    const other = await again()
    t.same(await other.sinks(), [aSink({ arrival: 3, history: { after: 1, upTo: 2 } }), aSink({ name: 'other' })])
    t.same(await other.deadLetters('influx', 0, 9), [
      { id: 1, ...aLetter(), dueMs: undefined, tries: 0 },
      { id: 2, ...aLetter({ line: 'two' }), dueMs: undefined, tries: 0 }
    ])

    await other.putSink(aSink(), [aLetter({ line: 'three', arrival: 7 })])
    t.equal(await other.replayDeadLetters('influx', [1, 4, 3], 50), 2, 'those of another sink are not touched')
    const due = async () => (await other.deadLetters('influx', 0, 9, true)).map(letter => letter.id)
    t.same(await due(), [1, 4])
    t.same(await other.deadLetterCounts('influx'), { total: 3, due: 2 })
    t.match(await other.deadLettersOf('influx', 7), [{ id: 4, line: 'three', dueMs: 50 }])
    await other.settleDeadLetters([1], [{ id: 4, answer: 'still no' }])
    t.same(await due(), [])
    t.match(await other.deadLetters('influx', 2, 9), [{ id: 4, answer: 'still no', tries: 1, dueMs: undefined }])
    t.equal(await other.replayDeadLetters('influx', undefined, 60), 2)
    t.equal(await other.dropDeadLetters('influx', [2]), 1)
    t.equal(await other.dropDeadLetters('influx', undefined), 1)
    t.same(await other.deadLetterCounts('influx'), { total: 0, due: 0 })
    t.same(await other.deadLetterCounts('other'), { total: 1, due: 0 })

    t.equal(await other.rewindSink('nothing', 0), false)
    t.equal(await other.takeRewind('influx'), undefined)
    await other.putSink(aSink({ arrival: 30, history: { after: 4, upTo: 6 }, rollupSeq: 5, periodSeq: 6, pointsN: 7 }))
    t.equal(await other.rewindSink('influx', 12), true)
    t.equal(await other.rewindWished('influx'), true)
    await other.putSink(aSink({ arrival: 40, rollupSeq: 5, periodSeq: 6, pointsN: 8 }))
    const back = aSink({ arrival: 40, history: { after: 12, upTo: 40 }, pointsN: 8 })
    t.same(await other.takeRewind('influx'), back, 'from where it stands by then')
    t.equal(await other.rewindWished('influx'), false)
    t.equal(await other.takeRewind('influx'), undefined)
    t.same((await other.sinks())[0], back)
    await other.rewindSink('influx', 99)
    t.match(await other.takeRewind('influx'), { history: { after: 12, upTo: 40 } }, 'what is still to come is not lost')

    const place = (subject: string, fromMs: number, tags: string) => ({ sink: 'influx', subject, fromMs, tags })
    await other.putPlaces([place('device:b', 0, '{}'), place('device:a', 9, '{"x":1}'), place('device:a', 0, '{}')])
    await other.putPlaces([place('device:a', 9, '{"x":2}'), { ...place('device:a', 1, 'o'), sink: 'other' }])
    t.same(await other.places('influx'), [
      place('device:a', 0, '{}'),
      place('device:a', 9, '{"x":2}'),
      place('device:b', 0, '{}')
    ])
  })
}
