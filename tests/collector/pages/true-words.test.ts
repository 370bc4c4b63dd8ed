import Fastify from 'fastify'
import t from 'tap'
import { ledgerOf } from '../bulletin/city.ts'
import { standingRoutes } from '../../../collector/routes/standing.ts'
import { contextOf } from '../../../collector/routes/pages/context.ts'
import { heatTable, namingText } from '../../../collector/routes/pages/model/heat.ts'
import { trendOf } from '../../../collector/routes/pages/model/trend.ts'
import type { RankLine } from '../../../collector/verdicts/ranking.ts'
import { afterFreezeMs, fillBanners } from './banner-city.ts'
import { openCity } from './city.ts'
import { plain } from './plain.ts'

const { app, store } = await openCity(work => t.teardown(work), fillBanners, { now: () => afterFreezeMs })
const textOf = async (url: string): Promise<string> => plain((await app.inject(url)).body)
const context = contextOf({ url: '/', headers: {} }, afterFreezeMs)

void t.test('a share that is lower only because less is known yet has not fallen', t => {
  const noteOf = (pct: number, hiPct: number): string | undefined =>
    trendOf(context, [
      { period: '2026-10', pct: 95.83, hiPct: 98.33, carried: false },
      { period: '2026-11', pct, hiPct, carried: false }
    ])?.note
  t.equal(noteOf(0, 100), '与上期比待定（数据不足）')
  t.equal(noteOf(90, 95), '较上期 −5.83 个百分点', 'lower even if all unknown schools met')
  t.equal(noteOf(96.86, 100), '较上期 +1.03 个百分点')
  t.equal(noteOf(95.83, 100), '与上期持平')
  t.end()
})

void t.test('equal shares at the back are not called a lack of data', t => {
  const line: RankLine = {
    area: 'a',
    pct: 100,
    hiPct: 100,
    totalN: 8,
    unknownN: 0,
    first: 1,
    last: 2,
    tied: ['b'],
    leftOut: undefined,
    atBack: false,
    backPeriods: 0,
    naming: 'not_rankable'
  }
  t.equal(namingText(context, line), '达标率最低的不止一个，没有单独靠后的区域')
  t.match(namingText(context, { ...line, pct: 50, unknownN: 4 }), '不能判定是否靠后：50% 数据不足')
  t.end()
})

void t.test('a cell is painted as low only where it is low whatever is unknown', t => {
  const shadeOf = (pct: number, hiPct: number): string | undefined => {
    const share = { area: 'a', target: 't', metN: 1, missedN: 1, unknownN: 1, notApplicableN: 0, totalN: 3, goalPct: 0 }
    const names = { title: (key: string) => key, source: () => '' }
    const place = { key: 'a', name: 'a', path: '/areas/a' }
    const options = { caption: '', ranking: undefined }
    const table = heatTable(context, [place], [{ ...share, pct, hiPct }], names, ['t'], options)
    return table?.rows[0]?.cells[0]?.share?.shade
  }
  t.same(
    [shadeOf(0, 100), shadeOf(0, 0), shadeOf(25, 50), shadeOf(80, 100), shadeOf(100, 100)],
    ['u', '0', '0', '3', '5']
  )
  t.end()
})

void t.test('nobody reads a running period as settled, nor a frozen one as open', async t => {
  t.match(await textOf('/ranking?period=2026-12'), '预览：本期尚未冻结')
  t.notMatch(await textOf('/ranking?period=2026-11'), '预览：')
  t.match(await textOf('/reminders'), '在 20 日 0 时冻结以前补齐即计入本期')
  const frozen = await textOf('/reminders?period=2026-11')
  t.match(frozen, '本期已经结束。')
  t.notMatch(frozen, '冻结以前补齐即计入本期')
  t.match(await textOf('/reminders?period=2026-10'), '本期通报已经发布。')
  t.match(await textOf('/'), '本期有探针上报')
  t.notMatch(await textOf('/?period=2026-11'), '本期有探针上报', 'the last contact says nothing of an earlier period')
})

void t.test(
  'a county finds on its own page what it is named for, and the composite says what it is made of',
  async t => {
    t.match(
      await textOf('/areas/hangjin?period=2026-11'),
      /通报：连续 5 个排名周期靠后；通报：\S.*教室大屏可打开国家智慧教育平台/
    )
    t.match(
      await textOf('/ranking?period=2026-11'),
      '只含指标包给了权重的指标：教室大屏可打开国家智慧教育平台、设备活跃度、月报按时报送（每月 20 日前）'
    )
  }
)

void t.test('the figures behind a page of a frozen period are those of the page, groups included', async t => {
  const api = Fastify()
  await api.register(standingRoutes(store, () => afterFreezeMs))
  t.teardown(() => api.close())
  const itemsOf = async (url: string) => {
    const answer = await api.inject(url)
    t.equal(answer.statusCode, 200, url)
    return answer.json<{ items: { target: string; verdict: string }[] }>().items
  }
  const { body } = await app.inject('/schools/hangjin-02?period=2026-11&revision=1')
  const href = /href="(\/v1\/standing[^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const labsAt = async (url: string) => (await itemsOf(url)).find(item => item.target === 'yulin-2022/labs')?.verdict
  t.match(href, 'school=hangjin-02')
  t.equal(await labsAt(href), 'missed')
  t.equal(await labsAt(href.replace('revision=1', 'revision=0')), 'met', 'late readings moved the current figures')
  t.match(JSON.stringify(await itemsOf('/v1/shares?period=2026-11&revision=1&limit=1000')), '"area":"group:pilots"')
  t.notMatch(JSON.stringify(await itemsOf('/v1/shares?period=2026-11&area=ordos&limit=1000')), 'group:')
  t.equal((await api.inject('/v1/shares?revision=x')).statusCode, 400)
})

void t.test(
  'under a province the counties submit, not the cities, and a month without readings awaits nothing',
  async t => {
    const city = ledgerOf()
    const { app } = await openCity(
      work => t.teardown(work),
      store =>
        store.putLedger({
          ...city,
          areas: [
            { id: 'province', level: 'province', name: '某省' },
            { id: 'other', parent: 'province', level: 'city', name: '另一市' },
            ...city.areas.map(area => ({
              ...area,
              packs: [],
              ...(area.parent === undefined ? { parent: 'province' } : {})
            }))
          ]
        })
    )
    const { body } = await app.inject('/bulletins/2026-11')
    const table = body.slice(body.indexOf('id="submissions"'), body.indexOf('id="objections"'))
    t.match(plain(`<body>${table}`), /a县 – 未报送.*b县 – 未报送.*c县 – 未报送/)
    t.notMatch(table, '榆林市')
    t.notMatch(plain((await app.inject('/bulletins')).body), '待冻结')
  }
)
