import { pino } from 'pino'
import t from 'tap'
import { openMonthKeeper } from '../../../collector/bulletin/month-keeper.ts'
import { answerObjection, raiseObjection } from '../../../collector/bulletin/objection.ts'
import { runJob } from '../../../collector/bulletin/press-job.ts'
import { makeRevision } from '../../../collector/bulletin/revision.ts'
import { stageOf } from '../../../collector/bulletin/stage.ts'
import { verifyRevision } from '../../../collector/bulletin/verify.ts'
import { periodNamed } from '../../../collector/calendar/period.ts'
import { judgePeriod } from '../../../collector/judgement/judge.ts'
import { openClaims } from '../../../collector/routes/claim.ts'
import type { Store } from '../../../collector/store/store.ts'
import { access, at, november, openCity } from './city.ts'

const silent = pino({ level: 'silent' })
const minute = 60_000

void t.test('the month goes its way: preview, freeze, objection, late data, publication', async t => {
  const city = await openCity(work => t.teardown(work))
  const { store } = city
  for (const school of ['a-1', 'a-2', 'b-1']) await city.answers(school, 3)
  await city.judge(at('2026-11-19T23:00:00'))
  const keeper = openMonthKeeper(store, silent)
  const stageAt = async (time: string): Promise<string> => {
    await keeper.keep(at(time))
    return stageOf(november, at(time), await store.bulletins())
  }
  t.equal(await stageAt('2026-10-19T23:59:59'), 'future')
  t.equal(await stageAt('2026-10-20T00:00:00'), 'open')
  t.equal(await stageAt('2026-11-15T00:00:00'), 'preview')
  t.equal(await stageAt('2026-11-18T00:00:00'), 'second_preview')
  t.equal(await stageAt('2026-11-19T23:59:59'), 'second_preview')
  t.same(await store.bulletins(), [])
  t.equal(await stageAt('2026-11-20T00:01:00'), 'frozen')
  t.match(await store.bulletins(), [{ revision: 1, cause: 'freeze', by: 'campus-gauge', publishedMs: undefined }])
  const [current, frozen] = [await store.verdicts('2026-11'), await store.verdicts('2026-11', 1)]
  t.same(current, frozen, 'the moving figures end where the frozen ones begin, since included')

  await t.test('an objection that is upheld makes a revision from the evidence as it then is', async t => {
    const month = { period: november, nowMs: at('2026-11-21T09:00:00'), stage: 'frozen' } as const
    const raised = raiseObjection('o-1', { school: 'c-1', target: access, by: '张校长', note: '线路已通' }, month)
    await store.putObjection(raised)
    t.equal(await stageAt('2026-11-21T10:00:00'), 'frozen')
    t.equal((await store.bulletins()).length, 1, 'an open one changes nothing')
    await city.answers('c-1', 3)
    const answer = { state: 'upheld', answer: '复测达标', by: '李主任' } as const
    await store.putObjection(answerObjection(raised, answer, at('2026-11-21T11:00:00')))
    await stageAt('2026-11-21T12:00:00')
    t.match((await store.bulletins()).at(-1), {
      revision: 2,
      cause: 'objection',
      by: '李主任',
      note: `c-1 ${access}: 复测达标`,
      changes: [{ school: 'c-1', before: 'unknown', after: 'met', why: ['readings'] }]
    })
    await stageAt('2026-11-21T13:00:00')
    t.equal((await store.bulletins()).length, 2, 'and only one')
  })

  await t.test('late data come into a revision before the bulletin goes out; what comes after stays out', async t => {
    await city.answers('b-2', 4)
    await judgePeriod(store, november, at('2026-11-22T08:00:00'))
    t.equal(await stageAt('2026-11-24T23:59:59'), 'frozen')
    t.equal((await store.bulletins()).length, 2)
    t.equal(await stageAt('2026-11-25T00:00:30'), 'frozen', 'looked at a minute ago')
    t.equal(await stageAt('2026-11-25T00:02:00'), 'published')
    t.match((await store.bulletins()).at(-1), {
      revision: 3,
      cause: 'publication',
      publishedMs: at('2026-11-25T00:02:00'),
      changes: [{ school: 'b-2', before: 'unknown', after: 'met' }]
    })
    await city.answers('c-2', 4)
    await stageAt('2026-11-26T00:00:00')
    t.equal((await store.bulletins()).length, 3)
    for (const revision of [1, 2, 3]) t.match(await verifyRevision(store, '2026-11', revision), { equal: true })
  })

  await t.test(
    'a month without anything new is published as it was frozen, five days after a freeze that came late',
    async t => {
      const december = at('2026-12-26T00:00:00')
      await judgePeriod(
        store,
        {
          ...november,
          name: '2026-12',
          firstDay: '2026-11-20',
          lastDay: '2026-12-19',
          fromMs: november.toMs,
          toMs: at('2026-12-20T00:00:00')
        },
        december
      )
      await keeper.keep(december)
      const beforeEnd = at('2026-12-30T23:58:00')
      await keeper.keep(beforeEnd)
      t.match(
        (await store.bulletins()).filter(row => row.period === '2026-12'),
        [{ revision: 1, cause: 'freeze', frozenMs: december, publishedMs: undefined }]
      )
      const published = at('2026-12-31T00:00:00')
      await keeper.keep(published)
      t.match(
        (await store.bulletins()).filter(row => row.period === '2026-12'),
        [{ revision: 1, cause: 'freeze', publishedMs: published }]
      )
      await keeper.keep(published + 2 * minute)
      t.equal((await store.bulletins()).length, 4)
    }
  )
})

/** November is frozen, with an objection that was upheld at a time. */
const frozenWithObjection = async (after: (work: () => unknown) => void, upheldAt: string) => {
  const { store, judge } = await openCity(after)
  await judge(at('2026-11-19T23:00:00'))
  await openMonthKeeper(store, silent).keep(at('2026-11-20T00:01:00'))
  const month = { period: november, nowMs: at('2026-11-21T09:00:00'), stage: 'frozen' } as const
  const raised = raiseObjection('o-1', { school: 'c-1', target: access, by: '张', note: 'x' }, month)
  await store.putObjection(answerObjection(raised, { state: 'upheld', answer: '是', by: '李' }, at(upheldAt)))
  return store
}

void t.test(
  'a clock that was set back after an objection was upheld makes one revision of it, not one a minute',
  async t => {
    const store = await frozenWithObjection(work => t.teardown(work), '2026-11-21T12:00:00')
    const keeper = openMonthKeeper(store, silent)
    for (const time of ['11:00:00', '11:02:00', '11:04:00', '12:00:00', '12:02:00'])
      await keeper.keep(at(`2026-11-21T${time}`))
    t.match(await store.bulletins(), [{ revision: 1 }, { revision: 2, cause: 'objection' }])
    t.equal((await store.bulletins()).length, 2)
  }
)

void t.test('a period that cannot be revised does not keep later ones from being frozen', async t => {
  const store = await frozenWithObjection(work => t.teardown(work), '2026-11-21T12:00:00')
  const broken: Store = {
    ...store,
    beginRevision: (period, ...rest) =>
      period === '2026-11' ? Promise.reject(new Error('damaged')) : store.beginRevision(period, ...rest)
  }
  await judgePeriod(store, periodNamed('2026-12'), at('2026-12-19T00:00:00'))
  await t.rejects(openMonthKeeper(broken, silent).keep(at('2026-12-20T00:01:00')), { message: 'damaged' })
  t.match(await store.bulletins(), [{ period: '2026-11' }, { period: '2026-12', cause: 'freeze' }])
})

void t.test('a revision that somebody makes while the bulletin goes out is the one that is published', async t => {
  const { store, judge } = await openCity(work => t.teardown(work))
  await judge(at('2026-11-19T23:00:00'))
  await openMonthKeeper(store, silent).keep(at('2026-11-20T00:01:00'))
  const nowMs = at('2026-11-25T00:00:00')
  let asked = 0
  const racing: Store = {
    ...store,
    bulletins: async () => {
      const rows = await store.bulletins()
      // Between looking for the newest and comparing with it.
      if (++asked === 3) await makeRevision({ store, period: november, nowMs, cause: 'request', by: '李' })
      return rows
    }
  }
  await openMonthKeeper(racing, silent).keep(nowMs)
  t.match(await store.bulletins(), [
    { revision: 1, publishedMs: undefined },
    { revision: 2, publishedMs: nowMs }
  ])
})

void t.test('who asks for a freeze while the collector makes it is told so', async t => {
  const { store } = await openCity(work => t.teardown(work))
  const racing: Store = {
    ...store,
    putRevisionPart: async part => {
      await store.beginRevision('2026-11', 1, 'of the collector')
      return store.putRevisionPart(part)
    }
  }
  await t.rejects(runJob(racing, { kind: 'revision', period: '2026-11', cause: 'freeze', by: '李' }, november.toMs), {
    name: 'SentenceError',
    message:
      'a revision of bulletin 2026-11 must not be made twice at once, got one that somebody else is making: look at it in a minute'
  })
})

void t.test('nobody freezes a period by hand while readings of it wait to be counted', async t => {
  const { store, answers } = await openCity(work => t.teardown(work))
  await answers('a-1', 2)
  const calendar = { scope: '', name: 'x.yaml', sha256: 'x', text: 'scope: nation\nholidays: []\n' }
  await store.putCalendars([calendar], november.toMs)
  const job = { kind: 'revision', period: '2026-11', cause: 'freeze', by: '李' } as const
  await t.rejects(runJob(store, job, november.toMs), {
    name: 'SentenceError',
    message:
      'period 2026-11 must be rolled up before it is frozen, got 4 days of checks that wait: the collector does both by itself'
  })
  await store.forgetDirty(await store.dirtyDays())
  t.match(await runJob(store, job, november.toMs), { revision: 1 })
})

void t.test(
  'a request sent again after its job ended gets what came of it, once, and begins no second one',
  async t => {
    const clock = { ms: 0 }
    const claim = openClaims<number>(() => clock.ms, 1)
    let begun = 0
    let end: (() => void) | undefined
    const begin = () =>
      new Promise<number>(resolve => {
        begun += 1
        end = () => resolve(begun)
      })
    // Patience alone keeps no process awake.
    const awake = setInterval(() => undefined, 1000)
    t.teardown(() => clearInterval(awake))
    t.equal(await claim('2026-11 request', begin), undefined)
    t.equal(await claim('2026-11 request', begin), undefined, 'it still runs')
    end?.()
    t.equal(await claim('2026-11 request', begin), 1)
    t.equal(await claim('2026-11 request', begin), undefined)
    t.equal(begun, 2, 'another time is another job')
    end?.()
    await new Promise(setImmediate)
    clock.ms += 600_000
    t.equal(await claim('2026-11 request', begin), undefined, 'what nobody came for is forgotten')
    t.equal(begun, 3)
    await t.rejects(
      claim('2026-10 request', () => Promise.reject(new Error('no disk'))),
      { message: 'no disk' }
    )
  }
)
