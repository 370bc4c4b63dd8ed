import type { Direction, Tier } from '../contract/bandwidth.ts'
import type { Reading } from './probe.ts'
import { isReason, reasons, type Reason } from './probes/bandwidth/reasons.ts'
import type { Replay } from './probes/bandwidth/replay.ts'

const resultWords = { pass: '✔ 达到 pass', fail: '✖ 未达到 fail', inconclusive: '? 无法判断 inconclusive' } as const
const wordOf = (result: string | undefined): string =>
  result === 'pass' || result === 'fail' ? resultWords[result] : resultWords.inconclusive

interface Asked {
  readonly tier: Tier
  readonly direction: Direction
}

/** A test for a person: the result against the line, both figures, the cost, and why. */
export const testSentences = (reading: Reading, { tier, direction }: Asked): string[] => {
  const { fields, labels = {}, reason = '' } = reading
  const figure = (name: string, digits = 1): string => fields[name]?.toFixed(digits) ?? '?'
  const way = direction === 'down' ? '下行 down' : '上行 up'
  const megabytes = (((fields['bytes_down'] ?? 0) + (fields['bytes_up'] ?? 0)) / 1e6).toFixed(1)
  const seconds = ((fields['duration_ms'] ?? 0) / 1_000).toFixed(2)
  const measured =
    fields['ip_mbps'] === undefined
      ? []
      : [
          `  IP 层 IP layer ${figure('ip_mbps')} Mbit/s (${figure('ip_lo_mbps')}–${figure('ip_hi_mbps')})，及格线 line ${figure('line_mbps')}`,
          `  测速网站约显示 a speed-test site would show about ${figure('goodput_mbps')} Mbit/s`,
          ...((fields['cross_mbps'] ?? 0) >= 1 ? [`  其他流量 other traffic ${figure('cross_mbps')} Mbit/s`] : [])
        ]
  return [
    `${wordOf(labels['result'])}  ${tier}M ${way}`,
    ...measured,
    `  用量 cost ${megabytes} MB，用时 time ${seconds} s`,
    `  原因 why ${reason}: ${isReason(reason) ? `${inChinese[reason]} ${reasons[reason]}` : ''}`,
    ...(labels['limit'] === 'port_speed'
      ? [
          '  端口速率等于带宽档，无法排除突发额度 the port is about as fast as the tier, so burst credit cannot be excluded'
        ]
      : []),
    '  实验室结果，不作为学校证据 a laboratory result, no evidence about a school'
  ]
}

/** One line for a recorded test. */
export const replaySentence = (line: number, replay: Replay, { tier }: Asked): string =>
  `${line}: ${wordOf(replay.result)} ${tier}M ${replay.reason} IP ${replay.ip_mbps?.toFixed(1) ?? '?'} Mbit/s, ${(replay.bytes / 1e6).toFixed(1)} MB, ${(replay.duration_ms / 1_000).toFixed(2)} s`

const inChinese: Readonly<Record<Reason, string>> = {
  above_line: '线路达到该带宽档',
  below_line: '线路低于该带宽档的及格线',
  undecided: '太接近及格线、波动太大或时间太短',
  credit: '目前够快，但无法排除突发额度',
  counter: '接口计数已足以证明',
  port: '出口端口速率低于带宽档',
  host: '偏慢，但本机过于繁忙',
  server: '偏慢，但测试服务器过载或端口太小',
  stalled: '偏慢，但时断时续，不像线路速率',
  sender: '偏慢，但发送端还没有把线路占满',
  loss: '偏慢，但有丢包，可能由丢包造成',
  busy: '其他流量占用过多且无法计入',
  rwnd: '偏慢，但受接收窗口限制',
  path: '偏慢，但服务器时延超过 100 毫秒',
  no_counter: '偏慢，但一体机看不到其他人的用量',
  link_down: '测试中链路或服务器中断',
  aborted: '测试影响了他人上网，已停止',
  server_unreachable: '测试服务器没有应答',
  upgrade_blocked: '中间的代理不放行测试',
  lease_refused: '测试服务器拒绝了许可',
  server_busy: '测试服务器暂时没有余量',
  server_port_too_small: '测试服务器端口太小，不能认证该带宽档',
  server_on_site: '测试服务器在校内，测不到出口',
  port_too_slow: '一体机端口低于带宽档，不能说明出口',
  budget: '本机流量预算不足',
  budget_unreadable: '本机流量账本无法读写',
  no_collector: '需要上级平台的许可',
  no_answer: '上级平台没有给出已签名的答复',
  refused: '上级平台拒绝了测试',
  needs_http: '平台仅支持 HTTPS，且未指定测试服务器',
  child_died: '测试进程意外结束'
}
