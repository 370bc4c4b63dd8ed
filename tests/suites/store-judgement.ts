import fc from 'fast-check'
import t, { type Test } from 'tap'
import { everyPart } from '../../collector/store/rollup-block.ts'
import type { CommitReading, DirtyDay, Store } from '../../collector/store/store.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import type { Share, Verdict } from '../../collector/verdicts/verdict.ts'
import { rollup } from '../rig/evidence.ts'
import { nowMs } from '../rig/ledger.ts'
import { aBatch, aReading, fill, type StoreDoor } from './store.ts'

const day = '2026-11-03'
const dayLong = 86_400_000

const verdict = (school: string, word: Verdict['verdict'], asOfMs: number, target = 'p/t'): Verdict => ({
  school,
  target,
  indicator: 'x',
  verdict: word,
  reason: `because ${word}`,
  n: 0,
  expectedN: 0,
  facts: {},
  excluded: {},
  evidence: [],
  asOfMs,
  ruleVersion: 'x/1'
})
const share = (area: string): Share => ({
  area,
  target: 'p/t',
  metN: 1,
  missedN: 0,
  unknownN: 0,
  notApplicableN: 0,
  totalN: 1,
  pct: 100,
  hiPct: 100,
  goalPct: 90
})
const dirtyOf = (rows: readonly DayRollup[]): DirtyDay[] =>
  rows.map(row => ({ day: row.day, checkId: row.checkId, arrival: 1 }))

/** A rollup that says in its figures which one it is. */
const anyRow = fc
  .record({
    day: fc.constantFrom('2026-11-01', '2026-11-02', '2026-11-03'),
    checkId: fc.constantFrom(1, 2, 63, 64, 65, 128, 500),
    part: fc.constantFrom('', 'eth0', 'a\nb'),
    mark: fc.nat(1000)
  })
  .map(({ day, checkId, part, mark }): DayRollup => ({
    ...rollup(day, checkId),
    part,
    place: mark % 3 === 0 ? '' : 'off_site',
    counts: { ok: mark, degraded: 0, failed: mark % 7, unavailable: 0 },
    reasons: mark % 7 === 0 ? {} : { timeout: mark % 7 },
    last: { ...rollup(day, checkId).last, fields: mark % 2 === 0 ? {} : { mark }, labels: {} },
    fields: mark % 5 === 0 ? {} : { mark: { n: 1, min: mark, mean: mark, p50: mark, p95: mark, max: mark } }
  }))

/** What any store must do with rollups, verdicts and what is too old; the rest of the suite is in store.ts. */
export const judgementSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      await work(t, await one.open())
    })

  withStore('rollups replace those of their days and checks, and touch no others', async (t, store) => {
    /** The plainest store: a row for each. */
    const model = new Map<string, DayRollup>()
    const keyOf = (row: DayRollup) => [row.day, String(row.checkId).padStart(4, '0'), row.part, row.place].join('\0')
    const writes = fc.sample(fc.array(anyRow, { maxLength: 12 }), { numRuns: 25, seed: 5 })
    for (const list of writes) {
      const rows = [...new Map(list.map(row => [keyOf(row), row])).values()]
      const done = dirtyOf(rows)
      for (const [key, row] of model)
        if (done.some(one => one.day === row.day && one.checkId === row.checkId)) model.delete(key)
      // One of three writes says that a check has nothing left on its day.
      const gone = rows.length % 3 === 0 ? rows[0] : undefined
      const kept = rows.filter(row => row.checkId !== gone?.checkId || row.day !== gone.day)
      for (const row of kept) model.set(keyOf(row), row)
      await store.putRollups(kept, done)
    }
    const want = [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    t.ok(want.length > 20)
    t.same(await store.rollups('2026-11-01', '2026-11-03'), want)
    t.same(await store.rolledDays('2026-10-01', '2026-11-02'), ['2026-11-01', '2026-11-02'])

    const wanted = new Map([
      [64, everyPart],
      [500, { fromDay: '2026-11-02', last: false, figures: true }],
      [9, everyPart]
    ])
    const some = await store.rollupsOf(wanted, '2026-11-03')
    t.same(new Set(some.keys()), new Set(want.map(row => row.checkId).filter(id => id === 64 || id === 500)))
    t.same(
      some.get(64),
      want.filter(row => row.checkId === 64)
    )
    t.same(
      some.get(500),
      want
        .filter(row => row.checkId === 500 && row.day >= '2026-11-02')
        .map(row => ({ ...row, last: { ...row.last, fields: {}, labels: {} } }))
    )
  })

  withStore('a subject answered on a day when any portal check of it did, off the site', async (t, store) => {
    await fill(store)
    const checks = await store.checks()
    const idOf = (probe: string, subject: string) =>
      checks.find(check => check.probe === probe && check.subject === subject)?.id ?? 0
    const ok = { ok: 1, degraded: 0, failed: 0, unavailable: 0 }
    const failed = { ...ok, ok: 0, failed: 1 }
    const [edu, gov, host] = [idOf('portal', 'www.smartedu.cn'), idOf('portal', 'www.gov.cn'), idOf('host', '')]
    await store.putRollups(
      [
        rollup('2026-11-01', edu, { counts: ok }),
        rollup('2026-11-02', edu, { counts: ok, place: 'on_site' }),
        rollup('2026-11-02', gov, { counts: { ...failed, degraded: 2 } }),
        rollup('2026-11-03', gov, { counts: failed }),
        rollup('2026-11-03', host, { counts: ok })
      ],
      []
    )
    const want = [
      { day: '2026-11-01', subject: 'www.smartedu.cn' },
      { day: '2026-11-02', subject: 'www.gov.cn' }
    ]
    t.same(await store.answered('2026-11-01', '2026-11-03'), want)
    await store.putRollups([], [{ day: '2026-11-01', checkId: edu, arrival: 1 }])
    t.same(await store.answered('2026-11-01', '2026-11-03'), want, 'it only excuses, so it is never taken back')
  })

  withStore('verdicts of some schools are replaced, keep their since, and leave the others alone', async (t, store) => {
    const told = async () => (await store.verdicts('2026-11')).map(v => [v.school, v.verdict, v.sinceMs])
    await store.putVerdictsOf('2026-11', ['s-1', 's-2'], [verdict('s-1', 'met', 1), verdict('s-2', 'unknown', 1)])
    await store.putVerdictsOf('2026-11', ['s-2', 's-3'], [verdict('s-2', 'unknown', 2), verdict('s-3', 'missed', 2)])
    t.same(await told(), [
      ['s-1', 'met', 1],
      ['s-2', 'unknown', 1],
      ['s-3', 'missed', 2]
    ])
    await store.putVerdictsOf('2026-11', ['s-1'], [verdict('s-1', 'missed', 3), verdict('s-1', 'met', 3, 'p/u')])
    t.same(
      (await store.verdicts('2026-11', 0, ['s-1', 's-9'])).map(v => [v.target, v.verdict, v.sinceMs]),
      [
        ['p/t', 'missed', 3],
        ['p/u', 'met', 3]
      ]
    )
    await store.putVerdictsOf('2026-11', ['s-1'], [])
    t.same(await told(), [
      ['s-2', 'unknown', 1],
      ['s-3', 'missed', 2]
    ])
    await store.putShares('2026-11', ['s-3'], [share('b'), share('a')])
    t.same(await told(), [['s-3', 'missed', 2]], 'a school that is gone')
    t.same(
      (await store.shares('2026-11')).map(one => one.area),
      ['a', 'b']
    )
    t.same(await store.said('2026-11'), [{ school: 's-3', target: 'p/t', verdict: 'missed', reason: 'because missed' }])
    t.same(await store.verdicts('2026-10'), [])
  })

  withStore(
    'whatever changes in ledger, checks, packs or calendars moves a number, readings do not',
    async (t, store) => {
      const before = await store.ledgerChanges()
      await fill(store)
      const filled = await store.ledgerChanges()
      t.ok(filled > before)
      await store.commitBatches([aBatch(1)])
      await store.putVerdictsOf('2026-11', ['s-1'], [verdict('s-1', 'met', 1)])
      t.equal(await store.ledgerChanges(), filled)
    }
  )

  withStore(
    'a reading that is more than 50 days late is kept and counted, and its day stays as it is',
    async (t, store) => {
      const receivedMs = nowMs + 50 * dayLong
      const late = (atMs: number): CommitReading => aReading({ atMs, live: false })
      await store.commitBatches([
        aBatch(1, { receivedMs, readings: [late(nowMs), late(nowMs - dayLong), late(nowMs - dayLong)] })
      ])
      t.same(
        (await store.dirtyDays()).map(one => one.day),
        [day],
        'the 50th day is open'
      )
      t.match(await store.counts(), { readings: 3, lateClosed: 2 })
      t.equal((await store.readingsOfDay('2026-11-02', [1])).length, 2)
      await store.forgetDirty(await store.dirtyDays())
      t.same(await store.dirtyDays(), [])
    }
  )

  withStore('a closed day that is forgotten stays dirty when another batch came meanwhile', async (t, store) => {
    await store.commitBatches([aBatch(1)])
    const taken = await store.dirtyDays()
    await store.commitBatches([aBatch(2)])
    await store.forgetDirty(taken)
    t.same(
      (await store.dirtyDays()).map(one => one.arrival),
      [2]
    )
  })

  withStore('raw readings and batch bodies go, a little at a time; what was made of them stays', async (t, store) => {
    const at = (i: number) => nowMs - 5 * dayLong + i
    for (let seq = 1; seq <= 10; seq++)
      await store.commitBatches([
        aBatch(seq, {
          receivedMs: seq <= 8 ? at(seq * 10) : nowMs,
          readings: [1, 2, 3].map(i => aReading({ atMs: seq <= 8 ? at(seq * 10 + i) : nowMs + i })),
          rejected: seq === 1 ? [{ i: 9, reason: 'schema', pointer: '', body: '{}' }] : []
        })
      ])
    await store.putRollups([rollup('2026-10-29', 1)], [])
    const steps: number[] = []
    for (let n = -1; n !== 0; steps.push(n)) n = await store.dropRaw(day, 7)
    t.equal(
      steps.reduce((sum, n) => sum + n, 0),
      24 + 8,
      'readings and bodies'
    )
    t.ok(steps.length > 3 && Math.max(...steps) <= 8 + 7, String(steps))
    const { items } = await store.readings({ checkIds: [1], fromMs: 0, toMs: nowMs * 2, limit: 99, after: undefined })
    t.equal(items.length, 6)
    t.equal((await store.rollups('2026-10-29', '2026-10-29')).length, 1)
    t.equal((await store.rejected(9)).length, 1)
    t.match(await store.commitBatches([aBatch(1), aBatch(1, { sha256: 'other' })]), [
      { kind: 'duplicate' },
      { kind: 'rolled_back' }
    ])
    t.match(await store.counts(), { batches: 10, readings: 30 }, 'what was received is still told')
  })
}
