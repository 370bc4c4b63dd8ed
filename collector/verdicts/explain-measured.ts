import type { Sentences } from './explain.ts'

const byWhen = {
  zh: '已有 {have_days} 个在校日有效，需要 {want_days} 个，最早 {earliest_day} 可判定。',
  en: '{have_days} school days count so far, {want_days} are needed: {earliest_day} at the earliest.'
}
const tooShort = {
  zh: '已有 {have_days} 个在校日有效，需要 {want_days} 个，本期剩余的在校日不够，本期无法判定，下期重新计算。',
  en: '{have_days} school days count so far, {want_days} are needed, and too few are left in this period. The next period starts anew.'
}
const source = { zh: '（{source}，{as_of}，{by}）', en: '({source}, {as_of}, {by})' }

const ipv6: Sentences = {
  users_reach: {
    zh: '{have_days} 个在校日的上课时间里，用户侧测 IPv6 共 {total_samples} 次，{good_samples} 次可用，占 {measured_pct} %（要求 {ratio_pct} %）。',
    en: 'In the school hours of {have_days} days IPv6 worked in {good_samples} of {total_samples} samples from the users’ side: {measured_pct} % ({ratio_pct} % is required).'
  },
  users_fail: {
    zh: '{have_days} 个在校日的上课时间里，用户侧测 IPv6 共 {total_samples} 次，只有 {good_samples} 次可用，占 {measured_pct} %，不足 {ratio_pct} %。最常见的原因：{cause}。请把这句话转给网络管理员或运营商。',
    en: 'In the school hours of {have_days} days IPv6 worked in only {good_samples} of {total_samples} samples from the users’ side: {measured_pct} %, below {ratio_pct} %. Commonest cause: {cause}. Pass this on to the network administrator or the operator.'
  },
  no_check: {
    zh: '还没有配置 IPv6 检测：请在采集端配置中给一体机加上 IPv6 检测。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
    en: 'No IPv6 check is configured: add one for the panels to the collector’s configuration. Needs {want_days} school days, {earliest_day} at the earliest.'
  },
  no_readings: {
    zh: '本期还没有可用的 IPv6 数据：请检查一体机是否开机联网、探针是否在线。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
    en: 'No usable IPv6 reading in this period yet: check that the panels are on and connected and their agents online. Needs {want_days} school days, {earliest_day} at the earliest.'
  },
  wan_only: {
    zh: '只在网关出口测到 IPv6，说明不了师生能不能用：请在教室一体机上也开 IPv6 检测。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
    en: 'IPv6 was measured at the gateway’s outside only, which says nothing about users: let a classroom panel measure it too. Needs {want_days} school days, {earliest_day} at the earliest.'
  },
  too_few_days: {
    zh: `每个在校日上课时间内至少要测 {want_samples} 次才算。${byWhen.zh}请让一体机上课时保持开机。`,
    en: `A school day counts with {want_samples} samples in school hours. ${byWhen.en} Keep the panels on during lessons.`
  },
  period_too_short: { zh: tooShort.zh, en: tooShort.en }
}

/** What recording rooms and synchronous classrooms share; `zh` and `en` name the room. */
const recorder = (zh: string, en: string): Sentences => ({
  declared_none: {
    zh: `申报：学校没有${zh}${source.zh}。`,
    en: `Declared: the school has no ${en} ${source.en}.`
  },
  declaration_contradicted: {
    zh: `申报为没有${zh}${source.zh}，但“{room}”有 {have_days} 天测到录播主机正常出画面，请核实申报。`,
    en: `Declared to have no ${en} ${source.en}, yet the recorder of “{room}” sent media on {have_days} days: check the declaration.`
  },
  rooms_fail: {
    zh: `登记的 {rooms} 间${zh}都不合格，最好的“{room}”也有 {bad_days} 个在校日不合格、没有一天合格。最常见的原因：{cause}。请联系录播设备维护单位。`,
    en: `All {rooms} rooms fail as ${en}; even “{room}” failed on {bad_days} school days and never worked. Commonest cause: {cause}. Ask whoever maintains the recorder.`
  },
  ledger_incomplete: {
    zh: `台账里没有登记${zh}：有就请在台账的教室里注明并登记录播主机，没有就请申报“没有”。`,
    en: `The ledger has no ${en}: mark the room and register its recorder, or declare that there is none.`
  },
  no_recorder: {
    zh: `${zh}“{room}”没有登记录播主机：请在台账中登记这台设备。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。`,
    en: `No recorder is registered for “{room}” (${en}): enter it in the ledger. Needs {want_days} school days, {earliest_day} at the earliest.`
  },
  no_check: {
    zh: `${zh}“{room}”的录播主机还没有配置检测：请在采集端配置中增加录播检测。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。`,
    en: `The recorder of “{room}” (${en}) is not checked: add a recording check to the collector’s configuration. Needs {want_days} school days, {earliest_day} at the earliest.`
  },
  no_readings: {
    zh: `${zh}“{room}”本期上课时间内还没有可用数据：请检查负责检测它的探针是否在线。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。`,
    en: `No usable reading of “{room}” (${en}) in school hours of this period yet: check that the agent that measures it is online. Needs {want_days} school days, {earliest_day} at the earliest.`
  },
  auth_required: {
    zh: `“{room}”的录播主机要账号密码：请在探针上补充录播主机账号。${byWhen.zh}`,
    en: `The recorder of “{room}” wants a login: give the agent the recorder’s account. ${byWhen.en}`
  },
  busy: {
    zh: `“{room}”的录播主机连接数已满，测不到：请关掉多余的播放端，或在主机上增加连接数。${byWhen.zh}`,
    en: `The recorder of “{room}” takes no more sessions and cannot be measured: close players that are not needed, or raise its limit. ${byWhen.en}`
  },
  picture_doubtful: {
    zh: `“{room}”有画面传来，但可能静止、黑屏或定格，不能确定：请到现场看一眼镜头和主机。${byWhen.zh}`,
    en: `Media of “{room}” arrives, but the picture may be still, black or frozen: have a look at camera and recorder. ${byWhen.en}`
  },
  too_few_days: { zh: `“{room}”${byWhen.zh}`, en: `“{room}”: ${byWhen.en}` },
  period_too_short: { zh: `“{room}”${tooShort.zh}`, en: `“{room}”: ${tooShort.en}` }
})

/** What the rules about measured indicators say, beside access, uplinks and ports. */
export const measuredSentences: Readonly<Record<string, Sentences>> = {
  ipv6,
  'recording-room': {
    ...recorder('高清录播教室', 'HD recording room'),
    rooms_work: {
      zh: '录播教室“{room}”有 {have_days} 个在校日测到高清画面（要求 {want_days} 天，不低于 {width_px}×{height_px}）。',
      en: 'Recording room “{room}” sent HD media on {have_days} school days ({want_days} are required, at least {width_px}×{height_px}).'
    },
    spec_unknown: {
      zh: `“{room}”有画面传来，但读不出分辨率，不能确定是否高清：请在录播主机上把主码流设为 H.264 或 H.265，或升级探针。${byWhen.zh}`,
      en: `Media of “{room}” arrives, but its size cannot be read, so HD is open: set the recorder’s main stream to H.264 or H.265, or update the agent. ${byWhen.en}`
    }
  },
  'sync-classroom': {
    ...recorder('同频互动课堂教室', 'synchronous interactive classroom'),
    rooms_work: {
      zh: '同频互动课堂教室“{room}”有 {have_days} 个在校日设备正常（要求 {want_days} 天），其中 {live_days} 天测到正在直播。',
      en: 'The equipment of synchronous classroom “{room}” worked on {have_days} school days ({want_days} are required) and was live on {live_days} of them.'
    },
    never_live: {
      zh: '“{room}”有 {have_days} 个在校日设备正常，但测到直播的只有 {live_days} 天，需要 {want_live_days} 天：请在下次互动课时让探针在线，测到直播即可判定。',
      en: '“{room}” worked on {have_days} school days, but was seen live on {live_days} only, {want_live_days} needed: keep the agent online during the next interactive lesson.'
    }
  },
  'panel-coverage': {
    rooms_run: {
      zh: '{rooms} 间教室中 {running_rooms} 间的一体机在用，占 {running_pct} %（要求 {share_pct} %）。',
      en: 'Panels run in {running_rooms} of {rooms} rooms: {running_pct} % ({share_pct} % is required).'
    },
    declared_without: {
      zh: `申报：{declared_rooms} 间教室没有一体机${source.zh}。共 {rooms} 间，测到在用 {running_rooms} 间，达不到 {share_pct} %。`,
      en: `Declared: {declared_rooms} rooms have no panel ${source.en}. Of {rooms} rooms panels run in {running_rooms}; {share_pct} % cannot be reached.`
    },
    declaration_contradicted: {
      zh: `申报 {declared_rooms} 间教室没有一体机${source.zh}，但 {rooms} 间教室中已测到 {running_rooms} 间在用，请核实申报。`,
      en: `Declared: {declared_rooms} rooms without a panel ${source.en}, yet panels run in {running_rooms} of {rooms} rooms: check the declaration.`
    },
    ledger_incomplete: {
      zh: '台账里没有登记教室：请先登记教室和教室里的一体机。',
      en: 'The ledger has no rooms for this school: register its rooms and their panels first.'
    },
    no_panel: {
      zh: '{rooms} 间教室中 {no_panel_rooms} 间没有登记一体机：有就请登记并安装探针，没有就请申报没有一体机的教室数。目前 {running_rooms} 间在用，要求 {share_pct} %。',
      en: '{no_panel_rooms} of {rooms} rooms have no panel in the ledger: register it and install an agent, or declare how many rooms have none. Panels run in {running_rooms}; {share_pct} % is required.'
    },
    silent: {
      zh: '{rooms} 间教室中 {silent_rooms} 间的一体机数据不够：请上课时开机并检查探针。目前 {running_rooms} 间在用，要求 {share_pct} %；每台需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
      en: 'The panels of {silent_rooms} of {rooms} rooms have reported too little: keep them on during lessons and check their agents. Panels run in {running_rooms}, {share_pct} % is required; each needs {want_days} school days, {earliest_day} at the earliest.'
    }
  },
  'platform-reach': {
    panels_reach: {
      zh: '{panels} 台一体机都能打开平台网站（{subjects}），每台不少于 {want_days} 天。',
      en: 'All {panels} panels open the platform’s sites ({subjects}), each on {want_days} days or more.'
    },
    panels_fail: {
      zh: '{panels} 台一体机中 {failing_panels} 台打不开 {failing_subjects}：多达 {fail_days} 个在校日连不上，而同一台当天能打开其他校外网站，平台本身也正常。请检查学校的上网过滤和域名解析。',
      en: '{failing_panels} of {panels} panels cannot open {failing_subjects}: on up to {fail_days} school days it failed while the same panel reached another off-site subject and the platform answered elsewhere. Check the school’s filters and name resolution.'
    },
    no_panels: {
      zh: '台账里没有登记一体机：请先登记教室里的一体机并安装探针。',
      en: 'The ledger has no panels for this school: register them and install agents first.'
    },
    no_check: {
      zh: '还有一体机没有配置平台网站（{subjects}）的检测：请在采集端配置中补上。每台每个网站需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
      en: 'Some panels have no check of the platform’s sites ({subjects}): add it to the collector’s configuration. Each panel and site needs {want_days} school days, {earliest_day} at the earliest.'
    },
    silent: {
      zh: '{panels} 台一体机中 {unknown_panels} 台还判定不了，多数是没有数据：请上课时开机并检查探针。每台每个网站需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
      en: '{unknown_panels} of {panels} panels are open, most for lack of readings: keep them on during lessons and check their agents. Each panel and site needs {want_days} school days, {earliest_day} at the earliest.'
    },
    platform_down: {
      zh: '平台网站（{subjects}）打不开的那些天，没有任何学校打开过，不能算学校的问题，学校不用处理。{unknown_panels} 台一体机待判定，每台每个网站需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
      en: 'On the days on which the platform’s sites ({subjects}) failed they answered nowhere, which is not this school’s doing. {unknown_panels} panels are open; each panel and site needs {want_days} school days, {earliest_day} at the earliest.'
    },
    too_few_days: {
      zh: '{panels} 台一体机中 {unknown_panels} 台的天数不够：最少的一台 {have_days} 个在校日能打开平台网站，需要 {want_days} 个，最早 {earliest_day} 可判定。',
      en: '{unknown_panels} of {panels} panels have too few days: the least has opened a platform site on {have_days} school days, {want_days} are needed, {earliest_day} at the earliest.'
    },
    period_too_short: {
      zh: '{panels} 台一体机中 {unknown_panels} 台的天数不够（最少的一台 {have_days} 个，需要 {want_days} 个），本期剩余的在校日不够，本期无法判定，下期重新计算。',
      en: '{unknown_panels} of {panels} panels have too few days (the least {have_days} of {want_days}), and too few school days are left in this period. The next period starts anew.'
    }
  },
  'device-activity': {
    reported: {
      zh: '设备活跃度 {activity_pct} %：{panels} 台一体机，{have_days} 个在校日有设备在用（要求 {want_days} 天）。',
      en: 'Device activity {activity_pct} %: {panels} panels, in use on {have_days} school days ({want_days} are required).'
    },
    declared_none: {
      zh: `申报：学校没有在用的设备${source.zh}。`,
      en: `Declared: the school has no device in use ${source.en}.`
    },
    declaration_contradicted: {
      zh: `申报为没有在用的设备${source.zh}，但有 {have_days} 个在校日测到一体机在用，请核实申报。`,
      en: `Declared to have no device in use ${source.en}, yet panels ran on {have_days} school days: check the declaration.`
    },
    no_panels: {
      zh: '台账里没有登记一体机：请先登记教室里的一体机并安装探针。',
      en: 'The ledger has no panels for this school: register them and install agents first.'
    },
    silent: {
      zh: '{panels} 台一体机本期上课时间内都没有数据：请上课时开机并检查探针。需要 {want_days} 个在校日，最早 {earliest_day} 可判定。',
      en: 'None of the {panels} panels has reported in school hours of this period: keep them on during lessons and check their agents. Needs {want_days} school days, {earliest_day} at the earliest.'
    },
    too_few_days: {
      zh: `目前活跃度 {activity_pct} %。${byWhen.zh}请上课时让一体机开机。`,
      en: `Device activity is {activity_pct} % so far. ${byWhen.en} Keep the panels on during lessons.`
    },
    below_least: {
      zh: '测到的设备活跃度 {activity_pct} %，未到 {least_pct} %，但 {panels} 台中 {silent_panels} 台没有数据，分不清是没用还是探针离线：请检查探针。',
      en: 'Device activity as measured is {activity_pct} %, not yet {least_pct} %; {silent_panels} of {panels} panels are silent, and a panel that is off looks like an agent that is: check the agents.'
    }
  }
}
