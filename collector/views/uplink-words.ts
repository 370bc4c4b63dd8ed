import type { Language } from '../verdicts/explain.ts'

/** Words of the part about uplinks on a school's page. A test passes or not; only a verdict says 达标 or 不达标. */
export const uplinkWords = {
  uplinks: { zh: '出口带宽', en: 'Internet uplink' },
  uplinks_none: { zh: '台账里没有登记本校的出口。', en: 'The ledger has no uplink for this school. ' },
  uplinks_none_next: {
    zh: '下一步：在台账的 uplinks 中写明出口编号、学校、测量设备（最好是出口网关）、运营商和合同带宽，然后重启采集端。登记之前不会安排带宽测试。',
    en: 'Next: name it under uplinks in the ledger (id, school, measuring device – best the gateway –, provider, contracted rates) and restart the collector. Until then no bandwidth test is planned.'
  },
  uplink_id: { zh: '出口编号', en: 'Uplink' },
  contract: { zh: '合同带宽', en: 'Contract' },
  contract_down: { zh: '下行 {rate}', en: '{rate} down' },
  contract_up: { zh: '上行 {rate}', en: '{rate} up' },
  measured_by: { zh: '测量设备', en: 'Measured by' },
  uplink_panel: {
    zh: '这台设备不在出口上：它的测试只供参考，不能用来判定',
    en: 'this device is not on the uplink itself: its tests can raise doubts but decide nothing'
  },
  shared_group: { zh: '共用线路', en: 'Shared line' },

  tier_at_least: { zh: '≥ {mbps}M', en: '≥ {mbps}M' },
  tier_line: { zh: '达标线 {line} Mbit/s（{mbps} 的 {pct}）', en: 'line {line} Mbit/s ({pct} of {mbps})' },
  tier_days_alt: { zh: '{from}至{to}每天的情况', en: 'Day by day, {from} to {to}' },
  day_ok: { zh: '达到', en: 'reached' },
  day_below: { zh: '低于', en: 'below' },
  day_unknown: { zh: '不明', en: 'not known' },
  day_coming: { zh: '未到', en: 'to come' },
  day_n: { zh: '{word} {n} 天', en: '{n} days {word}' },
  day_untested: { zh: '（当天没有测试）', en: '(no test that day)' },
  day_tests: {
    zh: '（测试：通过 {pass}，未通过 {fail}，未定 {undecided}）',
    en: '(tests: {pass} passed, {fail} did not, {undecided} undecided)'
  },
  days_rule: {
    zh: '一天算“达到”还是“低于”，由当天的测试和此前的全部测试一起得出：偶然一次未通过不会成为“低于”，没有结论的日子为“不明”。一个周期内：“低于”达到 {below} 天为不达标；“达到”不少于 {ok_pct} 的天数且“低于”不超过 {spare} 天为达标；否则为数据不足。',
    en: 'Whether a day is “reached” or “below” follows from its tests and all before them: a single test that did not pass makes no day “below”, and a day without a conclusion is “not known”. In a period: {below} days below is missed; reached on at least {ok_pct} of the days with at most {spare} below is met; anything else is unknown.'
  },
  days_missing: {
    zh: '判定达标需要“达到” {need} 天，还差 {n} 天，最早 {day} 可判定',
    en: 'To be met it needs {need} days “reached”: {n} to go, {day} at the earliest'
  },
  days_short: {
    zh: '判定达标需要“达到” {need} 天，还差 {n} 天，本期剩下的天数已不够',
    en: 'To be met it needs {need} days “reached”: {n} to go, and too few days are left in this period'
  },

  credit_flat: {
    zh: '已排除突发额度：线路始终不超速，有效至 {day}',
    en: 'Burst credit is excluded: the link never ran faster; holds until {day}'
  },
  credit_fast: {
    zh: '已排除突发额度：完整测试通过，有效至 {day}',
    en: 'Burst credit is excluded by a full test; holds until {day}'
  },
  credit_passive: {
    zh: '已排除突发额度：接口计数器连续 30 秒以上达到达标线，有效至 {day}',
    en: 'Burst credit is excluded: interface counters stayed at the line for more than 30 s; holds until {day}'
  },
  credit_open: {
    zh: '暂定：突发额度（有的线路开头几秒会超速）尚未排除，须有一次完整测试通过',
    en: 'Provisional: burst credit (some lines run faster for the first seconds) is not excluded until a full test passes'
  },
  credit_port: {
    zh: '完整测试已通过，有效至 {day}；但要求 {mbps}M 而端口也只有这么快，无法排除突发额度',
    en: 'A full test passed, holds until {day}; but T = {mbps} behind a port of that same speed: burst credit cannot be excluded'
  },
  credit_voided: {
    zh: '测试中看到突发额度用尽：此前 {n} 天的“达到”作废，改为“不明”',
    en: 'A test saw burst credit run out: {n} days “reached” before it no longer count and are not known'
  },

  spent_period: { zh: '本期测试流量', en: 'Spent on tests, this period' },
  spent_month: { zh: '近 31 天测试流量', en: 'Spent on tests, last 31 days' },
  spent_of: {
    zh: '{spent}；预算 {budget}，完整测试另有 {certify}',
    en: '{spent}; budget {budget}, and {certify} for full tests'
  },
  spent_all: { zh: '预算已用完，暂停测试', en: 'the budget is used up: no tests for now' },
  next_test: { zh: '下一次测试', en: 'Next test' },
  next_at: { zh: '{what}，{at} 以后', en: '{what}, from {at} on' },
  next_now: { zh: '{what}，现在就在测试时段内', en: '{what}, the window is open now' },
  next_wish: { zh: '已安排立即测试，{until} 前执行', en: 'asked for by hand: before {until}' },
  obstacle_none: {
    zh: '没有校外测试服务器，不会测试。下一步：在采集端配置的 bandwidth/servers 中增加一台。',
    en: 'No test server is configured off site: nothing is tested. Next: add one under bandwidth/servers of the collector configuration.'
  },
  obstacle_unknown: {
    zh: '台账指定的测试服务器 {server} 没有配置，不会测试。下一步：在采集端配置的 bandwidth/servers 中增加，或改台账。',
    en: 'Test server {server} of the ledger is not configured: nothing is tested. Next: add it under bandwidth/servers, or change the ledger.'
  },
  obstacle_on_site: {
    zh: '测试服务器 {server} 在校内，测不到出口，不会测试。下一步：在台账中换一台校外的。',
    en: 'Test server {server} is on site, so a test would not cross the uplink. Next: name one off site in the ledger.'
  },
  obstacle_port: {
    zh: '测试服务器的端口只有 {port} Mbit/s，测不了 {mbps}M。下一步：在采集端配置的 bandwidth/servers 中增加端口更大的服务器。',
    en: 'The port of the test server, {port} Mbit/s, is too small to test {mbps}M. Next: add a server with a larger port under bandwidth/servers.'
  },
  next_silent: { zh: '测量设备的探针恢复上报之后', en: 'once the agent that measures it reports again' },
  next_no_agent: { zh: '测量设备接入探针之后', en: 'once its measuring device has an agent' },
  next_none: { zh: '近期没有安排', en: 'none is planned soon' },
  no_tier: {
    zh: '没有要测的档次：本校没有出口带宽指标，台账里也没有写合同带宽。下一步：在台账的 uplinks 中补上 contract_down_mbps。',
    en: 'There is no tier to test: no target of this school asks for one, and the ledger has no contract_down_mbps. Next: add it under uplinks.'
  },
  egress: { zh: '出口地址', en: 'Egress address' },
  egress_changed: {
    zh: '本期变过，共 {n} 个。拨号线路重拨会变；专线不应变，请核对是否换过线路。',
    en: '{n} this period. A dial-up line changes when it redials; a leased line should not: check whether the line was swapped. '
  },
  two_exits: {
    zh: '本校一体机的测试从别的地址出去：如果学校只有一条线路，请核对。',
    en: 'Tests of a panel of this school leave by another address: check this if the school has one line only.'
  },

  untested: { zh: '这个出口还没有测试结果。', en: 'This uplink has no test result yet. ' },
  untested_recent: {
    zh: '这 30 天没有测试结果，最近一次在 {at}。',
    en: 'No test result in these 30 days; the latest is of {at}. '
  },
  untested_no_agent: {
    zh: '下一步：测量设备 {device} 还没有接入探针，请先接入（见“探针”页）。',
    en: 'Next: {device}, which is to measure it, has no agent yet: enrol one (see Agents).'
  },
  untested_silent: {
    zh: '下一步：测量设备 {device} 的探针失联，请检查设备的电源和网络。',
    en: 'Next: the agent on {device}, which is to measure it, is silent: check its power and network.'
  },
  untested_heard: {
    zh: '下一步：等待测试时段（一般在 00:30–06:00；夜间断电的学校在早晨、午间或傍晚）。要马上测，请管理员安排“立即测试”（见 docs/operations.md）。',
    en: 'Next: wait for the test window (as a rule 00:30–06:00; morning, noon or evening where the power is off at night). For a test at once ask the administrator for “test now” (see docs/operations.md).'
  },

  chart_down: { zh: '下行：每次测试的区间与达标线', en: 'Download: every test with its interval, against the line' },
  chart_up: { zh: '上行：每次测试的区间与达标线', en: 'Upload: every test with its interval, against the line' },
  chart_alt: {
    zh: '{from}至{to}共 {n} 次：通过 {pass}，未通过 {fail}，未定 {inconclusive}；达标线 {lines} Mbit/s',
    en: '{from} to {to}, {n} tests: {pass} passed, {fail} did not pass, {inconclusive} undecided; line {lines} Mbit/s'
  },
  chart_key_line: { zh: '达标线', en: 'line to reach' },
  chart_key_range: { zh: '竖线为区间', en: 'upright bar: interval' },
  chart_key_hollow: { zh: '空心为不耗流量的证据', en: 'hollow: evidence that cost no data' },
  chart_axis: { zh: '纵轴 Mbit/s，IP 层，不从 0 开始', en: 'Mbit/s at the IP layer, axis not from 0' },
  chart_axis_zero: { zh: '纵轴 Mbit/s，IP 层', en: 'Mbit/s at the IP layer' },
  chart_unplaced: { zh: '没有数值', en: 'no figure' },
  chart_older: { zh: '只画出最近 {n} 次', en: 'only the newest {n} are drawn' },

  attempts: { zh: '最近的测试', en: 'Latest tests' },
  attempts_older: { zh: '更早的 {n} 次', en: '{n} earlier tests' },
  attempts_some: {
    zh: '30 天内共 {n} 次，列出最近 {shown} 次。',
    en: '{n} in 30 days, the newest {shown} are listed. '
  },
  attempt_how: { zh: '方式', en: 'How' },
  attempt_result: { zh: '结果', en: 'Result' },
  attempt_rate: { zh: '速率（Mbit/s）', en: 'Rate (Mbit/s)' },
  attempt_cost: { zh: '用量', en: 'Cost' },
  attempt_where: { zh: '服务器 ／ 出口地址', en: 'Server / egress address' },
  attempt_panel: { zh: '不在出口上，仅供参考', en: 'not on the uplink: decides nothing' },
  attempt_times: { zh: '当天 {n} 次，列最高的', en: '{n} that day, the highest' },
  attempt_measured: { zh: 'IP 层 {mbps}', en: '{mbps} at the IP layer' },
  attempt_at_least: { zh: '不低于 {mbps}', en: 'at least {mbps}' },
  attempt_port: { zh: '端口 {mbps}', en: 'port of {mbps}' },
  attempt_contradiction: {
    zh: '上报的结果和数值互相矛盾，不采用',
    en: 'result and figures of the report contradict each other: not used'
  },
  attempt_no_rate: { zh: '没有测出数值', en: 'no figure' },
  attempt_range: { zh: '区间 {lo}–{hi}', en: 'interval {lo}–{hi}' },
  attempt_against: { zh: '达标线 {line}', en: 'line {line}' },
  attempt_site: { zh: '测速网站约显示 {mbps}', en: 'a speed-test site would show about {mbps}' },
  attempt_free: { zh: '不耗流量', en: 'no data' },
  attempt_tip: { zh: '{kind}{result}：{why}；{rate}', en: '{kind} {result}: {why}; {rate}' },
  layers_note: {
    zh: '判定用 IP 层速率（含包头）。测速网站显示的不含包头，约低 3.5%：IP 层 975 在测速网站上是 941。',
    en: 'Judged at the IP layer, headers included. Speed-test sites leave the headers out and show about 3.5% less: 975 at the IP layer is 941 there.'
  }
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>
