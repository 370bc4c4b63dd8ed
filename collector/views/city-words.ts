/** Words of the pages about figures of a city: areas, trends, ranking, bulletins, reminders. */
export const cityWords = {
  nav_areas: { zh: '区域', en: 'Areas' },
  nav_ranking: { zh: '排名', en: 'Ranking' },
  nav_bulletins: { zh: '通报', en: 'Bulletins' },
  nav_reminders: { zh: '催报', en: 'Reminders' },
  simulated: { zh: '模拟数据', en: 'Simulated data' },

  place_title: { zh: '{place} {period}达标情况', en: '{place}: targets met, {period}' },
  groups: { zh: '学校组', en: 'Groups' },
  place_of: { zh: '位次 {place}（共 {n} 个）', en: 'Place {place} of {n}' },
  place_of_composite: { zh: '综合位次 {place}（共 {n} 个）', en: 'Place overall {place} of {n}' },
  may_change: { zh: '（冻结前还会变化）', en: ' (can change until the freeze)' },
  and_more: { zh: '{list}等 {n} 项', en: '{list} and others, {n} in all' },
  carried: { zh: '假期沿用', en: 'carried over' },
  trend_periods: { zh: '近 6 期', en: 'Last 6 periods' },
  goal_reached: { zh: '已达目标', en: 'goal reached' },
  goal_missed: { zh: '未达目标', en: 'goal not reached' },
  goal_open: { zh: '待定（数据不足）', en: 'open (unknown)' },
  trend_open: { zh: '与上期比待定（数据不足）', en: 'change open (unknown)' },
  trend_same: { zh: '与上期持平', en: 'no change' },
  trend_change: { zh: '较上期 {n} 个百分点', en: '{n} points on last' },
  legend_trend: {
    zh: '近 6 期：实心为达标率，向上的细线到最高可能，空心为假期沿用（不排名）。',
    en: ' Last 6 periods: filled points are the share met, thin lines reach what it could be, hollow points are carried over (not ranked).'
  },
  heat: { zh: '下级区域达标率', en: 'Shares of the areas below' },
  heat_caption: { zh: '{area}各旗县区各项指标的达标率（%）', en: 'Share met by target in the areas of {area} (%)' },
  heat_title: {
    zh: '{area} {target}：达标 {met}，数据不足 {unknown}，不达标 {missed}；最高可能 {hi}',
    en: '{area}, {target}: met {met}, unknown {unknown}, missed {missed}; at most {hi}'
  },
  heat_note: {
    zh: '上为达标率，下为最高可能；短横条实心为达标，斜纹为数据不足。位次按可能区间，区间重叠的并列。',
    en: 'Above the share met, below what it could be at most; in the small bar solid is met, hatched unknown. Places go by intervals: those that overlap share a place.'
  },
  place: { zh: '位次', en: 'Place' },
  place_composite: { zh: '综合位次', en: 'Place overall' },
  at_back_short: { zh: '靠后', en: 'at the back' },
  at_back: { zh: '本期靠后', en: 'at the back in this period' },
  left_out: { zh: '未参加', en: 'left out' },
  left_out_why: {
    zh: '多数学校本期在校日少于 5 天，不参加本期比较',
    en: 'most of its schools had fewer than 5 school days: not compared in this period'
  },
  named: { zh: '通报：连续 {n} 个排名周期靠后', en: 'named: at the back in {n} ranked periods running' },
  not_alone: {
    zh: '达标率最低的不止一个，没有单独靠后的区域',
    en: 'shares the lowest figure: nobody is at the back alone'
  },
  named_for: { zh: '通报：{targets}', en: 'named for: {targets}' },
  not_rankable: { zh: '不能判定是否靠后：{pct} 数据不足', en: 'cannot be said to be at the back: {pct} unknown' },
  place_short: { zh: '位次', en: 'Place' },

  ranking_title: { zh: '{period}排名', en: 'Ranking, {period}' },
  ranking_caption: { zh: '{area}：{target}', en: '{area}: {target}' },
  ranking_of: { zh: '排名指标', en: 'Ranked by' },
  ranking_in: { zh: '排名范围', en: 'Areas of' },
  ranking_show: { zh: '查看', en: 'Show' },
  ranking_none: { zh: '本期没有可显示的排名。', en: 'There is no such ranking in this period.' },
  ranking_none_next: {
    zh: '排名在判定算出以后产生，而且至少要有两个下级区域。',
    en: 'A ranking follows the verdicts, and needs at least two areas to compare.'
  },
  composite: { zh: '综合', en: 'Composite' },
  composite_source: {
    zh: '只含指标包给了权重的指标：{targets}',
    en: 'Only the targets to which the packs give a weight: {targets}'
  },
  interval: { zh: '可能区间', en: 'Possible interval' },
  remarks: { zh: '说明', en: 'Remarks' },
  ranking_how_title: { zh: '排名怎样计算', en: 'How the ranking is made' },
  ranking_how: {
    zh: '每个区域的达标率是一个区间：下端是已判定达标的学校占全部适用学校的比例，上端是把数据不足的学校都算作达标时的比例。只有当一个区域的上端低于另一个区域的下端时，才能说它落后于后者；区间重叠或相等的并列，位次写成一个范围。',
    en: 'Every area has an interval: from the share of schools that are known to meet the target to what it would be if all unknown ones met it. An area is behind another only if its upper end lies below the other’s lower end; areas that overlap or are equal share places, written as a range.'
  },
  ranking_how_back: {
    zh: '只有在连续两个参加排名的统计周期里，无论数据不足的学校结果如何都排在最后的区域，才予以通报；数据不足可能改变结论时写明不能判定。假期（在校日少于 5 天）的周期不排名，也不计入连续周期。',
    en: 'An area is named only if it is at the back in two ranked periods running, whatever the unknown schools turn out to be; where they could change that, it says so. Vacation periods (fewer than 5 school days) are not ranked and neither add to the count nor reset it.'
  },
  ranking_how_composite: {
    zh: '综合排名是指标包给了权重的各项指标达标率的加权平均，没有权重的指标不计入，也只算对该区域至少一所学校适用的指标。',
    en: 'The composite is the mean of the shares of those targets to which the packs give a weight (others do not count), over the targets that apply to at least one school of the area.'
  },
  unranked_vacation: {
    zh: '本期不排名：多数学校放假，数据沿用上期。',
    en: 'Not ranked: most schools were on vacation, figures are carried over.'
  },
  unranked_few: { zh: '本期不排名：可以比较的区域不足两个。', en: 'Not ranked: fewer than two areas can be compared.' },
  unknown_of: { zh: '{n} / {total}（{pct}）', en: '{n} of {total} ({pct})' },
  tied_equal: { zh: '与{areas}并列：达标率相同', en: 'shares its place with {areas}: equal shares' },
  tied_overlap: { zh: '与{areas}并列：区间重叠', en: 'shares places with {areas}: intervals overlap' },
  named_title: { zh: '通报', en: 'Named' },
  named_line: { zh: '{area}：连续 {n} 个排名周期靠后', en: '{area}: at the back in {n} ranked periods running' },
  named_in: {
    zh: '{area}（连续 {n} 个排名周期靠后）：{targets}',
    en: '{area} (at the back in {n} ranked periods running): {targets}'
  },
  named_none: { zh: '本期没有需要通报的区域。', en: 'No area is named in this period.' },
  named_none_yet: {
    zh: '目前没有需要通报的区域；冻结前还会变化。',
    en: 'No area would be named so far; this can change until the freeze.'
  },

  note_frozen: { zh: '本期已于 {at} 冻结，显示第 {n} 版。', en: 'Frozen on {at}; this is revision {n}. ' },
  note_old_revision: {
    zh: '这是第 {n} 版（{at}），最新为第 {newest} 版。',
    en: 'This is revision {n} ({at}); the newest is revision {newest}. '
  },
  note_current: {
    zh: '这是冻结以后仍在变动的当前数据，不是通报数据。',
    en: 'These are current figures that still move after the freeze, not those of the bulletin. '
  },
  note_carried: {
    zh: '本期在校日少，沿用上期结果，不排名。',
    en: 'Too few school days: carried over from the period before, not ranked. '
  },
  note_differs: {
    zh: '此后有数据补到，当前数据已有不同。',
    en: 'Readings have arrived since, and the current figures differ. '
  },
  to_bulletin: { zh: '本期通报', en: 'The bulletin' },
  to_current: { zh: '查看当前数据', en: 'Current figures' },
  to_frozen: { zh: '查看冻结数据', en: 'Frozen figures' },

  areas_title: { zh: '区域与学校组', en: 'Areas and groups' },
  areas_none: { zh: '台账里还没有区域。', en: 'The ledger has no areas yet.' },
  area_level: { zh: '级别', en: 'Level' },
  area_packs: { zh: '本级指标包', en: 'Target packs set here' },
  groups_caption: { zh: '各学校组的达标率（%）', en: 'Share met in each group (%)' },
  group: { zh: '学校组', en: 'Group' },

  bulletins_title: { zh: '通报', en: 'Bulletins' },
  bulletins_caption: { zh: '各统计周期的通报，新的在前', en: 'Bulletins by period, newest first' },
  bulletin_rhythm: {
    zh: '统计周期为上月 20 日 0 时至本月 19 日 24 时；15 日、18 日预览并催报，20 日 0 时冻结，25 日发布。',
    en: 'A period runs from the 20th 00:00 to the 19th 24:00; preview and reminders on the 15th and 18th, freeze on the 20th 00:00, publication on the 25th.'
  },
  bulletin_title: { zh: '{period}通报', en: 'Bulletin, {period}' },
  stage: { zh: '阶段', en: 'Stage' },
  stage_future: { zh: '尚未开始', en: 'not begun' },
  stage_open: { zh: '采集中', en: 'readings come in' },
  stage_preview: { zh: '预览', en: 'preview' },
  stage_second_preview: { zh: '二次预览', en: 'second preview' },
  stage_due: { zh: '待冻结', en: 'to be frozen' },
  stage_frozen: { zh: '已冻结', en: 'frozen' },
  stage_published: { zh: '已发布', en: 'published' },
  step_open: { zh: '开始采集', en: 'Readings' },
  step_preview: { zh: '预览、催报', en: 'Preview, reminders' },
  step_second_preview: { zh: '二次预览、催报', en: 'Second preview, reminders' },
  step_freeze: { zh: '冻结', en: 'Freeze' },
  step_publish: { zh: '发布', en: 'Publication' },
  step_done: { zh: '已完成', en: 'done' },
  step_now: { zh: '当前', en: 'now' },
  step_ahead: { zh: '未到', en: 'to come' },
  status_preview: {
    zh: '预览：本期尚未冻结，以下数据还会变化。',
    en: 'Preview: this period is not frozen, the figures below still move.'
  },
  status_frozen: { zh: '第 {n} 版，{at} 生成，内容不再改变。', en: 'Revision {n}, made on {at}; it never changes. ' },
  revision: { zh: '版本', en: 'Revision' },
  revisions: { zh: '版本与变更', en: 'Revisions and changes' },
  revisions_none: { zh: '还没有冻结的版本。', en: 'Nothing is frozen yet.' },
  revision_n: { zh: '第 {n} 版', en: 'revision {n}' },
  is_ranked: { zh: '参加排名', en: 'ranked' },
  is_carried: { zh: '沿用，不排名', en: 'carried over' },
  frozen_at: { zh: '生成时间', en: 'Made' },
  published_at: { zh: '发布时间', en: 'Published' },
  downloads: { zh: '下载', en: 'Download' },
  cause: { zh: '原因', en: 'Cause' },
  by: { zh: '经手', en: 'By' },
  hash: { zh: '依据校验值（SHA-256）', en: 'Evidence hash (SHA-256)' },
  hash_note: {
    zh: '校验值覆盖判定所依据的全部材料；campus-gauge bulletin {period} --verify 可重新计算并比对。',
    en: 'The hash covers everything the verdicts rest on; campus-gauge bulletin {period} --verify computes it again and compares.'
  },
  why: { zh: '依据的变化：{list}', en: 'What the evidence differs in: {list}' },
  changes_none: { zh: '与上一版相比，判定没有变化。', en: 'No verdict differs from the revision before.' },
  changes_n: { zh: '与上一版相比，{n} 项判定有变化', en: '{n} verdicts differ from the revision before' },
  changes_more: { zh: '另有 {n} 项变化，见下载的文件。', en: '{n} more changes are in the files.' },
  before_after: { zh: '原判定 → 现判定', en: 'Before → after' },
  summary: { zh: '指标汇总', en: 'Summary by target' },
  to_ranking: { zh: '各项指标的排名', en: 'Rankings of all targets' },
  to_overview: { zh: '本期总览', en: 'Overview of the period' },
  ranking: { zh: '排名', en: 'Ranking' },
  submissions: { zh: '报送与审核', en: 'Submission and acceptance' },
  submissions_caption: { zh: '各区域本期数据的报送和审核', en: 'Submission and acceptance of this period by area' },
  not_submitted: { zh: '未报送', en: 'not submitted' },
  submitted: { zh: '已报送，待审核', en: 'submitted, to be accepted' },
  accepted: { zh: '审核通过', en: 'accepted' },
  returned: { zh: '已退回', en: 'returned' },
  note: { zh: '备注', en: 'Note' },
  objections: { zh: '申诉', en: 'Objections' },
  objections_caption: { zh: '本期的申诉和答复', en: 'Objections of this period and their answers' },
  objections_none: { zh: '本期没有申诉。', en: 'There are no objections in this period.' },
  objections_how: {
    zh: '发布以前可以申诉：在学校页面查看依据后，由区县经接口 POST /v1/bulletins/{period}/objections 提出，写明理由。申诉成立时按补充的证据重新判定，产生新的版本，不手工改判。',
    en: 'Until publication an objection can be raised: look at the evidence on the school’s page, then the county sends POST /v1/bulletins/{period}/objections with a note. If it is upheld, verdicts are made anew from the evidence added and become a new revision; nothing is changed by hand.'
  },
  objections_where: {
    zh: '对判定有异议，可在 {from} 至 {until} 之间经区县提出申诉（接口 POST /v1/bulletins/{period}/objections，写明指标和理由）。复测要在 {end} 以前完成才计入本期。',
    en: 'To object to a verdict, ask the county between {from} and {until} (POST /v1/bulletins/{period}/objections with target and reason). A re-test counts in this period only until {end}.'
  },
  objections_closed: {
    zh: '本期已过申诉期限；更正在下一期体现。',
    en: 'The time for objections to this period is over; corrections count in the next one.'
  },
  objection_open: { zh: '待处理', en: 'open' },
  objection_retest: { zh: '复测中', en: 'being re-tested' },
  objection_upheld: { zh: '成立', en: 'upheld' },
  objection_rejected: { zh: '不成立', en: 'rejected' },
  raised: { zh: '提出', en: 'Raised' },
  answer: { zh: '答复', en: 'Answer' },

  reminders_title: { zh: '{period}催报清单', en: 'Reminders, {period}' },
  reminders_lead: {
    zh: '数据不足的学校，附联系人和下一步。数据不足不算不达标，但也不算达标；在 20 日 0 时冻结以前补齐即计入本期。',
    en: 'Schools whose data do not suffice, with whom to call and what to do. Unknown is not missed, nor is it met; what arrives before the freeze on the 20th counts in this period.'
  },
  reminders_ended: {
    zh: '本期已经结束。下面按当前数据列出仍然数据不足的学校；现在补测不再计入本期，只有设备上已测、迟到上报的数据和更正的台账、申报可以在发布以前进入修订版。',
    en: 'This period is over. Below are the schools that are still unknown by the current figures; measuring now no longer counts in it: only readings taken then that arrive late, and a corrected ledger or declaration, can still make a revision before publication.'
  },
  reminders_published: {
    zh: '本期通报已经发布。下面只供核对，要补的从当前周期补起。',
    en: 'The bulletin of this period is published. The list is for reference only: what is missing can be put right in the current period.'
  },
  reminders_caption: { zh: '需要联系的学校，缺得多的在前', en: 'Schools to call, the most missing first' },
  reminders_none: { zh: '没有需要催报的学校。', en: 'No school needs a reminder.' },
  reminders_causes: { zh: '按原因', en: 'By cause' },
  reminders_causes_caption: { zh: '数据不足的原因和学校数', en: 'Causes of unknown verdicts, and how many schools' },
  reminders_list: { zh: '联系清单', en: 'Whom to call' },
  all_areas: { zh: '全部区域', en: 'All areas' },
  search_contacts: { zh: '学校、标识码、联系人', en: 'School, code, contact' },
  schools_count: { zh: '学校数', en: 'Schools' },
  phone: { zh: '电话', en: 'Phone' },
  no_contact: { zh: '未登记联系人', en: 'no contact in the ledger' },
  missing_next: { zh: '缺什么，怎么办', en: 'What is missing, and what to do' },

  evidence_count: { zh: '依据明细（{n}）', en: 'Evidence ({n})' },
  evidence_readings: { zh: '当天读数', en: 'readings of the day' },
  carried_cause: { zh: '当时：{cause}', en: 'then: {cause}' },
  tag_provisional: { zh: '暂定', en: 'provisional' },
  tag_declared: { zh: '申报', en: 'declared' },
  tag_vacation: { zh: '假期', en: 'vacation' },
  tag_carried_from: { zh: '沿用 {period}', en: 'carried over from {period}' },
  declared_by: { zh: '申报依据：{source}，{day}，{by}', en: 'Declared: {source}, {day}, {by}' },
  history: { zh: '近期判定', en: 'Recent periods' },
  month_short: { zh: '{n} 月', en: '{n}' },
  school_calendar: { zh: '校历', en: 'Calendar' },
  school_days: { zh: '本期应到校 {n} 天', en: '{n} school days expected' },
  school_days_so_far: { zh: '至今 {n} 天', en: '{n} so far' },
  next_school_day: { zh: '下一个在校日 {day}', en: 'next school day {day}' },
  school_vacation: {
    zh: '在校日不足 {n} 天：本期沿用上期判定，不参加排名。',
    en: 'Fewer than {n} school days: verdicts are carried over and not ranked.'
  },
  declared_facts: { zh: '申报事项', en: 'Declared facts' },
  declared_caption: {
    zh: '由人申报、不由探针测量的事项，与测量结果分开列出',
    en: 'What people declared and no probe measured, kept apart from measurements'
  },
  declared_none: { zh: '没有申报事项。', en: 'Nothing is declared.' },
  fact: { zh: '事项', en: 'Fact' },
  value: { zh: '内容', en: 'Value' },
  source: { zh: '依据', en: 'Source' },
  day: { zh: '日期', en: 'Date' },

  expected_revision: { zh: '版本号（0 为当前数据）', en: 'the number of a revision (0 are the current figures)' },
  expected_known_revision: { zh: '{period} 已有的版本号', en: 'a revision of {period} that exists' },
  unknown_area: { zh: '台账里没有编号为 {id} 的区域', en: 'the ledger has no area with the id {id}' },
  unknown_group: { zh: '台账里没有编号为 {id} 的学校组', en: 'the ledger has no group with the id {id}' }
} as const
