import type { Language } from '../verdicts/explain.ts'
import { causeTerms } from './cause-terms.ts'

/** Words for the codes that the ledger, the probes and the rules use. A code without a word is shown as it is. */
export type Terms = Readonly<Record<string, readonly [zh: string, en: string]>>

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
    wan: ['网关外侧的测量 {n} 次', '{n} samples from the gateway’s outside'],
    out_of_hours: ['上课时间以外 {n} 次', '{n} samples outside school hours'],
    few_samples: ['次数不够的 {n} 天', '{n} days with too few samples'],
    silent: ['没有数据的 {n} 个', '{n} that are silent'],
    silent_panels: ['没有数据的一体机 {n} 台', '{n} silent panels'],
    no_panel: ['没有一体机的教室 {n} 间', '{n} rooms without a panel'],
    no_check: ['没有检测的 {n} 个', '{n} without a check'],
    too_few_days: ['天数不够的 {n} 个', '{n} with too few days'],
    period_too_short: ['本期天数已不够的 {n} 个', '{n} for which too few days are left'],
    platform_down: ['平台自身打不开的 {n} 个', '{n} where the platform itself was down'],
    platform_down_days: ['平台自身打不开 {n} 次', '{n} times the platform itself was down'],
    auth_required: ['要账号密码的 {n} 天', '{n} days on which a login was wanted'],
    busy: ['连接数已满的 {n} 天', '{n} days on which it took no more sessions'],
    spec_unknown: ['读不出分辨率的 {n} 天', '{n} days without a size'],
    picture_doubtful: ['画面存疑的 {n} 天', '{n} days with a doubtful picture'],
    late: ['事后才收到的 {n} 天', '{n} days that arrived late'],
    unmeasured: ['没有测到的 {n} 天', '{n} days without a measurement'],
    card_unknown: ['网卡能力不明的教室 {n} 间', '{n} rooms where the card may be the limit'],
    wireless_unknown: ['无线情况不明的教室 {n} 间', '{n} rooms whose wireless is not known'],
    undecided: ['没有定论的测试 {n} 次', '{n} tests without a decision'],
    panel: ['一体机的测试 {n} 次', '{n} tests from a panel'],
    voided: ['因突发额度作废 {n} 天', '{n} days void because of burst credit']
  },
  cause: causeTerms,
  level: {
    nation: ['国家', 'nation'],
    province: ['省、自治区', 'province'],
    city: ['市、盟', 'city'],
    county: ['县、区、旗', 'county']
  },
  /** Why a revision of a bulletin was made. */
  revision: {
    freeze: ['按期冻结', 'freeze of the period'],
    publication: ['发布前更新', 'update before publication'],
    objection: ['申诉成立', 'objection upheld'],
    request: ['按要求重算', 'made on request']
  },
  /** In what the evidence of a revision differs from the one before. */
  why: {
    readings: ['补到的数据 {n} 天', '{n} days of readings that came later'],
    tests: ['带宽测试 {n} 次', '{n} bandwidth tests'],
    facts: ['申报 {n} 条', '{n} declared facts'],
    ledger: ['台账 {n} 所', 'the ledger of {n} schools'],
    calendar: ['校历 {n} 所', 'the calendar of {n} schools'],
    before: ['上期结果 {n} 所', 'verdicts before of {n} schools'],
    schools: ['学校增减 {n} 所', '{n} schools that came or went'],
    areas: ['区域或学校组 {n} 处', '{n} change of areas or groups'],
    packs: ['指标包 {n} 处', '{n} change of target packs'],
    answered: ['站点应答记录 {n} 处', '{n} change of which sites answered'],
    rules: ['判定规则 {n} 条', '{n} rules']
  },
  /** Declared facts that the ledger knows. */
  fact: {
    access: ['接入线路', 'line to the internet'],
    'teacher-computers': ['教师用计算机（台）', 'computers for teachers'],
    'pupil-computers': ['学生用计算机（台）', 'computers for pupils'],
    'rooms-without-panel': ['没有一体机的教室（间）', 'rooms without a panel'],
    'recording-room': ['录播教室', 'recording classroom'],
    'sync-classroom': ['同频互动课堂', 'synchronous classroom'],
    'campus-broadcast': ['校园广播', 'campus broadcast'],
    'campus-broadcast-host': ['校园广播主机', 'host of the campus broadcast'],
    'security-video': ['安防监控', 'security video'],
    'security-video-host': ['安防监控主机', 'host of the security video'],
    'device-activity': ['设备活跃度', 'device activity'],
    'monthly-report': ['月度报送', 'monthly report'],
    labs: ['特色实验室', 'feature labs'],
    'security-monitoring': ['网络安全监测', 'network-security monitoring'],
    drills: ['演练', 'drills']
  },
  fact_value: {
    present: ['有', 'present'],
    yes: ['有', 'yes'],
    none: ['没有', 'none'],
    no: ['没有', 'no'],
    submitted: ['按时报送', 'submitted on time'],
    late: ['逾期', 'late']
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
