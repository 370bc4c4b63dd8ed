import type { Language } from './explain.ts'

type Words = Readonly<Record<string, readonly [zh: string, en: string]>>

/** States of IPv6 user access (contract/indicator-readings.ts) in words: what a reading says, and why a verdict is missed. */
export const ipv6Words = {
  no_ipv6: ['设备没有任何 IPv6 地址', 'the device has no IPv6 address at all'],
  link_local_only: ['只有本地链路地址，路由器没有下发 IPv6', 'only link-local addresses: the router hands out no IPv6'],
  ula_only: ['只有内网 IPv6 地址，没有公网地址', 'only private IPv6 addresses, none of the internet'],
  gua_no_route: ['有公网 IPv6 地址，但没有出口路由', 'a global address, but no route out'],
  gua_no_dns: ['有 IPv6 线路，但域名解析不出 IPv6 地址', 'an IPv6 line, but names do not resolve to IPv6 addresses'],
  tcp_blocked: ['IPv6 连接被拦截', 'IPv6 connections are blocked'],
  mtu_blackhole: ['IPv6 能连上，但大的数据包传不过去', 'IPv6 connects, but large packets do not get through'],
  v6_slow: ['IPv6 可用，但比 IPv4 慢', 'IPv6 works, but slower than IPv4'],
  fallback_masked: ['IPv6 时好时坏，靠 IPv4 兜底', 'IPv6 works on and off, IPv4 covers it up'],
  ready: ['IPv6 可用', 'IPv6 works'],
  link_down: ['IPv4 也不通，与 IPv6 无关', 'IPv4 is down too, so it says nothing about IPv6']
} as const satisfies Words

/** States and flags of a recorder's stream in words. */
export const recordingWords = {
  unreachable: [
    '录播主机不通（关机、断网或地址不对）',
    'the recorder does not answer (off, unplugged or another address)'
  ],
  port_closed: ['录播主机没有开视频端口', 'the recorder’s video port is closed'],
  auth_required: ['录播主机要账号密码，探针上没有填', 'the recorder wants a login, and the agent has none'],
  auth_rejected: ['录播主机的账号或密码不对', 'the recorder refused the login'],
  auth_unsupported: ['录播主机的登录方式不支持', 'the recorder’s way of login is not supported'],
  not_rtsp: ['这个端口不是视频服务', 'the port speaks no RTSP'],
  protocol_error: ['录播主机的应答不合规范', 'the recorder’s answer breaks the protocol'],
  rtsp_timeout: ['录播主机应答超时', 'the recorder did not answer in time'],
  no_such_stream: ['录播主机上没有这路视频', 'the recorder has no such stream'],
  busy: ['录播主机连接数已满', 'the recorder takes no more sessions'],
  no_media: ['连上了，但没有画面传来', 'connected, but no media arrives'],
  stalled: ['画面传到一半停了', 'the media stopped'],
  ready: ['有画面传来', 'media arrives'],
  live: ['正在直播', 'it is broadcasting'],
  storage_full: ['录播硬盘已满', 'the recorder’s disk is full'],
  black: ['画面全黑', 'the picture is black'],
  frozen: ['画面定格不动', 'the picture is frozen'],
  low_spec: ['画面达不到高清', 'the picture is below HD'],
  no_audio: ['没有声音轨', 'there is no sound track'],
  silent: ['声音过小或静音', 'the sound is silent'],
  suspect_static: ['画面可能没有变化', 'the picture may not be moving'],
  storage_low: ['录播硬盘快满了', 'the recorder’s disk is nearly full'],
  clock_skew: ['录播主机时钟不准', 'the recorder’s clock is wrong']
} as const satisfies Words

const causes: Words = {
  ...ipv6Words,
  ...recordingWords,
  none: ['未说明', 'not told'],
  other: ['其他', 'another one']
}

/** The fact `cause` of a finding in words; undefined for one of a newer version. */
export const causeText = (cause: string, language: Language): string | undefined =>
  Object.hasOwn(causes, cause) ? causes[cause]?.[language === 'zh' ? 0 : 1] : undefined
