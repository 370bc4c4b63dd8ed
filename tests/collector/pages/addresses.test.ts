import t from 'tap'
import { openCity } from './city.ts'
import { plain } from './plain.ts'

const { app } = await openCity(work => t.teardown(work))

void t.test('the language is asked for, remembered, and changed without leaving the place', async t => {
  const asked = await app.inject('/schools/s-1?period=2026-10&lang=en')
  t.equal(asked.headers['set-cookie'], 'lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly')
  t.ok(asked.body.includes('<html lang="en">'))
  t.ok(asked.body.includes('href="/schools/s-1?period=2026-10&amp;lang=zh"'))
  const remembered = await app.inject({ url: '/agents', headers: { cookie: 'a=b; lang=en' } })
  t.ok(remembered.body.includes('<html lang="en">'))
  t.equal(remembered.headers['set-cookie'], undefined)
  const odd = await app.inject({ url: '/?lang=xx', headers: { cookie: 'lang=xx' } })
  t.ok(odd.body.includes('<html lang="zh-CN">'))
})

void t.test('the period is kept from page to page', async t => {
  const { body } = await app.inject('/?period=2026-10')
  t.match(plain(body), '2026 年 10 月达标情况')
  t.match(plain(body), '9月20日 – 10月19日')
  t.match(plain(body), '本期没有判定结果')
  t.ok(body.includes('href="/schools/s-1?period=2026-10"'))
  t.ok(body.includes('href="/agents?period=2026-10"'))
  t.ok(body.includes('href="/?period=2026-09" rel="prev"'))
  t.ok(body.includes('href="/" rel="next"'))
  t.ok(body.includes('<input type="hidden" name="period" value="2026-10">'))
})

void t.test('the stylesheet is kept for ever under its hash, and asked for again without it', async t => {
  const address = /href="(\/assets\/style\.css\?v=[0-9a-f]{16})"/.exec((await app.inject('/')).body)?.[1] ?? ''
  const hashed = await app.inject(address)
  t.equal(hashed.headers['cache-control'], 'public, max-age=31536000, immutable')
  t.match(hashed.headers['content-type'], 'text/css')
  t.ok(hashed.rawPayload.length < 20_480, `${hashed.rawPayload.length} bytes`)
  const bare = await app.inject('/assets/style.css')
  t.equal(bare.headers['cache-control'], 'no-cache')
  const again = await app.inject({
    url: '/assets/style.css',
    headers: { 'if-none-match': String(bare.headers['etag']) }
  })
  t.equal(again.statusCode, 304)
  t.equal((await app.inject('/favicon.svg')).headers['content-type'], 'image/svg+xml')
})
