import t from 'tap'
import { broadband, hostileName, roomPort } from './city-ledger.ts'
import { openCity } from './city.ts'
import { plain } from './plain.ts'

const { app } = await openCity(work => t.teardown(work))
const every = [
  '/',
  '/schools/s-1',
  '/schools/s-2',
  '/schools/s-3',
  '/schools/s-4',
  '/schools/s-5',
  '/agents',
  '/agents?show=silent',
  '/schools/none',
  '/?period=2026-10',
  '/?period=x'
]

void t.test('the overview tells every state by shape and word', async t => {
  const words = {
    zh: ['✓</span>达标', '✕</span>不达标', '?</span>数据不足', '–</span>不适用', '◌</span>离线', '–</span>未接入探针'],
    en: [
      '✓</span>Met',
      '✕</span>Missed',
      '?</span>Unknown',
      '–</span>Not applicable',
      '◌</span>Offline',
      '–</span>No agent'
    ]
  }
  for (const [language, list] of Object.entries(words)) {
    const { body } = await app.inject({ url: '/', headers: { cookie: `lang=${language}` } })
    for (const word of list) t.ok(body.includes(word), word)
  }
})

void t.test('the overview shows the period, the counts and the shares as they are stored', async t => {
  const text = plain((await app.inject('/')).body)
  t.match(text, '2026 年 11 月达标情况')
  t.match(text, '统计周期 2026 年 11 月 10月20日 – 11月19日')
  t.match(text, '登记学校 5 所')
  t.match(text, '本期有探针上报 4 所（80%）')
  t.match(text, '数据截至 11月12日 09:59')
  t.match(
    text,
    '宽带网络接入 榆林市教育信息化2.0行动计划 四（一） · 目标 100% 40% 最高可能 80% 未达目标 ✓ 达标 2 ? 数据不足 2 ✕ 不达标 1'
  )
  t.match(text, '目标 95% 0% 最高可能 33.33% 未达目标 ✓ 达标 0 ? 数据不足 1 ✕ 不达标 2 – 不适用 2')
  t.match(text, '本机访问未设口令')
})

void t.test('what needs attention is counted by cause and leads to the schools', async t => {
  const { body } = await app.inject('/')
  const text = plain(body)
  t.match(text, '2 教室千兆端口或无线覆盖 不达标：有教室既无千兆端口也无合格无线')
  t.match(text, '1 宽带网络接入 数据不足：没有收到检测数据')
  t.match(text, '1 个探针失联，超过 10 分钟没有上报')
  t.match(text, '1 个探针的时钟偏差超过 2 分钟')
  t.match(text, '1 个探针等待确认是哪台设备')
  t.match(text, '1 条读数在最近 24 小时内被拒收')

  const link = /href="(\/\?[^"]*reason=rooms_missed)#schools"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const filtered = plain((await app.inject(link)).body)
  t.match(filtered, '共 2 所，显示第 1–2 所')
  t.match(filtered, '筛选：教室千兆端口或无线覆盖 · 不达标 · 有教室既无千兆端口也无合格无线')
  t.notMatch(filtered, '第二模拟小学')
})

void t.test('schools are found by name, code and area, the worst first', async t => {
  const found = async (q: string) =>
    [...(await app.inject(`/?q=${encodeURIComponent(q)}`)).body.matchAll(/href="\/schools\/([^"]+)"/g)].map(
      ([, id]) => id
    )
  t.same(await found(''), ['s-1', 's-4', 's-5', 's-2', 's-3'])
  t.same(await found('河滩'), ['s-4'])
  t.same(await found('0015062003'), ['s-3'])
  t.same(await found('东区'), ['s-1', 's-2'])
  t.same(await found('model school no. 2'), ['s-2'])
  t.same(await found('%_'), [])
  t.match(plain((await app.inject('/?q=%25_')).body), '没有符合条件的学校')
})

void t.test('no page holds a script, a style, an event attribute or a value that is not there', async t => {
  for (const url of every)
    for (const language of ['zh', 'en']) {
      const { body } = await app.inject({ url, headers: { cookie: `lang=${language}` } })
      t.notMatch(body, /<script|<style|\sstyle=|\son[a-z]+=["']|javascript:/i, `${url} ${language}`)
      t.notMatch(plain(body), /undefined|NaN|\[object|Infinity|\{[a-z_]+\}/, `${url} ${language} has no holes`)
      t.equal(body.match(/<h1/g)?.length, 1, `${url} has one heading`)
      t.ok(body.includes(`<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">`))
      t.equal(body.match(/<table/g)?.length, body.match(/<caption/g)?.length, `${url}: every table has a caption`)
      t.equal(
        body.match(/<th[ >]/g)?.length,
        body.match(/<th scope="(col|row)"/g)?.length,
        `${url}: every head has a scope`
      )
    }
})

void t.test('names from the ledger and from agents stay text', async t => {
  for (const url of every) {
    const { body } = await app.inject(url)
    t.notMatch(body, /<u>|<i>|<img|<script/i, url)
    t.notMatch(body, /[\u202A-\u202E\u2066-\u2069]/, `${url} turns no writing direction`)
  }
  t.ok(hostileName.includes('\u202E'))
  const { body } = await app.inject('/schools/s-5')
  t.ok(body.includes('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&quot;&amp;\uFFFDgnp'))
})

void t.test('a query that is wrong is answered with place, expectation and value', async t => {
  const bad: readonly (readonly [string, string, string])[] = [
    [
      '/?period=2026-13',
      '查询参数 period 应为统计周期 YYYY-MM（2000 年以后，例如 2026-11），收到 "2026-13"',
      'query parameter period must be a period YYYY-MM from the year 2000 on (for example 2026-11), got "2026-13"'
    ],
    ['/schools/s-1?period=0000-01', '收到 "0000-01"', 'got "0000-01"'],
    ['/agents?period=<b>', '收到 "<b>"', 'got "<b>"'],
    [
      '/?period=2026-10&period=2026-11',
      '查询参数 period 应为只出现一次的参数，收到 "2026-10 2026-11"',
      'query parameter period must be given once, got "2026-10 2026-11"'
    ],
    [
      '/?page=0',
      '查询参数 page 应为从 1 开始的页码，收到 "0"',
      'query parameter page must be a page number from 1, got "0"'
    ],
    [
      '/?verdict=bad',
      '查询参数 verdict 应为met missed unknown not_applicable 之一，收到 "bad"',
      'query parameter verdict must be one of met missed unknown not_applicable, got "bad"'
    ],
    [
      `/?q=${'x'.repeat(201)}`,
      '查询参数 q 应为不超过 200 个字符的文字',
      'query parameter q must be a text of at most 200 characters'
    ]
  ]
  for (const [url, zh, en] of bad)
    for (const [language, sentence] of [
      ['zh', zh],
      ['en', en]
    ] as const) {
      const answer = await app.inject({ url, headers: { cookie: `lang=${language}` } })
      t.equal(answer.statusCode, 400, url)
      t.ok(plain(answer.body).includes(sentence), `${url} ${language}`)
    }
})

void t.test('a school that is not in the ledger is a 404 page', async t => {
  const answer = await app.inject('/schools/%3Cb%3E')
  t.equal(answer.statusCode, 404)
  t.match(answer.headers['content-type'], 'text/html')
  t.match(plain(answer.body), '没有这个页面 台账里没有编号为 "<b>" 的学校')
  t.notMatch(plain(answer.body), /本机访问未设口令|0\.1\.0-test/, 'a problem tells a stranger nothing')
})

void t.test('targets are named by key when their pack is gone', async t => {
  const { app, store } = await openCity(work => t.teardown(work))
  await store.putPack({ id: 'yulin-2022', sha256: 'broken', text: ': not yaml: [' })
  const text = plain((await app.inject('/')).body)
  t.match(text, broadband)
  t.match(text, roomPort)
  t.equal((await app.inject('/schools/s-1')).statusCode, 200)
})
