import type { Language } from '../verdicts/explain.ts'

/** Words for the codes that the ledger, the probes and the rules use. A code without a word is shown as it is. */
type Terms = Readonly<Record<string, readonly [zh: string, en: string]>>

export const terms = {
  stage: {
    primary: ['小学', 'primary school'],
    middle: ['初中', 'middle school'],
    'nine-year': ['九年一贯制学校', 'nine-year school'],
    high: ['高中', 'high school'],
    vocational: ['中职', 'vocational school'],
    'teaching-point': ['教学点', 'teaching point']
  },
  zone: { urban: ['城区', 'urban'], town: ['镇区', 'town'], rural: ['乡村', 'rural'] },
  device: {
    gateway: ['网关', 'gateway'],
    panel: ['一体机', 'panel'],
    recorder: ['录播主机', 'recorder'],
    switch: ['交换机', 'switch'],
    'access-point': ['无线接入点', 'access point']
  },
  room: { classroom: ['普通教室', 'classroom'], function: ['功能教室', 'function room'] },
  probe: {
    host: ['主机', 'Host'],
    port: ['网口', 'Port'],
    ping: ['连通（ping）', 'Ping'],
    portal: ['网站', 'Site'],
    clock: ['时钟', 'Clock'],
    ipv6: ['IPv6', 'IPv6'],
    snmp: ['网络设备（SNMP）', 'SNMP'],
    recording: ['录播', 'Recording'],
    bandwidth: ['带宽', 'Bandwidth']
  },
  place: {
    self: ['本机', 'this host'],
    on_site: ['校内', 'on site'],
    private: ['专用地址', 'private address'],
    off_site: ['校外', 'off site']
  },
  direction: { down: ['下行', 'download'], up: ['上行', 'upload'] },
  test_kind: {
    quick: ['快速测试', 'quick test'],
    certify: ['完整测试', 'full test'],
    passive: ['接口计数器', 'interface counter'],
    port: ['端口速率', 'port speed']
  },
  /** A test is never 不达标: that word is for verdicts. */
  test_result: {
    pass: ['通过', 'passed'],
    fail: ['未通过', 'did not pass'],
    inconclusive: ['未定', 'undecided']
  },
  test_slot: {
    night: ['夜间', 'at night'],
    fallback: ['白天时段', 'by day'],
    on_demand: ['立即测试', 'asked for by hand']
  },
  outcome: {
    ok: ['正常', 'OK'],
    degraded: ['欠佳', 'Degraded'],
    failed: ['失败', 'Failed'],
    unavailable: ['无法测量', 'Not measurable']
  },
  field: {
    uptime_s: ['已运行', 'up for'],
    cpu_pct: ['CPU', 'CPU'],
    mem_available_bytes: ['可用内存', 'memory free'],
    disk_free_bytes: ['可用磁盘', 'disk free'],
    speed_mbps: ['协商速率', 'speed'],
    capable_mbps: ['网卡最高', 'card up to'],
    rssi_dbm: ['信号', 'signal'],
    rtt_ms: ['往返', 'round trip'],
    loss_pct: ['丢包', 'loss'],
    lost_n: ['丢失', 'lost'],
    sent_n: ['发出', 'sent'],
    dns_ms: ['域名解析', 'DNS'],
    ttfb_ms: ['首字节', 'first byte'],
    status_code: ['状态码', 'status'],
    cert_days: ['证书剩余', 'certificate'],
    offset_ms: ['偏差', 'offset'],
    delay_ms: ['往返', 'round trip'],
    stratum: ['层级', 'stratum'],
    ip_mbps: ['IP 层速率', 'at IP layer'],
    line_mbps: ['达标线', 'line'],
    goodput_mbps: ['测速网站约显示', 'speed-test site'],
    tier_mbps: ['要求', 'asked'],
    down_mbps: ['下行', 'down'],
    up_mbps: ['上行', 'up']
  },
  /** Why something was left out of a verdict; also the states of a room that is not known. */
  excluded: {
    not_off_site: ['本机或校内的应答 {n} 次', '{n} answers from this host or site'],
    unavailable: ['无法测量 {n} 次', '{n} runs that could not measure'],
    no_device: ['没有设备的教室 {n} 间', '{n} rooms without a device'],
    not_measured: ['没有近期数据的教室 {n} 间', '{n} rooms without recent readings'],
    port_unreadable: ['端口速率读不出的教室 {n} 间', '{n} rooms whose port speed cannot be read'],
    card_unknown: ['网卡能力不明的教室 {n} 间', '{n} rooms where the card may be the limit'],
    wireless_unknown: ['无线情况不明的教室 {n} 间', '{n} rooms whose wireless is not known'],
    undecided: ['没有定论的测试 {n} 次', '{n} tests without a decision'],
    panel: ['一体机的测试 {n} 次', '{n} tests from a panel'],
    voided: ['因突发额度作废 {n} 天', '{n} days void because of burst credit']
  },
  /** Short causes of verdicts, for counting; the full sentence with its figures stands on the school's page. */
  cause: {
    not_applicable: ['不适用', 'does not apply'],
    no_rule: ['尚无判定规则', 'no rule yet'],
    vacation: ['本期在校日少于 5 天', 'fewer than 5 school days'],
    off_site_answers: ['校外站点应答', 'off-site subjects answered'],
    declared_no_line: ['申报为没有接入线路', 'declared to have no line'],
    declaration_contradicted: ['申报与测量矛盾，待核实', 'the declaration contradicts the measurements'],
    off_site_fails: ['校外站点全部不通', 'every off-site subject failed'],
    no_off_site_check: ['校外站点检测配置不足', 'too few off-site checks configured'],
    no_readings: ['没有收到网站检测数据', 'no portal readings'],
    no_off_site_answer: ['没有校外站点应答的记录', 'no off-site subject has answered'],
    too_few_days: ['合格天数还不够', 'too few good days so far'],
    period_too_short: ['本期剩余天数不足', 'too few days left in the period'],
    all_rooms: ['教室全部合格', 'all rooms qualify'],
    rooms_missed: ['有教室既无千兆端口也无合格无线', 'rooms with neither a 1000M port nor wireless'],
    ledger_incomplete: ['台账没有登记教室', 'no rooms in the ledger'],
    no_device: ['教室没有登记设备', 'rooms without a device'],
    not_measured: ['7 天内没有端口数据', 'no port readings within 7 days'],
    port_unreadable: ['端口速率读不出来', 'the port speed cannot be read'],
    card_unknown: ['设备网卡可能只支持百兆', 'the card itself may be a 100M one'],
    wireless_unknown: ['无线情况未知', 'wireless is not known'],
    carried: ['测得达到带宽档', 'carries the tier'],
    carried_provisional: ['测得达到带宽档（暂定）', 'carries the tier (provisional)'],
    carried_port_limited: ['测得达到，但无法排除突发额度', 'carries the tier; burst credit not excluded'],
    contracts_carried: ['多条出口合计达到', 'several uplinks together carry the tier'],
    contracts_provisional: ['多条出口合计达到（暂定）', 'several uplinks together (provisional)'],
    below: ['出口低于带宽档', 'the uplink is below the tier'],
    below_port: ['网关端口低于带宽档', 'the gateway’s port is slower than the tier'],
    no_uplink: ['台账没有登记出口', 'no uplink in the ledger'],
    panel_only: ['只有一体机在测，不能判定出口', 'measured by a panel only'],
    no_tests: ['没有带宽测试', 'no bandwidth tests'],
    never_decided: ['测试都没有定论', 'no test came to a decision'],
    credit_open: ['未能排除突发额度', 'burst credit not excluded'],
    credit_ran_out: ['突发额度用完，此前作废', 'burst credit ran out: days before are void'],
    unsteady: ['时好时坏，尚不能判定', 'some days good, some below'],
    contract_unknown: ['多条出口缺合同带宽', 'contracts of several uplinks missing'],
    contract_not_provable: ['合同带宽不在测试档上', 'contracts are not tiers that can be tested'],
    contracts_open: ['多条出口待逐条证明', 'several uplinks still to be proven']
  },
  gap: {
    spool_full: ['探针的缓存已满', 'the spool was full'],
    spool_corrupt: ['探针的缓存损坏', 'the spool was corrupt'],
    rolled_back: ['设备被还原到旧状态', 'the device was rolled back'],
    collector_restored: ['采集端从备份恢复', 'the collector was restored'],
    too_large: ['单条读数过大', 'a reading was too large']
  }
} as const satisfies Readonly<Record<string, Terms>>

export type TermKind = keyof typeof terms
/** The word for a code. */
export type Term = (kind: TermKind, code: string) => string

export const termIn =
  (language: Language): Term =>
  (kind, code) =>
    lookUp(terms[kind], code, language) ?? code

export const lookUp = (table: Terms, code: string, language: Language): string | undefined =>
  Object.hasOwn(table, code) ? table[code]?.[language === 'zh' ? 0 : 1] : undefined
