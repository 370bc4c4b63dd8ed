import { ipv6Words, recordingWords } from '../verdicts/cause-words.ts'
import type { Language } from '../verdicts/explain.ts'
import { bandwidthReasons } from './bandwidth-reasons.ts'
import { lookUp } from './term-words.ts'

/** Reasons of readings in words, by probe; `any` holds what the runner itself says and what several probes share. */
const table: Readonly<Record<string, Readonly<Record<string, readonly [zh: string, en: string]>>>> = {
  any: {
    timeout: ['在规定时间内没有完成', 'did not end within its deadline'],
    error: ['探针内部出错，详见探针日志', 'the probe failed inside; see the log of the agent'],
    bad_options: ['检测参数无效', 'the options of the check are not valid'],
    unknown_probe: ['探针版本过旧，不支持此项检测', 'this agent is too old for the check'],
    no_network: ['设备没有接入网络', 'the device is not on a network']
  },
  host: { disk_low: ['磁盘空间不足', 'disk space is low'], memory_low: ['可用内存不足', 'memory is low'] },
  port: {
    speed_low: ['协商速率低于千兆', 'negotiated less than 1000 Mbit/s'],
    half_duplex: ['协商为半双工', 'negotiated half duplex'],
    speed_unknown: ['已连接，但驱动不报告速率', 'linked, but the driver does not tell the speed'],
    no_carrier: ['没有插网线或对端无连接', 'no cable, or nothing at its other end'],
    no_physical_port: ['没有物理网口', 'no physical network port'],
    no_such_port: ['指定的网口不存在', 'the named port does not exist'],
    weak_signal: ['无线信号偏弱', 'Wi-Fi is weak'],
    signal_too_low: ['无线信号过低', 'Wi-Fi is too weak'],
    not_associated: ['没有连接无线网络', 'has joined no Wi-Fi network'],
    no_gateway: ['无线已连接，但网关不通', 'Wi-Fi is joined, but its gateway does not answer'],
    signal_unknown: ['无线已连接，但驱动不报告信号', 'Wi-Fi is joined, but its signal is not told'],
    gateway_unknown: ['无线已连接，但网关情况不明', 'Wi-Fi is joined, but its gateway is not known']
  },
  ping: {
    no_reply: ['全部没有应答', 'not one request was answered'],
    unresolved: ['域名没有地址', 'the name has no address'],
    loss: ['丢包过多', 'too many packets are lost'],
    slow: ['往返时间过长', 'the round trip is too long'],
    no_ping_tool: ['设备上没有 ping 程序', 'the device has no ping program'],
    not_permitted: ['没有发送 ping 的权限', 'the agent may not send echo requests'],
    no_gateway: ['设备没有默认网关', 'the device has no default gateway'],
    tool_error: ['ping 程序出错', 'the ping program failed']
  },
  portal: {
    dns_nxdomain: ['域名不存在', 'the name does not exist'],
    dns_servfail: ['域名服务器解析失败', 'the name server could not find out'],
    dns_timeout: ['域名服务器没有应答', 'no name server answered'],
    dns_hijack: ['域名被劫持', 'the name server gives a false address'],
    tcp_refused: ['网站拒绝连接', 'the site refused the connection'],
    tcp_timeout: ['连接网站超时', 'the connection timed out'],
    tcp_unreachable: ['网络不可达', 'the network says it cannot be reached'],
    tls_expired: ['网站证书不在有效期内', 'the certificate is not valid at this time'],
    tls_name: ['网站证书与域名不符', 'the certificate is for another name'],
    tls_untrusted: ['网站证书不受信任', 'the certificate is not trusted'],
    tls_error: ['加密握手失败', 'the TLS handshake failed'],
    http_4xx: ['网站返回 4xx 错误', 'the site answered 4xx'],
    http_5xx: ['网站返回 5xx 错误', 'the site answered 5xx'],
    http_timeout: ['网站应答超时', 'the site did not answer in time'],
    http_error: ['网站应答不是有效的 HTTP', 'the answer is not valid HTTP'],
    captive_portal: ['被要求先登录认证', 'somebody in between wants a login first'],
    body_mismatch: ['页面内容与预期不符', 'the page does not hold the expected text'],
    cert_expiring: ['网站证书 15 天内到期', 'the certificate ends in less than 15 days'],
    subject_denied: ['不允许检测的地址', 'the address may not be measured'],
    clock_skewed: ['本机时钟不准，无法核对证书', 'the clock is wrong, so the certificate cannot be checked'],
    no_resolver: ['设备没有域名服务器', 'the device has no name server']
  },
  clock: {
    clock_off: ['时钟偏差超过 2 秒', 'the clock is off by more than 2 s'],
    clock_wrong: ['时钟偏差超过 30 秒', 'the clock is off by more than 30 s'],
    no_time_source: ['没有可用的时间服务器', 'no time server answered'],
    kiss_of_death: ['时间服务器拒绝服务', 'the time server refuses to serve']
  },
  bandwidth: bandwidthReasons,
  ipv6: ipv6Words,
  recording: recordingWords
}

/** What a reason of a probe means, or undefined when there is no word for it. */
export const reasonText = (probe: string, reason: string, language: Language): string | undefined =>
  lookUp(table[probe] ?? {}, reason, language) ?? lookUp(table['any'] ?? {}, reason, language)

/** The reasons that have words, for the test that every probe's list is covered. */
export const reasonsWithWords = (probe: string): string[] => [
  ...Object.keys(table[probe] ?? {}),
  ...Object.keys(table['any'] ?? {})
]
