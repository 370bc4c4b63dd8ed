import t from 'tap'
import { openCity } from './city.ts'
import { plain } from './plain.ts'

const { app } = await openCity(work => t.teardown(work))
const html = (await app.inject('/schools/s-1')).body
const text = plain(html)

void t.test('a school says who it is and how its agents are', t => {
  t.match(text, '总览 › 模拟市 › 东区 第一模拟中学')
  t.match(text, '学校标识码 0015062001 初中 · 城区 · 规模较大 · 学生 1,820 人 联系人 王老师 0912-0000000')
  t.match(text, '探针 2 个，在线 2 个 最近上报 20 秒前 11月12日 09:59')
  t.end()
})

void t.test(
  'a verdict stands with its sentence, its evidence, its rule and its source; what is missed comes first',
  t => {
    t.match(
      text,
      '✕ 不达标 教室千兆端口或无线覆盖 42 间教室中 3 间既无千兆端口也无合格无线：七年级（1）班、音乐教室。 依据 n = 40（应 42） · 规则 room-port/1 · 数据截至 11月12日 09:59 · 自 11月12日 09:59 起 未采用：没有设备的教室 2 间 榆林市教育信息化2.0行动计划 四（一）'
    )
    t.match(text, '✓ 达标 宽带网络接入 3 天里有不少于 2 个校外站点应答（要求 3 天）。 依据 n = 3（应 3）')
    t.match(text, '未采用：本机或校内的应答 1,440 次、无法测量 3 次')
    t.match(text, '依据明细（3） 2026-11-09 当天读数 2026-11-10 当天读数 2026-11-11 当天读数')
    t.ok(text.indexOf('✕ 不达标') < text.indexOf('✓ 达标'))
    t.end()
  }
)

void t.test('what is unknown says what is missing and by when', async t => {
  const unknown = plain((await app.inject('/schools/s-2')).body)
  t.match(
    unknown,
    '? 数据不足 宽带网络接入 已有 1 天合格，需要 3 天（每天 2 个校外站点应答），最早 2026-11-13 可判定。'
  )
  const english = plain((await app.inject('/schools/s-2?lang=en')).body)
  t.match(english, '1 good days so far, 3 needed (2 off-site subjects answering each day): 2026-11-13 at the earliest.')
})

void t.test('a school that is not heard from is marked offline, one without agents as such', async t => {
  t.match(plain((await app.inject('/schools/s-3')).body), '第三模拟小学 ◌ 离线')
  t.match(plain((await app.inject('/schools/s-4')).body), '河滩教学点 – 未接入探针')
})

void t.test('a reading shows outcome, reason in words and code, figures with units, and when', t => {
  t.match(text, '连通（ping） s-1-p1-ping-gateway@1 gateway 校内 ✓ 正常 往返')
  t.match(
    text,
    'enp1s0 ! 欠佳 协商速率低于千兆 speed_low 协商速率 100 Mbit/s 网卡最高 1,000 Mbit/s 2 分钟前 11月12日 09:58'
  )
  t.match(text, '? 无法测量 没有插网线或对端无连接 no_carrier')
  t.match(text, '已运行 1 天 2 小时 CPU 7.31% 可用内存 2.98 GiB 可用磁盘 47.5 GiB')
  t.match(text, '✕ 失败 quantum_flux', 'a reason without a word is shown by its code')
  t.end()
})

void t.test('a tier test among the readings says its kind, its direction and both figures', async t => {
  t.match(
    plain((await app.inject('/schools/s-2')).body),
    's-2-u1 下行 快速测试 ✕ 未通过 区间全部在达标线以下 below_line IP 层速率 611 Mbit/s 达标线 950 Mbit/s 测速网站约显示 590 Mbit/s 2 分钟前'
  )
})

void t.test('answers of this host are shown, and that they prove nothing', t => {
  t.match(text, '127.0.0.1 本机 本机的应答不作为证据')
  t.match(text, 'www.gov.cn 专用地址 非校外的应答不作为接入证据')
  t.notMatch(text, /www\.smartedu\.cn 校外 (本机|非校外)/)
  t.end()
})

void t.test('the trend of a day breaks where nothing was measured, and marks failures', t => {
  const trends = [...html.matchAll(/<svg class="spark".*?<\/svg>/g)].map(([svg]) => svg)
  const whole = trends.filter(svg => (svg.match(/<polyline/g)?.length ?? 0) === 2)
  t.ok(whole.length >= 4, `${whole.length} of ${trends.length} in two pieces`)
  t.ok(trends.some(svg => svg.includes('class="fail"')))
  t.match(html, /aria-label="11月11日 10:00 起的往返，最低 0\.\d+ ms，最高 \d\.\d+ ms"/)
  t.end()
})

void t.test('a device without one reading takes one line', t => {
  t.match(text, '七（2）班一体机 8 项检测在 24 小时内都没有读数')
  t.notMatch(text, 's-1-p2-host@1')
  t.end()
})

void t.test('rooms, devices and gaps are listed, and the raw data is linked', t => {
  t.match(text, '七年级（1）班 普通教室 七（1）班一体机 一体机 ✓ 在线 20 秒前')
  t.match(text, '七年级（3）班 普通教室 没有登记设备')
  t.match(text, '不属于教室 出口网关 网关 ! 不稳 4 分钟前')
  t.match(text, '11月12日 05:00 11月12日 05:20 1,234 探针的缓存已满 spool_full')
  t.ok(html.includes('href="/v1/readings?school=s-1"'))
  t.ok(html.includes('href="/v1/standing?school=s-1"'))
  t.end()
})
