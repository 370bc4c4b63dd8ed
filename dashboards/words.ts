import { ipv6States, recordingStates, type Ipv6State, type RecordingState } from '../contract/indicator-readings.ts'
import { goalStateCodes, outcomeCodes, verdictCodes } from '../collector/sinks/influx/schema.ts'

/** Chinese first, English beside it, as on the collector's own pages. */
export interface Words {
  readonly zh: string
  readonly en: string
}
export const both = ({ zh, en }: Words): string => `${zh} ${en}`.trim()

/**
 * Five states told by word before colour. Only what was measured and is good is green, only what was measured and is bad is red; what is not known or
 * does not apply has colours of its own, and what is not there at all has none.
 */
export const colours = {
  good: '#3F8F5B',
  fair: '#C98A16',
  bad: '#C4423A',
  unknown: '#8C7AA9',
  apart: '#7F8896',
  mark: '#3871B8'
} as const
export type Colour = (typeof colours)[keyof typeof colours]
/** What a cell or tile without a figure says. */
export const noFigure = '无数据 No data'

/** Text and colour of each code of a field. */
export type Codes = Readonly<Record<number, { readonly text: string; readonly colour: Colour }>>

const coded = <Name extends string>(
  codes: Readonly<Record<Name, number>>,
  words: Readonly<Record<Name, readonly [text: string, colour: Colour]>>
): Codes =>
  Object.fromEntries(
    (Object.keys(words) as Name[]).map(name => [codes[name], { text: words[name][0], colour: words[name][1] }])
  )
const listed = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>

export const verdicts = coded(verdictCodes, {
  met: ['✓ 达标', colours.good],
  missed: ['✕ 不达标', colours.bad],
  unknown: ['? 数据不足', colours.unknown],
  not_applicable: ['– 不适用', colours.apart]
})
export const goalStates = coded(goalStateCodes, {
  reached: ['✓ 已达目标', colours.good],
  not_reached: ['✕ 未达目标', colours.bad],
  open: ['? 待定', colours.unknown],
  no_goal: ['– 未设目标', colours.apart]
})
export const outcomes = coded(outcomeCodes, {
  ok: ['正常', colours.good],
  degraded: ['降级', colours.fair],
  failed: ['失败', colours.bad],
  unavailable: ['未能测量', colours.unknown]
})

const ipv6Words: Readonly<Record<Ipv6State, readonly [string, Colour]>> = {
  no_ipv6: ['没有 IPv6 地址', colours.bad],
  link_local_only: ['只有链路地址', colours.bad],
  ula_only: ['只有内网地址', colours.bad],
  gua_no_route: ['没有出口路由', colours.bad],
  gua_no_dns: ['域名解析不通', colours.bad],
  tcp_blocked: ['连接被拦截', colours.bad],
  mtu_blackhole: ['大包传不过去', colours.bad],
  v6_slow: ['可用但较慢', colours.fair],
  fallback_masked: ['时好时坏', colours.fair],
  ready: ['可用', colours.good],
  link_down: ['断网，与 IPv6 无关', colours.unknown]
}
export const ipv6Codes = coded(listed(ipv6States), ipv6Words)

const recordingWords: Readonly<Record<RecordingState, readonly [string, Colour]>> = {
  unreachable: ['主机不通', colours.bad],
  port_closed: ['视频端口未开', colours.bad],
  auth_required: ['缺账号', colours.unknown],
  auth_rejected: ['账号不对', colours.unknown],
  auth_unsupported: ['登录方式不支持', colours.unknown],
  not_rtsp: ['不是视频服务', colours.bad],
  protocol_error: ['应答不合规范', colours.bad],
  rtsp_timeout: ['应答超时', colours.bad],
  no_such_stream: ['没有这路视频', colours.bad],
  busy: ['连接数已满', colours.unknown],
  no_media: ['没有画面', colours.bad],
  stalled: ['画面中断', colours.bad],
  ready: ['有画面', colours.good],
  live: ['正在直播', colours.good]
}
export const recordingCodes = coded(listed(recordingStates), recordingWords)

/** A flag whose 1 is bad news. Its 0 is no good news: nothing known is 0, too. */
export const troubles = (bad: string, none: string): Codes => ({
  0: { text: none, colour: colours.apart },
  1: { text: bad, colour: colours.bad }
})
/** A flag that says something without judging it. */
export const notices = (on: string, off: string): Codes => ({
  0: { text: off, colour: colours.apart },
  1: { text: on, colour: colours.mark }
})

/** Columns of tables, by tag or field. */
export const columnWords = {
  city: '市 City',
  county: '旗县区 County',
  school: '学校 School',
  room: '教室 Room',
  device: '设备 Device',
  check: '检测 Check',
  kind: '类型 Kind',
  area: '区域 Area',
  target: '指标 Target',
  direction: '方向 Direction',
  stage: '学段 Stage',
  zone: '城乡 Zone',
  part: '部位 Part'
} as const satisfies Readonly<Record<string, string>>

/** Words for ids of a closed list, where they stand in cells. */
export type Texts = Readonly<Record<string, string>>
export const idWords = {
  stage: {
    primary: '小学',
    middle: '初中',
    'nine-year': '九年一贯制学校',
    high: '高中',
    vocational: '中职',
    'teaching-point': '教学点'
  },
  zone: { urban: '城区', town: '镇区', rural: '乡村' },
  direction: { down: '下行', up: '上行' }
} as const satisfies Readonly<Record<string, Texts>>
