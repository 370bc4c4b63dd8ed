import t from 'tap'
import { formatsFor } from '../../../collector/routes/pages/format.ts'
import { linkTo, plainContext, sameWith } from '../../../collector/routes/pages/context.ts'
import { paged } from '../../../collector/routes/pages/model/paging.ts'
import { shareBar } from '../../../collector/routes/pages/model/share-bar.ts'
import { sparkOf, type SparkPoint } from '../../../collector/routes/pages/model/spark.ts'
import { escapeText } from '../../../collector/views/render.ts'
import { nowMs } from './city-ledger.ts'

const zh = formatsFor('zh', nowMs)
const en = formatsFor('en', nowMs)
const contextAt = (url: string) => plainContext({ url, headers: {} }, nowMs)

void t.test('what went over a line is counted as providers count it', t => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [61_000_000, '61 MB'],
    [999_999_999, '1,000 MB'],
    [1e9, '1 GB'],
    [3.55e9, '3.55 GB'],
    [1.2e13, '12 TB']
  ]
  for (const [bytes, text] of cases) t.equal(zh.data(bytes), text)
  t.equal(en.decimals(949.66, 1), '949.7')
  t.end()
})

void t.test('fields carry the unit that their name ends in', t => {
  const cases: readonly (readonly [string, number, string, string])[] = [
    ['rtt_ms', 1.2345, '1.23 ms', '1.23 ms'],
    ['rtt_ms', 12.345, '12.3 ms', '12.3 ms'],
    ['rtt_ms', 1234.5, '1,235 ms', '1,235 ms'],
    ['offset_ms', -125_000, '−2 分钟 5 秒', '−2 min 5 s'],
    ['uptime_s', 93_784, '1 天 2 小时', '1 d 2 h'],
    ['uptime_s', 4.2, '4.2 秒', '4.2 s'],
    ['cert_days', 64.9, '64 天', '64 d'],
    ['down_mbps', 941.2, '941 Mbit/s', '941 Mbit/s'],
    ['rate_kbps', 64, '64 kbit/s', '64 kbit/s'],
    ['mem_bytes', 0, '0 B', '0 B'],
    ['mem_bytes', 1536, '1.5 KiB', '1.5 KiB'],
    ['disk_bytes', 5.1e10, '47.5 GiB', '47.5 GiB'],
    ['loss_pct', 2.5, '2.5%', '2.5%'],
    ['rssi_dbm', -61, '-61 dBm', '-61 dBm'],
    ['status_code', 1404, '1404', '1404'],
    ['lost_n', 1404, '1,404', '1,404'],
    ['stratum', 2, '2', '2']
  ]
  for (const [name, value, inZh, inEn] of cases) {
    t.equal(zh.figure(name, value), inZh, name)
    t.equal(en.figure(name, value), inEn, name)
  }
  t.end()
})

void t.test('times are Beijing time, with the year only when it is another', t => {
  t.equal(zh.at(nowMs), '11月12日 10:00')
  t.equal(en.at(Date.parse('2025-12-31T16:30:00Z')), '1 Jan 00:30')
  t.equal(zh.at(Date.parse('2025-12-31T15:30:00Z')), '2025年12月31日 23:30')
  t.same(
    [-5000, 9000, 61_000, 7_200_000, 200_000_000].map(ms => zh.when(nowMs - ms).ago),
    ['刚刚', '刚刚', '1 分钟前', '2 小时前', '2 天前']
  )
  t.equal(en.when(nowMs - 61_000).ago, '1 min ago')
  t.end()
})

void t.test('a share reads 0 or 100 % only when it is that, and a goal of 96.86 % as the document has it', t => {
  t.same(
    [0, 0.001, 33.333, 96.86, 69.97, 99.999, 100, undefined].map(value => zh.percent(value)),
    ['0%', '0.01%', '33.33%', '96.86%', '69.97%', '99.99%', '100%', '—']
  )
  t.end()
})

void t.test('the parts of a share bar lie side by side and fill it', t => {
  const share = {
    area: 'a',
    target: 't',
    metN: 1,
    missedN: 1,
    unknownN: 1,
    notApplicableN: 0,
    totalN: 3,
    pct: 33,
    hiPct: 67,
    goalPct: 70
  }
  t.same(shareBar(contextAt('/'), share)?.parts, [
    { style: 'met', x: '0%', width: '33.33%' },
    { style: 'unknown', x: '33.33%', width: '33.33%' },
    { style: 'missed', x: '66.67%', width: '33.33%' }
  ])
  t.equal(shareBar(contextAt('/'), { ...share, totalN: 0 }), undefined)
  t.end()
})

void t.test(
  'a trend has a gap where nothing was measured, a dot where one stands alone, and nothing without points',
  t => {
    const quarter = 900_000
    const options = { field: 'rtt_ms', fromMs: 0, toMs: 96 * quarter, everyMs: 60_000 }
    const at = (column: number, value: number | undefined, outcome: SparkPoint['outcome'] = 'ok') => ({
      atMs: column * quarter + 1,
      outcome,
      value
    })
    const spark = sparkOf(
      contextAt('/'),
      [at(0, 1), at(0, 3), at(1, 4), at(50, 2), at(60, undefined, 'failed')],
      options
    )
    t.same(spark?.lines, ['2,20 3.2,3'], 'the mean of a quarter, low at the bottom')
    t.equal(spark?.dots.length, 1)
    t.equal(spark?.failures.length, 1)
    t.equal(spark?.range, '2 ms – 4 ms')
    t.equal(sparkOf(contextAt('/'), [at(3, undefined)], options), undefined)
    t.same(
      sparkOf(contextAt('/'), [at(3, 7), at(4, 7)], options)?.lines,
      ['5.7,11 6.9,11'],
      'a flat line stands in the middle'
    )
    t.end()
  }
)

void t.test('links keep the period and the place, and never lead to another host', t => {
  const context = { ...contextAt('//evil.example/?period=2026-10&lang=en&q=%22'), isCurrent: false }
  t.equal(context.path, '/evil.example/')
  t.equal(sameWith(context, { lang: 'zh' }), '/evil.example/?period=2026-10&q=%22&lang=zh')
  t.equal(linkTo(context, '/agents', { show: 'silent', q: '' }), `/agents?period=${context.period.name}&show=silent`)
  t.equal(linkTo(contextAt('/'), '/agents'), '/agents')
  t.end()
})

void t.test('a page past the end is the last one', t => {
  const items = Array.from({ length: 101 }, (_, i) => i)
  t.match(paged(contextAt('/?q=x&page=3'), items, 3, 50, 's'), {
    items: [100],
    from: 101,
    to: 101,
    page: 3,
    pages: 3,
    previous: '/?q=x&page=2#s',
    next: undefined
  })
  t.match(paged(contextAt('/'), items, 99, 50, 's'), { page: 3 })
  t.match(paged(contextAt('/?page=2'), items, 2, 50, 's'), { previous: '/#s', next: '/?page=3#s' })
  t.match(paged(contextAt('/'), [], 1, 50, 's'), { from: 0, to: 0, pages: 1, previous: undefined, next: undefined })
  t.end()
})

void t.test('text is safe in elements and attributes, and control characters are seen', t => {
  t.equal(escapeText(`<a href="x" b='y'>&`), '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;')
  t.equal(escapeText('a\u202Eb\u0000c\u2066d\ne'), 'a\uFFFDb\uFFFDc\uFFFDd\ne')
  t.end()
})
