import { is, last, mean, select, type Column } from '../influxql.ts'
import type { DatabaseName } from '../../collector/sinks/influx/schema.ts'
import type { AlertRule } from './rule.ts'

const hour = 3_600
const day = 24 * hour
const school = ['city', 'county', 'school'] as const
const rollup = { database: 'rollup' as DatabaseName, silence: 'OK', forS: 15 * 60 } as const
const min = (field: string): Column => ({ figure: 'min', field, as: field })
const above = (than: number) => ({ op: 'gt', than }) as const

/**
 * What wakes a bureau. A threshold is crossed by facts: `failed`, a verdict `missed`, hours without a sign of life. What could not be measured
 * crosses none. Rollups are dated with the start of their local day: the last two days hold today's and yesterday's, also just after midnight.
 */
export const schoolRules: readonly AlertRule[] = [
  {
    ...rollup,
    uid: 'cg-link-target',
    title: { zh: '出口带宽不达标', en: 'Uplink misses its target' },
    severity: 'critical',
    query: select({
      columns: [last('missed')],
      from: 'school_1d',
      where: [is('indicator', 'uplink')],
      by: [...school, 'target']
    }),
    fromS: 2 * day,
    crosses: above(0),
    summary: {
      zh: '学校 {{ .Labels.school }} 的出口带宽本期判定为不达标（指标 {{ .Labels.target }}）',
      en: 'the uplink of school {{ .Labels.school }} misses {{ .Labels.target }} in the running period'
    },
    advice: {
      zh: '打开学校页看测试记录：多日未通过的，请联系运营商核对签约带宽和端口速率；修好后测试会自动重新判定。每月 20 日新一期从头判定，那天的“恢复”不等于修好。',
      en: 'See the tests on the school’s dashboard; ask the provider about contract and port speed. Passing tests clear it by themselves. On the 20th a new period begins: what resolves that day is not mended by that.'
    },
    link: 'school'
  },
  {
    ...rollup,
    uid: 'cg-link-below',
    title: { zh: '出口测试未达到带宽档', en: 'Uplink tested below its tier' },
    severity: 'warning',
    query: select({ columns: [last('below')], from: 'bandwidth_1d', by: [...school, 'device', 'check', 'direction'] }),
    fromS: 2 * day,
    crosses: above(0),
    summary: {
      zh: '学校 {{ .Labels.school }} 最近一天的带宽测试全部未通过（设备 {{ .Labels.device }}，方向 {{ .Labels.direction }}）',
      en: 'on its last day every decided bandwidth test of school {{ .Labels.school }} failed (device {{ .Labels.device }}, {{ .Labels.direction }})'
    },
    advice: {
      zh: '一天未通过还不是“不达标”。先看网关网口是否降速、线路是否换过，再等下一夜的测试。',
      en: 'One day is no verdict yet. Check the gateway’s port speed and recent changes, then wait for the next night.'
    },
    link: 'school'
  },
  {
    uid: 'cg-school-silent',
    title: { zh: '学校失联', en: 'School is silent' },
    severity: 'warning',
    database: 'raw',
    // Counts time in the school's own hours only, so nights, weekends and vacations need no mute timing. Absent where no agent was ever heard.
    query: select({ columns: [last('silent_hours_s')], from: 'school', by: school }),
    fromS: 15 * 60,
    crosses: above(hour),
    // After an outage of the collector all schools were silent in its eyes: agents are back within five minutes, and the next state five later.
    forS: 20 * 60,
    silence: 'OK',
    summary: {
      zh: '学校 {{ .Labels.school }} 的探针在校时段内已超过 1 小时没有上报',
      en: 'no agent of school {{ .Labels.school }} was heard for more than one of its school hours'
    },
    advice: {
      zh: '失联不等于不达标：先确认学校是否停电、断网或关机，再看装探针的机器是否在运行。',
      en: 'Silence is no verdict: ask about power, the line and the machine that runs the agent.'
    },
    link: 'school'
  },
  {
    uid: 'cg-recorder',
    title: { zh: '录播主机在校时段内不可用', en: 'Recorder not ready in school hours' },
    severity: 'warning',
    database: 'raw',
    // 1 only when every reading of half an hour failed in the school's hours; one that says nothing, or lies outside them, makes it 0.
    query: select({ columns: [min('failed_in_hours')], from: 'recording', by: [...school, 'room', 'device'] }),
    fromS: 30 * 60,
    crosses: above(0),
    forS: 10 * 60,
    silence: 'OK',
    summary: {
      zh: '学校 {{ .Labels.school }} 教室 {{ .Labels.room }} 的录播主机 {{ .Labels.device }} 半小时内的检测全部失败',
      en: 'every check of recorder {{ .Labels.device }} (room {{ .Labels.room }}, school {{ .Labels.school }}) failed for half an hour'
    },
    advice: {
      zh: '看录播主机是否开机、网线是否接好，再在学校页看失败原因（主机不通、端口未开、没有画面等）；缺账号、连接数已满不会触发。',
      en: 'Is it switched on and connected? The school’s dashboard names the reason. A missing login or a full recorder never fires.'
    },
    link: 'school'
  },
  {
    ...rollup,
    uid: 'cg-panels',
    title: { zh: '一体机可用率低', en: 'Panels are seldom available' },
    severity: 'info',
    // Whole days only: the running one begins with nothing, and of a vacation's first school day there is no other. A day on which a machine sent
    // nothing at all has no point: only days on which it was seen count.
    query: select({
      columns: [mean('available_pct')],
      from: 'host_1d',
      where: [is('kind', 'panel')],
      by: school
    }),
    fromS: 8 * day,
    toS: day,
    crosses: { op: 'lt', than: 50 },
    summary: {
      zh: '学校 {{ .Labels.school }} 的一体机前七天在校时段平均可用率只有 {{ with .Values.B }}{{ printf "%.0f" .Value }}{{ end }}%（按有数据的日子计）',
      en: 'panels of school {{ .Labels.school }} ran {{ with .Values.B }}{{ printf "%.0f" .Value }}{{ end }} % of school hours in the seven days before today (days with data)'
    },
    advice: {
      zh: '提示，不是判定：可能只是上课才开机。可在教室页看哪些教室长期不开。',
      en: 'A hint, no verdict: they may only be on during lessons. The rooms dashboard shows which ones.'
    },
    link: 'school'
  },
  {
    ...rollup,
    uid: 'cg-ipv6-lost',
    title: { zh: 'IPv6 丢失', en: 'IPv6 was lost' },
    severity: 'warning',
    query: select({ columns: [last('lost')], from: 'ipv6_1d', by: [...school, 'device', 'check'] }),
    fromS: 2 * day,
    crosses: above(0),
    summary: {
      zh: '学校 {{ .Labels.school }} 一周内有过 IPv6，最近一天全部失败（设备 {{ .Labels.device }}）',
      en: 'school {{ .Labels.school }} had IPv6 within a week and failed on its last day (device {{ .Labels.device }})'
    },
    advice: {
      zh: '看学校页的 IPv6 状态停在哪一层（地址、路由、DNS、连接），再联系运营商或核对网关设置。',
      en: 'The school’s dashboard says at which layer it ends (address, route, DNS, connection).'
    },
    link: 'school'
  }
]

/** The collector and its way to InfluxDB. Here alone no data is an alarm: without it every other rule would be quiet. */
export const pipelineRules: readonly AlertRule[] = [
  {
    uid: 'cg-pipeline-lag',
    title: { zh: '采集管道滞后或中断', en: 'Pipeline lags or is cut' },
    severity: 'critical',
    database: 'raw',
    query: select({ columns: [last('behind_s')], from: 'pipeline' }),
    fromS: 10 * 60,
    crosses: above(15 * 60),
    forS: 5 * 60,
    silence: 'Alerting',
    summary: {
      zh: '数据送到 InfluxDB 滞后超过 15 分钟，或已中断{{ with .Values.B }}（滞后 {{ printf "%.0f" .Value }} 秒）{{ end }}；期间其他告警不可信',
      en: 'data reach InfluxDB more than 15 minutes late or not at all{{ with .Values.B }} ({{ printf "%.0f" .Value }} s){{ end }}; other alerts are blind until then'
    },
    advice: {
      zh: '在采集端运行 campus-gauge sink status，或看 /agents 页“数据外送”一节：那里写明原因。数据不会丢，恢复后自动补齐。',
      en: 'Run campus-gauge sink status on the collector, or see /agents: it says why. Nothing is lost; it catches up by itself.'
    },
    link: 'pipeline'
  },
  {
    uid: 'cg-dead-letters',
    title: { zh: '有数据点被拒收', en: 'Dead letters' },
    severity: 'warning',
    database: 'raw',
    query: select({ columns: [last('refused_n')], from: 'pipeline' }),
    fromS: 10 * 60,
    crosses: above(0),
    forS: 5 * 60,
    silence: 'OK',
    summary: {
      zh: '有 {{ with .Values.B }}{{ printf "%.0f" .Value }} 个{{ end }}数据点没有写进 InfluxDB，已单独保存',
      en: '{{ with .Values.B }}{{ printf "%.0f" .Value }} {{ end }}points did not get into InfluxDB and are kept aside'
    },
    advice: {
      zh: '运行 campus-gauge sink dead-letters 看原因；修正后 sink replay 重发，确认无用的 sink drop。判定和通报不受影响。',
      en: 'campus-gauge sink dead-letters says why; sink replay sends them again, sink drop forgets them. Verdicts do not depend on them.'
    },
    link: 'pipeline'
  }
]
