import type { Verdict } from './verdict.ts'

export type Language = 'zh' | 'en'

/** A verdict in words: what was found, and for `unknown` what is missing and by when. Every reason of every rule has a sentence. */
export const explain = (
  verdict: Pick<Verdict, 'indicator' | 'verdict' | 'reason' | 'facts'>,
  language: Language
): string => {
  const sentences = table[verdict.indicator]?.[verdict.reason] ?? table['any']?.[verdict.reason]
  if (sentences === undefined) return language === 'zh' ? `原因：${verdict.reason}` : `Reason: ${verdict.reason}`
  return sentences[language].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(verdict.facts[name] ?? '?'))
}

type Sentences = Readonly<Record<string, Readonly<Record<Language, string>>>>

/** indicator → reason → sentence. `{name}` is a fact of the verdict. */
const table: Readonly<Record<string, Sentences>> = {
  any: {
    not_applicable: { zh: '本校不适用此项指标。', en: 'This target does not apply to this school.' },
    no_rule: { zh: '本系统尚无此项指标的判定规则。', en: 'There is no rule for this target yet.' },
    vacation: {
      zh: '本期在校日少于 5 天，沿用上期结果，不参加排名。',
      en: 'Fewer than 5 school days in this period: carried over, not ranked.'
    }
  },
  'broadband-access': {
    off_site_answers: {
      zh: '{have_days} 天里有不少于 {want_subjects} 个校外站点应答（要求 {want_days} 天）。',
      en: 'On {have_days} days at least {want_subjects} off-site subjects answered ({want_days} days are required).'
    },
    declared_no_line: {
      zh: '据实申报：学校没有接入线路（{source}，{as_of}，{by}）。',
      en: 'Declared: the school has no line ({source}, {as_of}, {by}).'
    },
    declaration_contradicted: {
      zh: '申报为没有线路（{source}，{as_of}），但有 {have_days} 天测到校外站点应答，请核实申报。',
      en: 'Declared to have no line ({source}, {as_of}), yet off-site subjects answered on {have_days} days: check the declaration.'
    },
    off_site_fails: {
      zh: '有 {bad_days} 天数据经其他线路实时送达，而校外站点全部不通。',
      en: 'On {bad_days} days readings arrived live over another line while every off-site subject failed.'
    },
    no_off_site_check: {
      zh: '只配置了 {have_subjects} 个校外站点，至少需要 {want_subjects} 个：请在采集端配置中增加校外站点检测。',
      en: 'Only {have_subjects} off-site subjects are configured, {want_subjects} are needed: add off-site portal checks to the collector configuration.'
    },
    no_readings: {
      zh: '本期还没有收到网站检测数据：请检查探针是否在线。最早 {earliest_day} 可判定。',
      en: 'No portal readings in this period yet: check that the agent is online. Can be judged on {earliest_day} at the earliest.'
    },
    no_off_site_answer: {
      zh: '还没有校外站点应答的记录，本机和校内站点的应答不作为证据。需要 {want_days} 天、每天 {want_subjects} 个校外站点应答，最早 {earliest_day} 可判定。',
      en: 'No off-site subject has answered yet; answers from this host or site prove nothing. Needs {want_subjects} off-site subjects on {want_days} days, {earliest_day} at the earliest.'
    },
    too_few_days: {
      zh: '已有 {have_days} 天合格，需要 {want_days} 天（每天 {want_subjects} 个校外站点应答），最早 {earliest_day} 可判定。',
      en: '{have_days} good days so far, {want_days} needed ({want_subjects} off-site subjects answering each day): {earliest_day} at the earliest.'
    },
    period_too_short: {
      zh: '已有 {have_days} 天合格，本期剩余天数不足 {want_days} 天，本期无法判定。',
      en: '{have_days} good days so far; too few days are left in this period to reach {want_days}.'
    }
  },
  'room-port': {
    all_rooms: {
      zh: '{rooms} 间教室全部合格：{port_rooms} 间千兆端口，{wireless_rooms} 间无线合格。',
      en: 'All {rooms} rooms qualify: {port_rooms} by a 1000M port, {wireless_rooms} by wireless.'
    },
    rooms_missed: {
      zh: '{rooms} 间教室中 {missed_rooms} 间既无千兆端口也无合格无线：{names}。',
      en: '{missed_rooms} of {rooms} rooms have neither a 1000M port nor sufficient wireless: {names}.'
    },
    ledger_incomplete: {
      zh: '台账里没有登记教室：请先登记教室和设备。',
      en: 'The ledger has no rooms for this school: register its rooms and devices first.'
    },
    no_device: {
      zh: '{unknown_rooms} 间教室没有登记可测量的设备：请在台账中登记教室里的一体机，或交换机端口对照。',
      en: '{unknown_rooms} rooms have no device to measure: register the panel of each room, or the switch port map.'
    },
    not_measured: {
      zh: '{unknown_rooms} 间教室 7 天内没有端口数据：请检查这些教室的探针是否在线。',
      en: '{unknown_rooms} rooms have no port readings within 7 days: check that their agents are online.'
    },
    port_unreadable: {
      zh: '{unknown_rooms} 间教室的端口速率读不出来（虚拟机、网线未插或驱动不报告速率）：请在实体设备上测量，或补充交换机端口对照。',
      en: 'The port speed of {unknown_rooms} rooms cannot be read (virtual machine, no cable, or a driver that does not tell): measure on real hardware or add the switch port map.'
    },
    card_unknown: {
      zh: '{unknown_rooms} 间教室的设备协商低于千兆，但设备网卡本身可能只支持百兆，不能据此判定教室端口：请换千兆设备测量或补充交换机端口对照。',
      en: 'The devices of {unknown_rooms} rooms negotiated less than 1000M, but their own card may be a 100M one and proves nothing about the room: measure with a 1000M device or add the switch port map.'
    },
    wireless_unknown: {
      zh: '{unknown_rooms} 间教室的有线端口低于千兆，但无线情况未知（无线合格也算达标）：请测量无线，或申报没有无线覆盖。',
      en: 'The wired ports of {unknown_rooms} rooms are below 1000M, but wireless is not known (it would do): measure it, or declare that there is none.'
    }
  }
}

/** Every reason that has a sentence, for the test that no rule speaks without words. */
export const explained = (indicator: string): string[] => [
  ...Object.keys(table[indicator] ?? {}),
  ...Object.keys(table['any'] ?? {})
]
