import t from 'tap'
import { periodAt } from '../../../collector/calendar/period.ts'
import { policyOf, type BandwidthConfig } from '../../../collector/leases/policy.ts'
import { dayStatesOf } from '../../../collector/verdicts/uplink/history.ts'
import { nowMs } from './city-ledger.ts'
import { fillCity, fillLedger, openCity } from './city.ts'
import { plain } from './plain.ts'
import { tierTest, tierTests } from './tier-tests.ts'

const { app } = await openCity(work => t.teardown(work))

/** The part about uplinks, and what a reader sees of it. */
const partOf = async (url: string) => {
  const { body } = await app.inject(url)
  const html = /<section class="card uplinks".*?<\/section>/s.exec(body)?.[0] ?? ''
  return { html, text: plain(`<body>${html}`) }
}
const first = await partOf('/schools/s-1')
const second = await partOf('/schools/s-2')

void t.test('an uplink says which line it is, what its contract says and who measures it', t => {
  t.match(first.text, '电信 出口编号 s-1-u1 合同带宽 下行 1,000 Mbit/s、上行 200 Mbit/s 测量设备 出口网关 网关')
  t.match(
    first.text,
    '联通 出口编号 s-1-u2 合同带宽 下行 100 Mbit/s 测量设备 七（1）班一体机 一体机 这台设备不在出口上：它的测试只供参考，不能用来判定 共用线路 town-line'
  )
  t.end()
})

void t.test('a tier shows every day of the period by shape and word, and counts them', t => {
  t.match(first.text, '≥ 1000M 达标线 950 Mbit/s（1000 的 95%）')
  const states = dayStatesOf(
    tierTests.filter(test => test.uplink === 's-1-u1'),
    { direction: 'down', tierMbps: 1000, vantage: 'gateway' },
    periodAt(nowMs),
    nowMs
  ).map(day => day.state)
  const n = (state: string) => states.filter(one => one === state).length
  t.match(first.text, `✓ 达到 ${n('ok')} 天 ✕ 低于 ${n('below')} 天 ? 不明 ${n('unknown')} 天 · 未到 7 天`)
  t.ok(n('ok') > 0 && n('below') > 0 && n('unknown') > 0, 'every state occurs')
  const [strip = ''] = /<ol class="days".*?<\/ol>/s.exec(first.html) ?? []
  const cells = [...strip.matchAll(/<li class="(\w+)" title="([^"]+)">/g)].map(
    ([, style, title]) => `${style} ${title}`
  )
  t.equal(cells.length, 31)
  t.match(strip, 'aria-label="10月20日至11月19日每天的情况"')
  t.equal(cells[0], 'met 10月20日 达到 （测试：通过 1，未通过 0，未定 0）')
  t.equal(cells[14], 'missed 11月3日 低于 （测试：通过 0，未通过 2，未定 0）')
  t.match(cells[23], /11月12日 .*（当天没有测试）/)
  t.equal(cells[30], 'coming 11月19日 未到')
  t.end()
})

void t.test('what is missing to be met is said with its day, and nothing is missing where the tier is missed', t => {
  t.match(second.text, '判定达标需要“达到” 22 天，还差 1 天，最早 11月13日 可判定')
  t.match(first.text, '判定达标需要“达到” 22 天，还差 18 天，本期剩下的天数已不够')
  t.notMatch(/1000M 达标线.*?≥ 500M/.exec(first.text)?.[0], '判定达标')
  t.end()
})

void t.test('a certificate says until when it holds; without one the days are provisional', async t => {
  t.match(second.text, '已排除突发额度：线路始终不超速，有效至 11月21日')
  t.match(first.text, '暂定：突发额度（有的线路开头几秒会超速）尚未排除')
  const english = await partOf('/schools/s-2?lang=en')
  t.match(english.text, 'Burst credit is excluded: the link never ran faster; holds until 21 Nov')
})

void t.test('every test of 30 days stands in the chart by result, kind and interval, side by side within a day', t => {
  const charts = [...second.html.matchAll(/<figure class="chart">.*?<\/figure>/gs)].map(([chart]) => chart)
  const [down = '', up = ''] = charts
  t.equal(charts.length, 2)
  const shapes = (chart: string, name: string) =>
    (chart.match(new RegExp(`<g class="${name}"><title>`, 'g')) ?? []).length
  t.same([shapes(down, 'pass'), shapes(down, 'pass hollow')], [20, 2])
  t.same([shapes(up, 'pass'), shapes(up, 'fail')], [1, 1])
  t.match(down, 'role="img" aria-label="10月14日至11月12日共 22 次：通过 22，未通过 0，未定 0；达标线 475 Mbit/s"')
  t.equal((down.match(/class="to-reach" x1="0" x2="100%"/g) ?? []).length, 1)
  t.match(down, '>11月12日 01:10 快速测试通过：区间全部在达标线以上；IP 层 515，区间 513–521，达标线 475<')

  const [falling = ''] = /<figure class="chart">.*?<\/figure>/s.exec(first.html) ?? []
  t.same([shapes(falling, 'pass'), shapes(falling, 'fail'), shapes(falling, 'inconclusive')], [20, 11, 3])
  t.match(falling, '没有数值', 'a test without a figure has a lane of its own')
  t.equal((falling.match(/class="to-reach" x1="0" x2="100%"/g) ?? []).length, 2, 'a line for each tier tested')
  const xs = [...falling.matchAll(/<svg class="test" x="([\d.]+%)"/g)].map(([, x]) => x)
  t.equal(new Set(xs).size, xs.length, 'no test covers another')
  t.end()
})

void t.test('the table lists the newest tests with both figures, their cost, their way out and why', t => {
  t.match(
    first.text,
    '11月11日 00:44 快速测试 · 下行 · 1000M ✕ 未通过 区间全部在达标线以下 below_line IP 层 611，区间 604–618，达标线 950 测速网站约显示 590 210 MB 2.4 秒 collector 203.0.113.7'
  )
  t.match(first.text, '11月9日 14:10 快速测试 · 下行 · 1000M 立即测试 ✕ 未通过')
  t.match(first.text, '? 未定 测试服务器没有应答 server_unreachable 没有测出数值，达标线 950 不耗流量')
  t.match(first.text, '? 未定 偏低，但测量设备当时太忙 host IP 层 702，区间 640–764')
  t.match(first.text, 'IP 层 949.7，区间 941–958，达标线 950', 'a rate that rounds to the line shows its fraction')
  t.match(first.text, '不在出口上，仅供参考 ? 未定 偏低，但不在出口上测或读不到计数，看不到别人用了多少 no_counter')
  t.match(
    second.text,
    '11月3日 12:30 接口计数器 · 下行 · 500M 当天 3 次，列最高的 ✓ 通过 平时的流量已达到达标线 不低于 482，达标线 475 不耗流量'
  )
  const rows = (html: string) => (html.match(/<th scope="row">/g) ?? []).length
  t.equal(rows(second.html), 20)
  t.match(second.text, '更早的 12 次')
  t.match(second.text, '30 天内共 24 次，列出最近 20 次。')
  t.end()
})

void t.test('a test is never called 不达标', t => {
  for (const { html } of [first, second]) {
    const said = [...html.matchAll(/<tbody>.*?<\/tbody>|<svg.*?<\/svg>/gs)].map(([part]) => part).join('')
    t.notMatch(said, /不达标|达标[^线]|Missed|Met/)
  }
  t.end()
})

void t.test('what tests cost stands against the budget, with what comes next and where the line goes out', t => {
  t.match(second.text, /本期测试流量 760 MB 近 31 天测试流量 760 MB；预算 7\.5 GB，完整测试另有 3 GB/)
  t.match(second.text, /下一次测试 快速测试 下行 500M，11月13日 0\d:\d\d 以后 出口地址 203\.0\.113\.7 /)
  t.match(first.text, '出口地址 203.0.113.7、203.0.113.99 本期变过，共 2 个。拨号线路重拨会变')
  t.match(first.text, '本校一体机的测试从别的地址出去')
  t.end()
})

void t.test('an uplink without a result says what is missing and what to do', async t => {
  const silent = (await partOf('/schools/s-3')).text
  t.match(silent, '这个出口还没有测试结果。下一步：测量设备 出口网关 的探针失联，请检查设备的电源和网络。')
  t.match(silent, '下一次测试 测量设备的探针恢复上报之后')
  t.match(second.text, 's-2-u2 测量设备 出口网关 网关 没有要测的档次')
  for (const { text } of [first, second]) t.notMatch(text, '没有测试结果', 'what was tested is not called untested')
  t.match((await partOf('/schools/s-4')).text, '出口带宽 台账里没有登记本校的出口。下一步：在台账的 uplinks 中写明')

  const { app: fresh } = await openCity(work => t.teardown(work), fillLedger)
  t.match(plain((await fresh.inject('/schools/s-1')).body), '下一步：测量设备 出口网关 还没有接入探针，请先接入')
})

void t.test('a live uplink that was not tested lately says so and waits for its window', async t => {
  const { app } = await openCity(
    work => t.teardown(work),
    async store => {
      await fillCity({ ...store, putTierTests: () => Promise.resolve() })
      await store.putTierTests([tierTest('s-2-u1', 40, '01:10')])
    }
  )
  t.match(
    plain((await app.inject('/schools/s-2')).body),
    '这 30 天没有测试结果，最近一次在 10月3日 01:10。下一步：等待测试时段'
  )
})

void t.test('a tier that no test server can test says so; with a larger port it is planned', async t => {
  t.match(
    first.text,
    '测试服务器的端口只有 1,000 Mbit/s，测不了 1000M。下一步：在采集端配置的 bandwidth/servers 中增加端口更大的服务器。'
  )
  t.match(first.text, /下一次测试 完整测试 下行 500M/)
  const server = { id: 'bureau', host: 'bw.example', port: 8081, port_mbps: 10_000 }
  const cases: readonly (readonly [BandwidthConfig, RegExp])[] = [
    [{ servers: [server] }, /下一次测试 完整测试 下行 1000M，11月13日 0\d:\d\d 以后/],
    [{ servers: [{ ...server, place: 'on_site' }] }, /没有校外测试服务器，不会测试.*下一次测试 近期没有安排/],
    [{ servers: [server], windows: { night: '03:00-03:40' } }, /完整测试 下行 1000M，11月13日 03:\d\d 以后/]
  ]
  for (const [config, expected] of cases) {
    const { app } = await openCity(work => t.teardown(work), fillCity, { bandwidth: policyOf(config) })
    t.match(plain((await app.inject('/schools/s-1')).body), expected)
  }
})

void t.test('a test that somebody asked for stands as the next one', async t => {
  const { app } = await openCity(
    work => t.teardown(work),
    async store => {
      await fillCity(store)
      await store.wishTest({ uplink: 's-2-u1', askedMs: nowMs - 60_000 })
      await store.wishTest({ uplink: 's-1-u1', askedMs: nowMs - 3_600_000 })
    }
  )
  t.match(plain((await app.inject('/schools/s-2')).body), '下一次测试 已安排立即测试，11月12日 10:29 前执行')
  t.notMatch(plain((await app.inject('/schools/s-1')).body), '已安排立即测试', 'a wish that was not served is over')
})

void t.test('an earlier period shows its own days and tests, and plans nothing', async t => {
  const { text, html } = await partOf('/schools/s-1?period=2026-10')
  t.match(text, '这 30 天没有测试结果')
  t.match(html, 'aria-label="9月20日至10月19日每天的情况"')
  t.notMatch(text, '下一次测试')
})

void t.test('labels of a hostile agent stay text', async t => {
  const { html, text } = await partOf('/schools/s-5')
  t.match(text, '? 未定 <i>why</i> IP 层 611，区间 604–900,000，达标线 950')
  t.match(text, '"><script>1</script> <u>\uFFFDegress</u>')
  t.notMatch(html, /<script|<u>|<i>|\u202E/)
  t.match(text, '✕ 未通过 端口速率低于要求 port')
})
