import { pino } from 'pino'
import t from 'tap'
import { periodNamed } from '../../collector/calendar/period.ts'
import { judgePeriod } from '../../collector/judgement/judge.ts'
import type { Store } from '../../collector/store/store.ts'
import { startUpkeep, type Upkeep } from '../../collector/upkeep.ts'
import { openFilledStore, type After } from '../rig/collector.ts'
import { nowMs, pack } from '../rig/ledger.ts'
import { aBatch, aReading } from '../suites/store.ts'

const target = 'yulin-2022/broadband-access'
const day = 86_400_000

/** Upkeep whose timer never matters: the test says when it runs. */
const upkeepOf = (store: Store, clock: { ms: number }, lines: string[] = []): Upkeep =>
  startUpkeep({
    store,
    now: () => clock.ms,
    everyMs: 3_600_000,
    log: pino({ base: null }, { write: line => void lines.push(line) })
  })
const verdictOf = async (store: Store, period: string, school = 's-1') =>
  (await store.verdicts(period)).find(verdict => verdict.school === school && verdict.target === target)

/** Answers of both portal checks of the gateway at a time. */
const answers = async (store: Store, atMs: number) => {
  const checks = (await store.checks()).filter(check => check.device === 'gw-1' && check.probe === 'portal')
  return checks.map(check => aReading({ atMs, checkId: check.id, labels: '{"place":"off_site"}' }))
}
let seq = 1
const commit = async (store: Store, ...times: number[]) => {
  const readings = (await Promise.all(times.map(atMs => answers(store, atMs)))).flat()
  const [answer] = await store.commitBatches([aBatch(seq++, { spool: 'one', readings })])
  t.equal(answer?.kind, 'stored')
}
const openFreshStore = (after: After): Promise<Store> => {
  seq = 1
  return openFilledStore(after)
}

void t.test('rollups and verdicts follow what was committed', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  const clock = { ms: nowMs }
  const upkeep = upkeepOf(store, clock)
  await upkeep.run()
  t.match(await verdictOf(store, '2026-11'), { verdict: 'unknown', reason: 'no_readings', sinceMs: nowMs })
  await commit(store, nowMs - 2 * day, nowMs - day)
  await upkeep.run()
  t.match(await verdictOf(store, '2026-11'), { verdict: 'unknown', reason: 'too_few_days', n: 2 })
  t.same(await store.dirtyDays(), [])
  clock.ms += 120_000
  await commit(store, nowMs)
  await upkeep.run()
  t.match(await verdictOf(store, '2026-11'), { verdict: 'met', n: 3, sinceMs: clock.ms })
  t.match(
    (await store.shares('2026-11')).find(s => s.area === 'yulin' && s.target === target),
    { metN: 1, unknownN: 1, totalN: 2, pct: 50, hiPct: 100 }
  )
  t.match(await verdictOf(store, '2026-11', 's-2'), { verdict: 'unknown' })
  await upkeep.stop()
})

void t.test('a late reading makes its day dirty again, and the period it belongs to is judged anew', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  const upkeep = upkeepOf(store, { ms: nowMs })
  const october = Date.parse('2026-10-12T10:00:00+08:00')
  await commit(store, october, october + day)
  await upkeep.run()
  t.match(await verdictOf(store, '2026-10'), {
    verdict: 'unknown',
    n: 2,
    asOfMs: Date.parse('2026-10-20T00:00:00+08:00')
  })
  await commit(store, october + 2 * day)
  t.equal((await store.dirtyDays()).length, 2)
  await upkeep.run()
  t.match(await verdictOf(store, '2026-10'), { verdict: 'met', n: 3 })
  t.match(await verdictOf(store, '2026-11'), { verdict: 'unknown', n: 0 }, 'and no other')
  await upkeep.stop()
})

void t.test('a store that fails does not stop the upkeep, and nothing that was owed is forgotten', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  let broken = true
  const flaky: Store = {
    ...store,
    putVerdictsOf: (...args) => (broken ? Promise.reject(new Error('the disk is full')) : store.putVerdictsOf(...args))
  }
  const lines: string[] = []
  const october = Date.parse('2026-10-12T10:00:00+08:00')
  await commit(store, october, october + day, october + 2 * day)
  const upkeep = upkeepOf(flaky, { ms: nowMs }, lines)
  await t.rejects(upkeep.run(), { message: 'the disk is full' })
  t.same(await store.dirtyDays(), [], 'the rollups are done, the verdicts are not')
  t.same(await store.verdicts('2026-10'), [])
  t.ok(lines.some(line => line.includes('upkeep failed') && line.includes('the disk is full')))
  broken = false
  await upkeep.run()
  t.match(await verdictOf(store, '2026-10'), { verdict: 'met' })
  t.match(await verdictOf(store, '2026-11'), { verdict: 'unknown' })
  await upkeep.stop()
})

void t.test('a crash between rollup and verdict costs nothing: the next start judges what it finds', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  const crashing: Store = { ...store, putVerdictsOf: () => Promise.reject(new Error('killed')) }
  const october = Date.parse('2026-10-12T10:00:00+08:00')
  await commit(store, october, october + day, october + 2 * day)
  const first = upkeepOf(crashing, { ms: nowMs })
  await t.rejects(first.run())
  await first.stop()
  const second = upkeepOf(store, { ms: nowMs })
  await second.run()
  t.match(await verdictOf(store, '2026-10'), { verdict: 'met' })
  t.same(await store.verdicts('2026-09'), [], 'a period without anything is not invented')
  await second.stop()
})

void t.test('a batch that arrives while a day is rolled up is not lost from it', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  let once = true
  const racing: Store = {
    ...store,
    putRollups: async (rows, done) => {
      if (once) {
        once = false
        await commit(store, nowMs - 1000)
      }
      return store.putRollups(rows, done)
    }
  }
  await commit(store, nowMs)
  const upkeep = upkeepOf(racing, { ms: nowMs })
  await upkeep.run()
  t.ok((await store.dirtyDays()).length > 0 || (await okCount(store)) === 4)
  await upkeep.run()
  t.same(await store.dirtyDays(), [])
  t.equal(await okCount(store), 4)
  await upkeep.stop()
})

const okCount = async (store: Store): Promise<number> =>
  (await store.rollups('2026-11-03', '2026-11-03')).reduce((n, row) => n + row.counts.ok, 0)

void t.test('the same evidence gives the same figures, bit for bit', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  const clock = { ms: nowMs }
  const upkeep = upkeepOf(store, clock)
  await commit(store, nowMs - day, nowMs)
  await upkeep.run()
  const before = [
    await store.rollups('2026-11-01', '2026-11-03'),
    await store.verdicts('2026-11'),
    await store.shares('2026-11')
  ]
  await upkeep.stop()
  const again = upkeepOf(store, clock)
  await again.run()
  t.same(
    [await store.rollups('2026-11-01', '2026-11-03'), await store.verdicts('2026-11'), await store.shares('2026-11')],
    before
  )
  await again.stop()
})

void t.test('stop waits for what runs', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  let running = 0
  const slow: Store = {
    ...store,
    putVerdictsOf: async (...args) => {
      running++
      await store.putVerdictsOf(...args)
      running--
    }
  }
  const upkeep = upkeepOf(slow, { ms: nowMs })
  await upkeep.stop()
  t.equal(running, 0)
  t.equal((await store.verdicts('2026-11')).length, 24, 'it finished')
})

void t.test('a tick judges the schools that have news; a changed ledger and every hour judge all', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  const clock = { ms: nowMs }
  const judged: string[] = []
  const watched: Store = {
    ...store,
    putVerdictsOf: (period, schools, verdicts) => {
      judged.push(`${period} ${schools.join(' ')}`)
      return store.putVerdictsOf(period, schools, verdicts)
    }
  }
  const upkeep = upkeepOf(watched, clock)
  const judgedBy = async (work: () => Promise<void> | void): Promise<string[]> => {
    judged.length = 0
    await work()
    await upkeep.run()
    return [...judged]
  }
  await upkeep.run()
  t.same(await judgedBy(() => undefined), [])
  t.same(await judgedBy(() => commit(store, nowMs - day)), ['2026-11 s-1 s-2'], 'sites answered that had not that day')
  t.same(await judgedBy(() => commit(store, nowMs - day + 1)), ['2026-11 s-1'])
  t.same(await judgedBy(() => void (clock.ms += 3_599_999)), [])
  t.same(await judgedBy(() => void (clock.ms += 2)), ['2026-11 s-1 s-2'])
  t.same(await judgedBy(() => store.putPack({ ...pack, sha256: 'other' })), ['2026-11 s-1 s-2'])
  t.same(
    await judgedBy(() => void (clock.ms = Date.parse('2026-11-20T00:00:00+08:00'))),
    [...['2026-12 s-1 s-2', '2026-11 s-1 s-2']],
    'a new period begins, and the old one is judged a last time when it is frozen'
  )
  await upkeep.stop()
})

void t.test('late readings of a closed day change nothing, and dropping raw readings neither', async t => {
  const store = await openFreshStore(work => t.teardown(work))
  const clock = { ms: nowMs }
  const upkeep = upkeepOf(store, clock)
  await commit(store, nowMs - 2 * day, nowMs - day)
  await upkeep.run()
  clock.ms = Date.parse('2026-11-21T12:00:00+08:00')
  await upkeep.run()
  const figures = async () => [
    await store.verdicts('2026-11'),
    await store.shares('2026-11'),
    await store.rollups('2026-10-01', '2026-11-30')
  ]
  const before = await figures()
  t.match(await verdictOf(store, '2026-11'), { verdict: 'unknown', n: 2 })

  clock.ms = nowMs + 52 * day
  await store.commitBatches([
    aBatch(seq++, { spool: 'one', receivedMs: clock.ms, readings: await answers(store, nowMs - day + 5) })
  ])
  t.match(await store.counts(), { lateClosed: 2, dirty: 0 })
  await store.putCalendars([{ scope: '', name: 'x.yaml', sha256: 'x', text: 'scope: nation\nholidays: []\n' }], nowMs)
  t.ok((await store.dirtyDays()).length > 0, 'a calendar that was put long ago and never worked off')
  await upkeep.run()
  t.same(await store.dirtyDays(), [])
  t.same((await figures())[2], before[2], 'closed days keep what they say')

  clock.ms = nowMs + 70 * day
  await upkeep.run()
  t.same(
    (await store.readings({ checkIds: [1, 2, 3, 4], fromMs: 0, toMs: 2 * nowMs, limit: 9, after: undefined })).items,
    []
  )
  await judgePeriod(store, periodNamed('2026-11'), clock.ms)
  t.same(await figures(), before, 'the same verdicts without a raw reading left')
  await upkeep.stop()
})
