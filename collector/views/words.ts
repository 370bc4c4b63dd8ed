import type { Language } from '../verdicts/explain.ts'
import { cityWords } from './city-words.ts'
import { sinkWords } from './sink-words.ts'
import { uplinkWords } from './uplink-words.ts'

/** Every word of the pages, Chinese first, English beside it. `{name}` is filled in by the caller. */
const table = {
  ...uplinkWords,
  ...cityWords,
  ...sinkWords,
  site: { zh: '校园网络达标监测', en: 'Campus network targets' },
  skip: { zh: '跳到正文', en: 'Skip to content' },
  nav: { zh: '主导航', en: 'Main' },
  nav_overview: { zh: '总览', en: 'Overview' },
  nav_agents: { zh: '探针', en: 'Agents' },
  nav_docs: { zh: 'API 文档', en: 'API docs' },
  other_language: { zh: 'English', en: '中文' },
  open_on_loopback: {
    zh: '本机访问未设口令；从其他地址访问需要管理口令。',
    en: 'Open without a password on this machine; any other address needs the admin secret.'
  },
  footer: { zh: '校园网络达标监测 campus-gauge {version}', en: 'campus-gauge {version}' },
  footer_rules: { zh: '指标与判定规则', en: 'Targets and rules' },
  times_note: { zh: '时间均为北京时间（UTC+8）', en: 'Times are Beijing time (UTC+8)' },
  previous_page: { zh: '‹ 上一页', en: '‹ Previous' },
  next_page: { zh: '下一页 ›', en: 'Next ›' },
  page_of: { zh: '第 {page} / {pages} 页', en: 'Page {page} of {pages}' },
  previous_period: { zh: '‹ 上期', en: '‹ Previous period' },
  next_period: { zh: '下期 ›', en: 'Next period ›' },
  period: { zh: '统计周期', en: 'Period' },
  as_of: { zh: '数据截至', en: 'As of' },
  none: { zh: '—', en: '—' },
  colon: { zh: '：', en: ': ' },
  stop: { zh: '。', en: '. ' },
  separator: { zh: '、', en: ', ' },
  comma: { zh: '，', en: ', ' },
  stop_between: { zh: '；', en: '; ' },

  met: { zh: '达标', en: 'Met' },
  missed: { zh: '不达标', en: 'Missed' },
  unknown: { zh: '数据不足', en: 'Unknown' },
  not_applicable: { zh: '不适用', en: 'Not applicable' },
  offline: { zh: '离线', en: 'Offline' },

  overview_title: { zh: '{period}达标情况', en: 'Targets met, {period}' },
  schools_registered: { zh: '登记学校', en: 'Schools registered' },
  schools_reporting: { zh: '本期有探针上报', en: 'Heard from this period' },
  schools_n: { zh: '{n} 所', en: '{n}' },
  schools_share: { zh: '（{pct}）', en: ' ({pct})' },
  targets: { zh: '指标达标率', en: 'Share of schools that meet each target' },
  targets_caption: { zh: '{area}各项指标的达标率', en: 'Share of schools meeting each target, {area}' },
  target: { zh: '指标', en: 'Target' },
  share: { zh: '达标率', en: 'Share met' },
  share_parts: { zh: '达标 ／ 数据不足 ／ 不达标', en: 'Met / unknown / missed' },
  goal: { zh: '目标 {pct}', en: 'goal {pct}' },
  at_most: { zh: '最高可能 {pct}', en: 'at most {pct}' },
  share_alt: {
    zh: '达标 {met}，数据不足 {unknown}，不达标 {missed}，目标 {goal}',
    en: 'met {met}, unknown {unknown}, missed {missed}, goal {goal}'
  },
  computing: { zh: '计算中', en: 'Being computed' },
  legend_hatched: { zh: '斜纹为数据不足，竖线为目标。', en: ' Hatched: unknown; upright line: goal.' },
  denominator: {
    zh: '分母为适用的全部登记学校，没有数据的学校也计算在内。',
    en: 'Out of all registered schools it applies to, silent ones included.'
  },

  attention: { zh: '需要处理', en: 'Needs attention' },
  attention_none: { zh: '目前没有需要处理的事项。', en: 'Nothing needs attention now.' },
  attention_cause: { zh: '{target} {state}：{cause}', en: '{target} – {state}: {cause}' },
  attention_more: { zh: '其他原因，见学校列表', en: 'for other causes: see the list of schools' },
  attention_silent: {
    zh: '个探针失联，超过 {minutes} 分钟没有上报',
    en: 'agent(s) silent for more than {minutes} minutes'
  },
  attention_skew: { zh: '个探针的时钟偏差超过 2 分钟', en: 'agent(s) whose clock is off by more than 2 minutes' },
  attention_pending: { zh: '个探针等待确认是哪台设备', en: 'agent(s) waiting to be matched to a device' },
  attention_rejected: { zh: '条读数在最近 24 小时内被拒收', en: 'reading(s) rejected in the last 24 hours' },

  schools: { zh: '学校', en: 'Schools' },
  schools_caption: { zh: '学校列表，问题多的在前', en: 'Schools, worst first' },
  school: { zh: '学校', en: 'School' },
  area: { zh: '区域', en: 'Area' },
  last_seen: { zh: '最近上报', en: 'Last seen' },
  no_agent: { zh: '未接入探针', en: 'No agent' },
  search_schools: { zh: '查找学校（名称、标识码、区域）', en: 'Find schools (name, code, area)' },
  search: { zh: '查找', en: 'Find' },
  clear: { zh: '清除', en: 'Clear' },
  found: { zh: '共 {n} 所，显示第 {from}–{to} 所', en: '{n} schools, showing {from}–{to}' },
  found_none: { zh: '没有符合条件的学校。', en: 'No school matches.' },
  filtered_by: { zh: '筛选：{text}', en: 'Filter: {text}' },

  no_ledger: { zh: '还没有登记学校', en: 'No school is registered yet' },
  no_ledger_next: {
    zh: '下一步：编写台账（区域、学校、教室、设备），用 campus-gauge ledger import 导入；ledger template 给出填好表头的工作簿，见 docs/operations.md。',
    en: 'Next: write the ledger (areas, schools, rooms, devices) and bring it in with campus-gauge ledger import; ledger template makes a workbook with all headings, see docs/operations.md.'
  },
  no_pack: { zh: '本期没有建设指标', en: 'No target is in force in this period' },
  no_pack_next: {
    zh: '下一步：把指标包（见 deploy/targets/）放进配置文件中 packs 所指的目录，并在台账的区域上写明 packs，然后重启采集端。',
    en: 'Next: put a target pack (see deploy/targets/) into the directory named by packs in the configuration, name it under packs of an area in the ledger, and restart the collector.'
  },
  figures_coming: { zh: '正在计算', en: 'Being computed' },
  figures_coming_next: {
    zh: '本期的判定还没有算出来：数据正在到达，本页每 10 秒自动刷新。',
    en: 'The verdicts of this period are not computed yet: readings are arriving, and this page refreshes every 10 seconds.'
  },
  no_figures: { zh: '本期没有判定结果', en: 'There are no verdicts for this period' },
  no_figures_next: {
    zh: '这个统计周期内没有收到数据，或者它还没有开始。',
    en: 'No readings were received in this period, or it has not begun.'
  },
  no_agents: { zh: '还没有接入探针', en: 'No agent is enrolled yet' },
  no_agents_next: {
    zh: '下一步：按接入说明在一台设备上安装探针。',
    en: 'Next: install an agent on a device, as described under Agents.'
  },

  code: { zh: '学校标识码', en: 'School code' },
  pupils: { zh: '学生 {n} 人', en: '{n} pupils' },
  township_central: { zh: '乡镇中心校', en: 'township central school' },
  larger: { zh: '规模较大', en: 'larger school' },
  contact: { zh: '联系人', en: 'Contact' },
  agents_online: { zh: '{n} 个，在线 {live} 个', en: '{n}, {live} online' },
  verdicts: { zh: '判定', en: 'Verdicts' },
  evidence_n: { zh: '依据 n = {n}（应 {expected}）', en: 'n = {n} (of {expected})' },
  rule: { zh: '规则 {version}', en: 'rule {version}' },
  since: { zh: '自 {at} 起', en: 'since {at}' },
  excluded: { zh: '未采用：{list}', en: 'Not used: {list}' },
  evidence: { zh: '依据明细', en: 'Evidence' },
  not_judged: {
    zh: '本期尚未判定，正在等待数据或计算。',
    en: 'Not judged in this period yet: waiting for readings, or being computed.'
  },
  rooms: { zh: '教室与设备', en: 'Rooms and devices' },
  rooms_none: { zh: '台账里没有登记教室和设备。', en: 'The ledger has no rooms or devices for this school.' },
  room: { zh: '教室', en: 'Room' },
  device: { zh: '设备', en: 'Device' },
  no_room: { zh: '不属于教室', en: 'Not in a room' },
  no_device: { zh: '没有登记设备', en: 'No device registered' },
  kind: { zh: '类型', en: 'Kind' },
  agent: { zh: '探针', en: 'Agent' },
  latest: { zh: '最近的读数（24 小时内）', en: 'Latest readings (last 24 hours)' },
  latest_caption: { zh: '每项检测最近一次的读数', en: 'The latest reading of every check' },
  latest_none: { zh: '没有配置检测。', en: 'No checks are configured.' },
  probe: { zh: '检测', en: 'Probe' },
  subject: { zh: '对象', en: 'Subject' },
  outcome: { zh: '结果', en: 'Outcome' },
  figures: { zh: '数值', en: 'Figures' },
  at: { zh: '时间', en: 'When' },
  trend: { zh: '24 小时', en: '24 hours' },
  trend_alt: {
    zh: '{from} 起的{field}，最低 {min}，最高 {max}',
    en: '{field} since {from}: lowest {min}, highest {max}'
  },
  device_silent: { zh: '{n} 项检测在 24 小时内都没有读数', en: '{n} checks, not one reading in 24 hours' },
  no_reading: { zh: '24 小时内没有读数', en: 'No reading in 24 hours' },
  clock_by_collector: {
    zh: '采集端（没有时间服务器应答，精度 1 秒）',
    en: 'the collector (no time server answered; to 1 s)'
  },
  self_no_evidence: { zh: '本机的应答不作为证据', en: 'answers from this host prove nothing' },
  site_no_evidence: { zh: '非校外的应答不作为接入证据', en: 'only off-site answers prove access' },
  gaps: { zh: '缺口（已测量但丢失的读数）', en: 'Gaps (measured, then lost)' },
  gaps_caption: { zh: '丢失的读数，时间按设备自己的时钟', en: 'Lost readings, by the clock of the device' },
  from: { zh: '从', en: 'From' },
  to: { zh: '到', en: 'To' },
  lost: { zh: '丢失', en: 'Lost' },
  reason: { zh: '原因', en: 'Reason' },
  raw: { zh: '原始数据（JSON）', en: 'Raw (JSON)' },
  raw_readings: { zh: '读数', en: 'readings' },
  raw_standing: { zh: '判定', en: 'standing' },

  agents: { zh: '探针', en: 'Agents' },
  agents_title: { zh: '探针', en: 'Agents' },
  agents_caption: { zh: '探针列表，需要处理的在前', en: 'Agents, those that need attention first' },
  agents_found: { zh: '共 {n} 个，显示第 {from}–{to} 个', en: '{n} agents, showing {from}–{to}' },
  agents_found_none: { zh: '没有符合条件的探针。', en: 'No agent matches.' },
  search_agents: { zh: '查找探针（编号、主机名、学校、地址）', en: 'Find agents (id, host name, school, address)' },
  show: { zh: '显示', en: 'Show' },
  show_all: { zh: '全部', en: 'All' },
  show_silent: { zh: '失联', en: 'Drop-off' },
  show_skew: { zh: '时钟偏差', en: 'Clock off' },
  show_pending: { zh: '待确认', en: 'Pending' },
  state: { zh: '状态', en: 'State' },
  version: { zh: '版本', en: 'Version' },
  address: { zh: '来源地址', en: 'Address' },
  clock: { zh: '时钟偏差', en: 'Clock' },
  losses: { zh: '丢失 ／ 拒收', en: 'Lost / rejected' },
  losses_note: { zh: '按最近 {n} 条记录统计', en: 'counted over the newest {n} records' },
  live: { zh: '在线', en: 'Live' },
  at_risk: { zh: '不稳', en: 'At risk' },
  silent: { zh: '失联', en: 'Drop-off' },
  waiting: { zh: '等待首次上报', en: 'Waiting for its first upload' },
  pending: { zh: '待确认', en: 'Pending' },
  revoked: { zh: '已撤销', en: 'Revoked' },
  clock_slow: { zh: '慢 {time}', en: '{time} slow' },
  clock_fast: { zh: '快 {time}', en: '{time} fast' },
  clock_good: { zh: '正常', en: 'right' },
  enrol_title: { zh: '再接入一台设备', en: 'Enrol another device' },
  enrol_token: {
    zh: '向管理员索取本校的登记令牌文件，拷到设备上，然后在设备上运行：',
    en: 'Get the token file of the school from the administrator, copy it to the device, and run there:'
  },
  enrol_more: {
    zh: '令牌的签发和设备审批见 docs/operations.md。',
    en: 'For issuing tokens and approving devices see docs/operations.md.'
  },
  collector_address: { zh: 'http://采集端地址:8080', en: 'http://COLLECTOR:8080' },
  token_file: { zh: '令牌文件', en: 'TOKEN-FILE' },

  problem_400: { zh: '请求有误', en: 'The request is not understood' },
  problem_401: { zh: '需要管理口令', en: 'The admin secret is needed' },
  problem_403: { zh: '不允许访问', en: 'Not allowed' },
  problem_404: { zh: '没有这个页面', en: 'There is no such page' },
  problem_429: { zh: '尝试次数过多', en: 'Too many attempts' },
  problem_500: { zh: '采集端出错', en: 'The collector failed' },
  problem_503: { zh: '采集端繁忙', en: 'The collector is busy' },
  problem_home: { zh: '回到总览', en: 'Back to the overview' },
  problem_retry: {
    zh: '请稍后重试；如果一直如此，请把本页的时间和编号告诉管理员。',
    en: 'Try again later; if it persists, tell the administrator the time and number shown here.'
  },
  problem_number: { zh: '请求编号', en: 'Request number' },
  bad_query: {
    zh: '查询参数 {name} 应为{expected}，收到 {value}',
    en: 'query parameter {name} must be {expected}, got {value}'
  },
  expected_period: {
    zh: '统计周期 YYYY-MM（2000 年以后，例如 {example}）',
    en: 'a period YYYY-MM from the year 2000 on (for example {example})'
  },
  expected_page: { zh: '从 1 开始的页码', en: 'a page number from 1' },
  expected_choice: { zh: '{list} 之一', en: 'one of {list}' },
  expected_short: { zh: '不超过 {n} 个字符的文字', en: 'a text of at most {n} characters' },
  expected_once: { zh: '只出现一次的参数', en: 'given once' },
  unknown_school: { zh: '台账里没有编号为 {id} 的学校', en: 'the ledger has no school with the id {id}' }
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>

export type WordKey = keyof typeof table
/** Says a word of the table in one language. */
export type Say = (key: WordKey, values?: Readonly<Record<string, string | number>>) => string

export const sayIn =
  (language: Language): Say =>
  (key, values = {}) =>
    table[key][language].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '?'))

/** All rows, for the test that both languages say the same things. */
export const wordRows: Readonly<Record<string, Readonly<Record<Language, string>>>> = table
