import t from 'tap'
import { afterFreezeMs, fillBanners } from './banner-city.ts'
import { openCity } from './city.ts'
import { plain } from './plain.ts'

const { app } = await openCity(work => t.teardown(work), fillBanners, { simulated: true, now: () => afterFreezeMs })
const november = '?period=2026-11'
const every = [
  `/${november}`,
  `/areas${november}`,
  `/areas/ordos${november}`,
  `/areas/hangjin${november}`,
  `/groups/pilots${november}`,
  `/schools/hangjin-01${november}`,
  '/schools/hangjin-02?period=2026-08',
  `/ranking${november}`,
  '/ranking?period=2026-08&target=yulin-2022/ipv6',
  '/ranking?period=2026-12',
  '/bulletins',
  '/bulletins/2026-12',
  '/bulletins/2026-11?revision=0',
  '/bulletins/2026-11',
  '/bulletins/2026-10',
  `/reminders${november}`,
  `/reminders${november}&area=hangjin&reason=not_declared&q=x`
]
const textOf = async (url: string): Promise<string> => plain((await app.inject(url)).body)

void t.test(
  'every page is whole in both languages, without script or style, and says that its data are simulated',
  async t => {
    for (const url of every)
      for (const lang of ['zh', 'en']) {
        const { body, statusCode } = await app.inject({ url, headers: { cookie: `lang=${lang}` } })
        const count = (pattern: RegExp): number => body.match(pattern)?.length ?? 0
        const faults = [
          statusCode === 200 ? '' : `answers ${statusCode}`,
          /<script|<style|\sstyle=|\son[a-z]+=["']|javascript:/i.exec(body)?.[0] ?? '',
          /undefined|NaN|\[object|Infinity|\{[a-z_]+\}/.exec(plain(body))?.[0] ?? '',
          /<u>|<i>|<img|[\u202A-\u202E\u2066-\u2069]/.exec(body)?.[0] ?? '',
          count(/<h1/g) === 1 ? '' : 'needs one heading',
          count(/<table/g) === count(/<caption/g) ? '' : 'a table without a caption',
          count(/<th[ >]/g) === count(/<th scope="(col|row)"/g) ? '' : 'a head without a scope',
          new RegExp(`<strong class="demo">${lang === 'zh' ? '模拟数据' : 'Simulated data'}<`).test(body)
            ? ''
            : 'not marked'
        ].filter(fault => fault !== '')
        t.same(faults, [], `${url} ${lang}`)
      }
  }
)

void t.test('a share stands as an interval with its goal, its parts and its last six periods', async t => {
  const { body } = await app.inject(`/${november}`)
  const text = plain(body)
  t.match(
    text,
    /校园网支持 IPv6 用户访问 榆林市教育信息化2.0行动计划 四（一） · 目标 70% 80.33% 最高可能 83.61% 已达目标 ✓ 达标 49/
  )
  t.match(text, '较上期 +1.64 个百分点')
  const alt = /aria-label="(2026 年 6 月[^"]*)"/.exec(body)?.[1] ?? ''
  t.match(alt, /^2026 年 6 月 [\d.]+%.*2026 年 8 月 [\d.]+%[^、]* 假期沿用、.*2026 年 11 月/, 'the vacation is said')
  t.equal(/<circle class="hollow"/.test(body), true, 'and drawn otherwise')
  t.notMatch(text, /鄂教体发〔2023〕19号 正文 · 目标 0%/, 'a target without a figure has no goal')
})

void t.test('the areas below are a table of shares in the order of their places', async t => {
  const { body } = await app.inject(`/${november}`)
  const heat = body.slice(body.indexOf('<table class="heat">'), body.indexOf('</table>', body.indexOf('class="heat"')))
  const names = [...heat.matchAll(/<th scope="row"><a href="([^"]*)"><bdi>([^<]*)/g)].map(([, , name]) => name)
  t.equal(names.length, 9)
  t.equal(names[0], '康巴什区')
  t.equal(names[8], '杭锦旗')
  t.match(plain(`<body>${heat}`), /杭锦旗 .* 9 靠后/)
  t.match(heat, 'title="杭锦旗 宽带网络接入：达标 1，数据不足 0，不达标 6；最高可能 14.29%"')
  t.match(heat, 'href="/areas/hangjin?period=2026-11&amp;target=yulin-2022%2Fbroadband-access#schools"')
})

void t.test('an area shows its own schools only, its place, and the way up', async t => {
  const text = await textOf(`/areas/hangjin${november}`)
  t.match(text, '总览 › 内蒙古自治区 › 鄂尔多斯市 › 杭锦旗 杭锦旗 2026 年 11 月达标情况')
  t.match(text, '登记学校 7 所')
  t.match(text, '位次 9（共 9 个） 通报：连续 5 个排名周期靠后')
  t.match(text, '共 7 所，显示第 1–7 所')
  t.notMatch(text, '康巴什区第')
  const group = await textOf(`/groups/pilots${november}`)
  t.match(group, '总览 › 学校组 › 数字校园试点校 数字校园试点校 2026 年 11 月达标情况')
  t.match(group, '登记学校 12 所')
  const filtered = (await app.inject(`/areas/hangjin${november}&verdict=missed&target=yulin-2022/ipv6`)).body
  t.match(filtered, '<form method="get" action="/areas/hangjin#schools"')
  t.match(plain(filtered), '筛选：校园网支持 IPv6 用户访问 · 不达标')
})

void t.test('a frozen period shows its newest revision, and the way to figures that have moved since', async t => {
  const frozen = await app.inject(`/areas/hangjin${november}`)
  t.match(
    plain(frozen.body),
    '本期已于 11月20日 00:00 冻结，显示第 1 版。此后有数据补到，当前数据已有不同。 查看当前数据'
  )
  t.match(frozen.body, 'href="/areas/hangjin?period=2026-11&amp;revision=0"')
  const labs = (text: string): string => /特色实验室 \S+ 四（一） · 目标 60% ([\d.]+%)/.exec(text)?.[1] ?? ''
  const current = await app.inject(`/areas/hangjin${november}&revision=0`)
  t.match(plain(current.body), '这是冻结以后仍在变动的当前数据，不是通报数据。 查看冻结数据')
  t.match(current.body, 'href="/schools/hangjin-02?period=2026-11&amp;revision=0"', 'links stay in the revision')
  t.not(labs(plain(current.body)), labs(plain(frozen.body)))
  t.match(await textOf('/bulletins/2026-10?revision=1'), '第 1 版，10月20日 00:00 生成')
  t.match(await textOf('/?period=2026-10&revision=1'), '这是第 1 版（10月20日 00:00），最新为第 2 版。 查看冻结数据')
  t.notMatch(await textOf('/?period=2026-09'), '当前数据已有不同')
  const school = await textOf(`/schools/hangjin-02${november}`)
  t.match(school, '此后有数据补到，当前数据已有不同')
  t.notMatch(await textOf(`/schools/kangbashi-01${november}`), '当前数据已有不同', 'a school looks at its own verdicts')
})

void t.test('a ranking says in words who cannot be told apart, who is named and what is not known', async t => {
  const text = await textOf(`/ranking${november}`)
  t.match(text, '1 康巴什区 100%')
  t.match(text, /2–4 伊金霍洛旗 85.71% 最高可能 95.24% 2 \/ 21（9.52%） 与鄂托克前旗、准格尔旗并列：区间重叠/)
  t.match(text, '9 杭锦旗 4.76% 最高可能 9.52% 1 / 21（4.76%） 通报：连续 5 个排名周期靠后')
  t.match(text, '只有在连续两个参加排名的统计周期里')
  const access = await textOf(`/ranking${november}&target=yulin-2022/uplink-1000`)
  t.match(access, '并列：达标率相同', 'equal shares are told from overlapping ones')
  const vacation = await textOf('/ranking?period=2026-08')
  t.match(vacation, '本期不排名：多数学校放假，数据沿用上期。')
  t.match(vacation, '未参加 杭锦旗')
  t.match(await textOf('/ranking?period=2026-12'), '本期没有可显示的排名。')
})

void t.test(
  'a bulletin shows its stage, who is named, who has submitted, objections and what a revision changed',
  async t => {
    const { body } = await app.inject('/bulletins/2026-11')
    const text = plain(body)
    t.match(text, '2026 年 11 月通报 已冻结')
    t.match(text, '冻结 11月20日 00:00 当前 发布 11月25日 00:00 未到')
    t.match(text, '杭锦旗（连续 5 个排名周期靠后）：综合、')
    t.match(text, '康巴什区 ✓ 审核通过 11月17日 10:30 市教体局 赵主任 11月16日 09:30 已报送，待审核 白主任')
    t.match(text, '准格尔旗 ↩ 已退回 11月17日 11:30 市教体局 赵主任 请核对 3 所学校的出口合同带宽')
    t.match(text, '杭锦旗 – 未报送')
    t.match(text, '11 月上旬防火墙升级，已恢复，申请复测 ↻ 复测中')
    t.match(text, '发布以前可以申诉')
    for (const kind of ['xlsx', 'html', 'json']) t.match(body, `href="/v1/bulletins/2026-11.${kind}?revision=1"`)
    t.match(body, 'href="/bulletins/2026-10" rel="prev"')
    const published = await textOf('/bulletins/2026-10')
    t.match(published, '第 2 版 申诉成立 10月24日 16:20 · 赵主任')
    t.match(published, '与上一版相比，24 项判定有变化')
    t.match(published, '? 数据不足 → ✕ 不达标 合格天数还不够 → ')
    t.match(published, '另有 4 项变化，见下载的文件。')
    t.match(published, '本期已过申诉期限')
    const list = await textOf('/bulletins')
    t.match(list, '2026 年 12 月 11月20日 – 12月19日 采集中')
    t.match(list, '2026 年 8 月 7月20日 – 8月19日 已发布 第 1 版 沿用，不排名')
  }
)

void t.test('the reminder list says whom to call about what, and leads from a cause to its schools', async t => {
  const { body } = await app.inject(`/reminders${november}`)
  const text = plain(body)
  t.match(text, /还没有申报 \d+/)
  t.match(text, /录播主机要账号密码 \d+/)
  t.match(text, '未登记联系人')
  t.match(text, '包老师 0477-5550100 月报按时报送（每月 20 日前） 还没有登记本期数据是否报送')
  t.match(body, 'href="/v1/reminders.csv?period=2026-11"')
  const one = await app.inject(`/reminders${november}&reason=wan_only&area=etuokeqian`)
  t.match(plain(one.body), '筛选：只在网关出口测，不能代表用户')
  t.notMatch(plain(one.body), '还没有登记本期数据是否报送', 'only what was asked about')
  t.match(one.body, 'href="/v1/reminders.csv?period=2026-11&amp;area=etuokeqian"')
  t.match(await textOf('/reminders?period=2026-08'), '没有需要催报的学校。', 'nobody is called in a vacation')
})

void t.test('a school says what is declared, what is carried over, how it was before, and where to object', async t => {
  const text = await textOf(`/schools/hangjin-01${november}`)
  t.match(text, /特色实验室 申报 申报：没有（旗教体局装备台账，2026-09-01，包科长）。/)
  t.match(text, '特色实验室 申报 没有 旗教体局装备台账 2026-09-01 包科长')
  t.match(text, /6 月 ✕ 不达标 7 月 ✕ 不达标 8 月 ✕ 不达标 假期沿用/)
  t.match(text, '可在 11月15日 00:00 至 11月25日 00:00 之间经区县提出申诉')
  t.match(text, '复测要在 11月20日 00:00 以前完成才计入本期')
  t.match(text, '本期应到校 ')
  const met = await textOf(`/schools/kangbashi-01${november}`)
  t.match(met, /1000 Mbit\/s 暂定|500 Mbit\/s 暂定|不适用/)
  t.match(await textOf('/schools/hangjin-02?period=2026-08'), /特色实验室 沿用 2026 年 7 月 .* 当时：申报为没有/)
})

void t.test('what does not exist is told apart from what is asked wrongly', async t => {
  const answers: readonly (readonly [string, number, string])[] = [
    ['/areas/%3Cb%3E', 404, '台账里没有编号为 "<b>" 的区域'],
    ['/groups/none', 404, '台账里没有编号为 "none" 的学校组'],
    ['/bulletins/2026-13', 400, '查询参数 period 应为统计周期'],
    [`/${november}&revision=7`, 400, '查询参数 revision 应为2026-11 已有的版本号，收到 "7"'],
    ['/?revision=x', 400, '查询参数 revision 应为版本号（0 为当前数据），收到 "x"']
  ]
  for (const [url, status, sentence] of answers) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, status, url)
    t.match(plain(answer.body), sentence)
  }
})
