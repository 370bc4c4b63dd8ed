import type { Sentences } from './explain.ts'

const declare = {
  zh: '请在台账的申报事实中填写 {fact}（present 表示有，none 表示没有），写明来源、日期和申报人。',
  en: 'Enter the declared fact {fact} (present or none) in the ledger, with source, date and name.'
}

/** What the rules about declared facts say. Every sentence that rests on a declaration says so (申报), with source, date and name. */
export const declaredSentences: Readonly<Record<string, Sentences>> = {
  declared: {
    declared_present: {
      zh: '申报：有（{source}，{as_of}，{by}）。这是申报，不是测量。',
      en: 'Declared to be there ({source}, {as_of}, {by}). This is a declaration, not a measurement.'
    },
    declared_none: {
      zh: '申报：没有（{source}，{as_of}，{by}）。',
      en: 'Declared not to be there ({source}, {as_of}, {by}).'
    },
    not_declared: {
      zh: `本项无法测量，要靠申报，目前还没有申报。${declare.zh}`,
      en: `This cannot be measured and has not been declared yet. ${declare.en}`
    },
    bad_declaration: {
      zh: '申报事实 {fact} 的值“{declared_value}”看不懂（{source}，{as_of}，{by}）：请改为 present（有）或 none（没有）。',
      en: 'The declared fact {fact} has the value “{declared_value}” ({source}, {as_of}, {by}), which says neither present nor none: correct it.'
    }
  },
  'device-ratio': {
    ratios_hold: {
      zh: '教师 {teachers} 人，申报教师用计算机 {teacher_computers} 台；学生 {pupils} 人，申报学生用计算机 {pupil_computers} 台：都够（每台教师机不超过 {teachers_per_computer} 人，每台学生机不超过 {pupils_per_computer} 人）。申报依据：{declarations}。',
      en: '{teachers} teachers with {teacher_computers} declared computers and {pupils} pupils with {pupil_computers}: enough (at most {teachers_per_computer} teachers and {pupils_per_computer} pupils to a computer). Declared by: {declarations}.'
    },
    ratio_fails: {
      zh: '计算机不够：教师 {teachers} 人，申报教师用计算机 {teacher_computers} 台（每台不超过 {teachers_per_computer} 人）；学生 {pupils} 人，申报学生用计算机 {pupil_computers} 台（每台不超过 {pupils_per_computer} 人）。申报依据：{declarations}。',
      en: 'Too few computers: {teachers} teachers with {teacher_computers} declared (at most {teachers_per_computer} to a computer), {pupils} pupils with {pupil_computers} (at most {pupils_per_computer} to a computer). Declared by: {declarations}.'
    },
    ledger_incomplete: {
      zh: '台账缺教师数或学生数（教师 {teachers}，学生 {pupils}）：请在台账中补充。',
      en: 'The ledger lacks the number of teachers or pupils (teachers {teachers}, pupils {pupils}): add it.'
    },
    not_declared: {
      zh: '计算机台数还没有申报齐（教师用 {teacher_computers}，学生用 {pupil_computers}）：请在台账中申报 teacher-computers 和 pupil-computers，写明来源、日期和申报人。',
      en: 'The number of computers is not fully declared (teachers’ {teacher_computers}, pupils’ {pupil_computers}): declare teacher-computers and pupil-computers with source, date and name.'
    },
    bad_declaration: {
      zh: '申报的计算机台数不是整数（教师用 {teacher_computers}，学生用 {pupil_computers}）：请只填数字。',
      en: 'The declared number of computers is not a whole number (teachers’ {teacher_computers}, pupils’ {pupil_computers}): enter digits only.'
    }
  },
  'monthly-report': {
    submitted: {
      zh: '申报：本期数据已按时报送（{source}，{as_of}，{by}）。',
      en: 'Declared: the figures of this period were submitted in time ({source}, {as_of}, {by}).'
    },
    late: {
      zh: '申报：本期数据迟报（{source}，{as_of}，{by}）。',
      en: 'Declared: the figures of this period came late ({source}, {as_of}, {by}).'
    },
    not_declared: {
      zh: '还没有登记本期数据是否报送：请在 {last_day} 之前报送，并登记申报事实 {fact}（submitted 按时，late 迟报）。',
      en: 'Nobody has entered yet whether the figures of this period were submitted: submit them by {last_day} and enter the declared fact {fact} (submitted or late).'
    }
  },
  reachable: {
    answers: {
      zh: '申报有此系统（{source}，{as_of}，{by}），其主机 {host} 有 {have_days} 天应答（要求 {want_days} 天）。',
      en: 'Declared to be there ({source}, {as_of}, {by}), and its host {host} answered on {have_days} days ({want_days} are required).'
    },
    fails: {
      zh: '申报有此系统（{source}，{as_of}，{by}），但主机 {host} 在 {failed_days} 个在校日都不通，本期没有应答过：请检查系统和线路。',
      en: 'Declared to be there ({source}, {as_of}, {by}), but its host {host} failed on {failed_days} school days and never answered in this period: check the system and its line.'
    },
    declared_none: {
      zh: '申报：没有此系统（{source}，{as_of}，{by}）。',
      en: 'Declared: there is no such system ({source}, {as_of}, {by}).'
    },
    declaration_contradicted: {
      zh: '申报为没有（{source}，{as_of}，{by}），但主机 {host} 有 {have_days} 天应答，请核实申报。',
      en: 'Declared not to be there ({source}, {as_of}, {by}), yet its host {host} answered on {have_days} days: check the declaration.'
    },
    not_declared: {
      zh: `还没有申报是否有此系统。${declare.zh}再用 {host_fact} 申报主机地址。`,
      en: `Nobody has declared yet whether the system is there. ${declare.en} Then declare its host as {host_fact}.`
    },
    no_check: {
      zh: '申报有此系统（{source}，{as_of}，{by}），但没有对主机（{host}）的 ping 或网站检测：请用 {host_fact} 申报主机地址，并在采集端配置中增加检测。',
      en: 'Declared to be there ({source}, {as_of}, {by}), but no ping or portal check looks at its host ({host}): declare the host as {host_fact} and add a check to the collector configuration.'
    },
    no_readings: {
      zh: '本期还没有收到主机 {host} 的检测数据：请检查探针是否在线。需要 {want_days} 天应答，最早 {earliest_day} 可判定。',
      en: 'No readings of host {host} in this period yet: check that the agent is online. Needs answers on {want_days} days, {earliest_day} at the earliest.'
    },
    too_few_days: {
      zh: '主机 {host} 已有 {have_days} 天应答，需要 {want_days} 天，最早 {earliest_day} 可判定；另有 {failed_days} 个在校日不通。',
      en: 'Host {host} answered on {have_days} days so far, {want_days} are needed: {earliest_day} at the earliest. It failed on {failed_days} school days.'
    },
    period_too_short: {
      zh: '主机 {host} 已有 {have_days} 天应答，本期剩余天数不足 {want_days} 天，本期无法判定。',
      en: 'Host {host} answered on {have_days} days so far; too few days are left in this period to reach {want_days}.'
    }
  },
  'key-sites': {
    monitored: {
      zh: '{sites} 个重点网站都有监测数据，每个不少于 {want_days} 天。',
      en: 'All {sites} key sites are monitored, each on at least {want_days} days.'
    },
    no_check: {
      zh: '{sites} 个重点网站中还有没配置检测的：{names}。请在采集端配置中增加网站检测。',
      en: 'Of {sites} key sites some have no check: {names}. Add portal checks to the collector configuration.'
    },
    too_few_days: {
      zh: '{sites} 个重点网站中 {monitored} 个监测够 {want_days} 天，还不够的：{names}（最少的 {have_days} 天）。最早 {earliest_day} 可判定。',
      en: '{monitored} of {sites} key sites were monitored on {want_days} days; not yet: {names} (the least on {have_days}). {earliest_day} at the earliest.'
    },
    period_too_short: {
      zh: '{sites} 个重点网站中 {monitored} 个监测够 {want_days} 天，不够的：{names}（最少的 {have_days} 天）。本期剩余天数不足，本期无法判定。',
      en: '{monitored} of {sites} key sites were monitored on {want_days} days; not: {names} (the least on {have_days}). Too few days are left in this period.'
    }
  }
}
