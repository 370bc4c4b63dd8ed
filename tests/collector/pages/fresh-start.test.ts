import t from 'tap'
import { agents, ledger, nowMs, verdicts } from './city-ledger.ts'
import { fillLedger, openCity } from './city.ts'
import { plain } from './plain.ts'

const refreshOf = (html: string): string | undefined => /<meta http-equiv="refresh" content="(\d+)">/.exec(html)?.[1]
const nothing = () => Promise.resolve()

void t.test('without a ledger the overview says what to do next', async t => {
  const { app } = await openCity(work => t.teardown(work), nothing)
  const { body, statusCode } = await app.inject('/')
  t.equal(statusCode, 200)
  t.match(plain(body), '还没有登记学校 下一步：编写台账')
  t.match(plain(body), '登记学校 0 所 本期有探针上报 0 所')
  t.equal((await app.inject('/agents')).statusCode, 200)
})

void t.test('without a target in force it says so, and still lists the schools', async t => {
  const { app } = await openCity(
    work => t.teardown(work),
    store => store.putLedger({ ...ledger, areas: ledger.areas.map(area => ({ ...area, packs: [] })) })
  )
  const text = plain((await app.inject('/')).body)
  t.match(text, '本期没有建设指标 下一步：把指标包')
  t.match(text, '还没有接入探针 下一步：按接入说明')
  t.match(text, '共 5 所')
  t.match(plain((await app.inject('/schools/s-1')).body), '本期没有建设指标')
})

void t.test('before the first verdicts it says that figures are being computed, and looks again soon', async t => {
  const { app, store } = await openCity(work => t.teardown(work), fillLedger)
  const before = await app.inject('/')
  t.match(plain(before.body), '正在计算 本期的判定还没有算出来')
  t.match(plain(before.body), '宽带网络接入 榆林市教育信息化2.0行动计划 四（一） · 目标 100% 计算中')
  t.equal(refreshOf(before.body), '10')
  t.match(plain((await app.inject('/schools/s-1')).body), '? 数据不足 宽带网络接入 本期尚未判定，正在等待数据或计算。')

  await store.putVerdicts('2026-11', verdicts, [])
  const after = await app.inject('/')
  t.notMatch(plain(after.body), '正在计算')
  t.equal(refreshOf(after.body), '60')
})

void t.test('an agent enrolled a moment ago makes it look again soon', async t => {
  const { app, store } = await openCity(work => t.teardown(work), fillLedger)
  await store.putVerdicts('2026-11', verdicts, [])
  await store.createToken({ id: 'x', hash: '', school: 's-1', usesLeft: 1, expiresMs: nowMs, revokedMs: undefined })
  const machine = { fingerprint: '', hostname: 'h', macs: [], platform: 'p', version: 'v' }
  const [{ id }] = [agents[0] ?? { id: 'a-1' }]
  await store.enrol({ agent: id, token: 'x', publicKey: '', machine, device: 's-1-p1', nowMs: nowMs - 500_000 })
  const { body } = await app.inject('/')
  t.equal(refreshOf(body), '10')
  t.match(plain((await app.inject('/agents')).body), '? 等待首次上报')
})
