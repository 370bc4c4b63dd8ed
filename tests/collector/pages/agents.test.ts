import t from 'tap'
import { openCity } from './city.ts'
import { plain } from './plain.ts'

const { app, store } = await openCity(work => t.teardown(work))
const read = async (url: string) => plain((await app.inject(url)).body)

void t.test('agents stand with state, contact, address, clock, losses and version, the silent ones first', async t => {
  const text = await read('/agents')
  t.match(
    text,
    'a-lost0000 host-a-lost00000000 第三模拟小学 出口网关 ◌ 失联 3 天前 11月9日 10:00 10.20.30.40 正常 0 ／ 0 0.1.0 linux-x64'
  )
  t.match(
    text,
    'a-risk0000 host-a-risk00000000 第一模拟中学 出口网关 ! 不稳 4 分钟前 11月12日 09:56 10.20.30.40 慢 8.2 秒 1,234 ／ 0'
  )
  t.match(
    text,
    'a-live0000 host-a-live00000000 第一模拟中学 七（1）班一体机 ✓ 在线 20 秒前 11月12日 09:59 10.20.30.40 正常'
  )
  t.match(text, '快 3 分钟 10 秒 0 ／ 1')
  t.match(text, '? 待确认 — —')
  const order = ['a-lost', 'a-pend', 'a-risk', 'a-live'].map(id => text.indexOf(id))
  t.same(
    order,
    order.toSorted((a, b) => a - b)
  )
  t.match(text, 'npx campus-gauge enroll --url http://采集端地址:8080 --token-file 令牌文件')
})

void t.test('a clock that is off is a warning, one that is far off an alarm', async t => {
  const { body } = await app.inject('/agents')
  t.match(body, /<span class="clock warn">慢 8\.2 秒</)
  t.match(body, /<span class="clock missed">快 3 分钟 10 秒</)
})

void t.test('agents are found by state, school, host name and address', async t => {
  const ids = async (url: string) =>
    [...(await app.inject(url)).body.matchAll(/<code title="([^"]+)"/g)].map(([, id]) => id)
  t.same(await ids('/agents?show=silent'), ['a-lost00000000'])
  t.same(await ids('/agents?show=skew'), ['a-skew00000000'])
  t.same(await ids('/agents?show=pending'), ['a-pend00000000'])
  t.same(await ids(`/agents?q=${encodeURIComponent('第一模拟')}`), ['a-risk00000000', 'a-live00000000'])
  t.same(await ids('/agents?q=HOST-A-LIVE'), ['a-live00000000'])
  t.same((await ids('/agents?q=10.20.30.40')).length, 5)
  t.match(await read('/agents?q=nobody'), '没有符合条件的探针')
})

void t.test('a revoked agent is shown last and makes no school offline', async t => {
  await store.revokeAgent('a-lost00000000')
  const text = await read('/agents')
  t.match(text, '– 已撤销')
  t.ok(text.indexOf('a-lost') > text.indexOf('a-live'))
  t.match(await read('/schools/s-3'), '第三模拟小学 – 未接入探针')
})
