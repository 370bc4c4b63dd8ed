import { causeText } from './cause-words.ts'
import { declaredSentences } from './explain-declared.ts'
import { measuredSentences } from './explain-measured.ts'
import type { Verdict } from './verdict.ts'

export type Language = 'zh' | 'en'

/** A verdict in words: what was found, and for `unknown` what is missing and by when. Every reason of every rule has a sentence. */
export const explain = (
  verdict: Pick<Verdict, 'indicator' | 'verdict' | 'reason' | 'facts'>,
  language: Language
): string => {
  const sentences = table[verdict.indicator]?.[verdict.reason] ?? table['any']?.[verdict.reason]
  if (sentences === undefined) return language === 'zh' ? `原因：${verdict.reason}` : `Reason: ${verdict.reason}`
  return sentences[language].replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const fact = verdict.facts[name]
    return (name === 'cause' ? causeText(String(fact), language) : undefined) ?? String(fact ?? '?')
  })
}

/** reason → sentence. */
export type Sentences = Readonly<Record<string, Readonly<Record<Language, string>>>>

/** indicator → reason → sentence. `{name}` is a fact of the verdict. */
const table: Readonly<Record<string, Sentences>> = {
  ...declaredSentences,
  ...measuredSentences,
  any: {
    not_applicable: { zh: '本校不适用此项指标。', en: 'This target does not apply to this school.' },
    pack_contradiction: {
      zh: '指标包 {pack_a} 与 {pack_b} 在 {area} 对本项指标的 {field} 规定不一致，改正之前无法判定：请由下发指标包的部门统一。',
      en: 'Packs {pack_a} and {pack_b} say different things about {field} of this target in {area}: nothing can be judged until whoever issues them agrees.'
    },
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
  },
  uplink: {
    carried: {
      zh: '出口 {uplink} 有 {ok_days} 天测得达到 {tier_mbps} Mbit/s（要求 {need_days} 天），最近一次 {seen}，达标线 {line_mbps} Mbit/s。',
      en: 'Uplink {uplink} carried {tier_mbps} Mbit/s on {ok_days} days ({need_days} are required); last measured {seen} against a line of {line_mbps} Mbit/s.'
    },
    carried_provisional: {
      zh: '出口 {uplink} 有 {ok_days} 天测得达到 {tier_mbps} Mbit/s（要求 {need_days} 天），最近一次 {seen}。结论为暂定，待下一次完整测试排除突发额度后确认。',
      en: 'Uplink {uplink} carried {tier_mbps} Mbit/s on {ok_days} days ({need_days} are required); last measured {seen}. Provisional until the next certifying test excludes burst credit.'
    },
    carried_port_limited: {
      zh: '出口 {uplink} 有 {ok_days} 天测得达到 {tier_mbps} Mbit/s（要求 {need_days} 天），最近一次 {seen}。端口本身只有 {tier_mbps} Mbit/s 左右，无法排除运营商的突发额度。',
      en: 'Uplink {uplink} carried {tier_mbps} Mbit/s on {ok_days} days ({need_days} are required); last measured {seen}. Its port is no faster than about {tier_mbps} Mbit/s, so burst credit of the operator cannot be excluded.'
    },
    contracts_carried: {
      zh: '共 {uplinks_n} 条出口，合同带宽合计达到 {tier_mbps} Mbit/s，且各条都测得达到自己的合同带宽档。',
      en: 'The contracts of {uplinks_n} uplinks add up to {tier_mbps} Mbit/s, and each was measured to carry the tier of its own.'
    },
    contracts_provisional: {
      zh: '共 {uplinks_n} 条出口，合同带宽合计达到 {tier_mbps} Mbit/s，且各条都测得达到自己的合同带宽档。结论为暂定，待下一次完整测试确认。',
      en: 'The contracts of {uplinks_n} uplinks add up to {tier_mbps} Mbit/s, and each was measured to carry the tier of its own. Provisional until the next certifying test.'
    },
    below: {
      zh: '本期有 {below_days} 天出口低于 {tier_mbps} Mbit/s 的达标线 {line_mbps} Mbit/s，最近一次 {seen}。请联系运营商核查线路和合同带宽。',
      en: 'On {below_days} days the uplink was below the line of {line_mbps} Mbit/s for {tier_mbps} Mbit/s; last measured {seen}. Ask the operator to check the line and the contract.'
    },
    below_port: {
      zh: '本期有 {below_days} 天，出口 {uplink} 所接网关自己的端口协商速率就低于 {tier_mbps} Mbit/s，因此没有测速。请先检查网线、光模块和两端的端口设置，不是运营商线路的结论。',
      en: 'On {below_days} days the gateway’s own port on uplink {uplink} had negotiated less than {tier_mbps} Mbit/s, so no byte was sent. Check cable, module and the port settings of both ends first: this says nothing about the operator’s line.'
    },
    no_uplink: {
      zh: '台账里没有登记出口：请登记学校的出口线路和测量它的网关，才能测试是否达到 {tier_mbps} Mbit/s。',
      en: 'The ledger has no uplink for this school: register its line and the gateway that measures it, so that {tier_mbps} Mbit/s can be tested.'
    },
    panel_only: {
      zh: '出口 {uplink} 只有教室里的一体机在测，它后面还有校内网络，不能据此判定：请在网关本机（能转发全校流量的设备）上安装探针，并登记为该出口的设备。',
      en: 'Uplink {uplink} is measured by a panel only, which has the school’s own network in between and decides nothing: install an agent on the gateway itself (the machine that forwards the school’s traffic) and register it for this uplink.'
    },
    no_tests: {
      zh: '本期还没有出口 {uplink} 的带宽测试：请检查网关探针是否在线、测试服务器和流量预算是否可用。需要 {need_days} 天达到，最早 {earliest_day} 可判定。',
      en: 'No bandwidth test of uplink {uplink} in this period yet: check that the gateway’s agent is online and that test server and byte budget are available. Needs {need_days} good days, {earliest_day} at the earliest.'
    },
    never_decided: {
      zh: '出口 {uplink} 测了 {tests_n} 次都没有定论（原因见每次测试）：需要 {need_days} 天达到，最早 {earliest_day} 可判定。',
      en: 'None of the {tests_n} tests of uplink {uplink} came to a decision (each says why): needs {need_days} good days, {earliest_day} at the earliest.'
    },
    credit_open: {
      zh: '出口 {uplink} 测得够快，但 {tests_n} 次测试都没能排除突发额度：需要一次完整测试通过，最早 {earliest_day} 可判定。',
      en: 'Uplink {uplink} looks fast enough, but none of {tests_n} tests could exclude burst credit: a certifying test must pass, {earliest_day} at the earliest.'
    },
    credit_ran_out: {
      zh: '测试中看到出口 {uplink} 的突发额度用完，此前的达到天数作废；还有 {ok_days} 天有效，需要 {need_days} 天。',
      en: 'A test saw the burst credit of uplink {uplink} run out, which voids the good days before it: {ok_days} remain, {need_days} are needed.'
    },
    unsteady: {
      zh: '出口 {uplink} 有 {ok_days} 天达到、{below_days} 天低于 {tier_mbps} Mbit/s，最近一次 {seen}，尚不能判定：达标需要 {need_days} 天达到且至多 1 天低于，系统会继续测试。',
      en: 'Uplink {uplink} carried {tier_mbps} Mbit/s on {ok_days} days and was below on {below_days}, last {seen}: not decided. It needs {need_days} good days with at most 1 below; testing goes on.'
    },
    too_few_days: {
      zh: '出口 {uplink} 已有 {ok_days} 天达到 {tier_mbps} Mbit/s，需要 {need_days} 天，最早 {earliest_day} 可判定。',
      en: 'Uplink {uplink} carried {tier_mbps} Mbit/s on {ok_days} days so far, {need_days} are needed: {earliest_day} at the earliest.'
    },
    period_too_short: {
      zh: '出口 {uplink} 有 {ok_days} 天达到 {tier_mbps} Mbit/s，本期剩余天数不足 {need_days} 天，本期无法判定，下期重新计算。',
      en: 'Uplink {uplink} carried {tier_mbps} Mbit/s on {ok_days} days; too few days are left in this period to reach {need_days}. The next period starts anew.'
    },
    contract_unknown: {
      zh: '{uplinks_n} 条出口单独都没有达到 {tier_mbps} Mbit/s，但合计可能达到：请在台账中补充每条出口的合同带宽。',
      en: 'None of the {uplinks_n} uplinks carries {tier_mbps} Mbit/s alone, but together they may: enter the contract of every uplink in the ledger.'
    },
    contract_not_provable: {
      zh: '{uplinks_n} 条出口的合同合计 {contract_sum_mbps} Mbit/s，但合同带宽不是 10、100、500 或 1000，按档测试证明不了 {tier_mbps} Mbit/s：请在台账中核对合同带宽。',
      en: 'The contracts of {uplinks_n} uplinks add up to {contract_sum_mbps} Mbit/s, but contracts other than 10, 100, 500 or 1000 cannot be proven tier by tier to reach {tier_mbps}: check them in the ledger.'
    },
    contracts_open: {
      zh: '{uplinks_n} 条出口单独都没有达到 {tier_mbps} Mbit/s；合同合计 {contract_sum_mbps} Mbit/s，还要每条都测得达到自己的合同带宽档，每条需要 {need_days} 天。',
      en: 'None of the {uplinks_n} uplinks carries {tier_mbps} Mbit/s alone; their contracts add up to {contract_sum_mbps} Mbit/s, and each must still be measured to carry its own tier on {need_days} days.'
    }
  }
}

/** Every reason that has a sentence, for the test that no rule speaks without words. */
export const explained = (indicator: string): string[] => [
  ...Object.keys(table[indicator] ?? {}),
  ...Object.keys(table['any'] ?? {})
]
