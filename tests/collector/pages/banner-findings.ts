import type { Finding } from '../../../collector/verdicts/verdict.ts'

type Three = readonly [met: Partial<Finding>, missed: Partial<Finding>, unknown: Partial<Finding>]

const declared = { source: '旗教体局装备台账', as_of: '2026-09-01', by: '包科长' }
const wait = { have_days: 3, want_days: 10, earliest_day: '2026-11-13' }
const room = { rooms: 1, room: '一号录播教室', ...wait, width_px: 1280, height_px: 720 }
const line = (tier: number) => ({ uplink: 'u1', tier_mbps: tier, line_mbps: tier * 0.95 })
const days = ['2026-11-09', '2026-11-10', '2026-11-11']

const uplink = (tier: number): Three => [
  { reason: 'carried_provisional', facts: { ...line(tier), ok_days: 18, below_days: 0, need_days: 17, days: 23 } },
  {
    reason: 'below',
    n: 6,
    expectedN: 3,
    facts: { ...line(tier), below_days: 6, seen: `${tier * 0.6} (${tier * 0.59}–${tier * 0.61}) Mbit/s` },
    evidence: days.map(day => `uplink u1 below ${day}`)
  },
  { reason: 'no_uplink', facts: { tier_mbps: tier } }
]

/** What each rule may say, with the facts its sentences want: met, missed, unknown. */
export const wordings: Readonly<Record<string, Three>> = {
  'broadband-access': [
    {
      reason: 'off_site_answers',
      n: 3,
      expectedN: 3,
      facts: { have_days: 3, want_days: 3, want_subjects: 2 },
      evidence: days
    },
    { reason: 'declared_no_line', facts: declared, evidence: ['fact access 2026-09-01'], n: 1, expectedN: 1 },
    { reason: 'no_readings', facts: { have_days: 0, earliest_day: '2026-11-14' } }
  ],
  'uplink-500': uplink(500),
  'uplink-1000': uplink(1000),
  'room-port': [
    { reason: 'all_rooms', n: 24, expectedN: 24, facts: { rooms: 24, port_rooms: 20, wireless_rooms: 4 } },
    {
      reason: 'rooms_missed',
      n: 24,
      expectedN: 24,
      facts: { rooms: 24, missed_rooms: 3, names: '三年级（1）班、音乐教室' },
      evidence: ['room r-1 missed', 'room r-9 missed']
    },
    { reason: 'ledger_incomplete' }
  ],
  ipv6: [
    {
      reason: 'users_reach',
      n: 19,
      expectedN: 10,
      facts: { have_days: 19, total_samples: 5214, good_samples: 5011, measured_pct: 96.1, ratio_pct: 80 }
    },
    {
      reason: 'users_fail',
      n: 17,
      expectedN: 10,
      facts: {
        have_days: 17,
        total_samples: 4210,
        good_samples: 1210,
        measured_pct: 28.7,
        ratio_pct: 80,
        cause: 'tcp_blocked'
      }
    },
    { reason: 'wan_only', facts: wait }
  ],
  'recording-room': [
    { reason: 'rooms_work', n: 12, expectedN: 10, facts: { ...room, have_days: 12 } },
    { reason: 'declared_none', facts: declared, evidence: ['fact recording-room 2026-09-01'], n: 1, expectedN: 1 },
    { reason: 'auth_required', n: 3, expectedN: 10, facts: room, evidence: days }
  ],
  'panel-coverage': [
    { reason: 'rooms_run', facts: { rooms: 24, running_rooms: 24, running_pct: 100, share_pct: 100 } },
    {
      reason: 'declared_without',
      facts: { ...declared, declared_rooms: 4, rooms: 24, running_rooms: 18, share_pct: 100 },
      evidence: ['fact rooms-without-panel 2026-09-01']
    },
    { reason: 'silent', facts: { rooms: 24, silent_rooms: 6, running_rooms: 18, share_pct: 100, ...wait } }
  ],
  'device-ratio': [
    {
      reason: 'ratios_hold',
      facts: {
        teachers: 60,
        pupils: 900,
        teacher_computers: 66,
        pupil_computers: 200,
        teachers_per_computer: 1,
        pupils_per_computer: 5,
        declarations: '旗教体局装备台账 2026-09-01 包科长'
      },
      evidence: ['fact teacher-computers 2026-09-01', 'fact pupil-computers 2026-09-01']
    },
    {
      reason: 'ratio_fails',
      facts: {
        teachers: 60,
        pupils: 900,
        teacher_computers: 41,
        pupil_computers: 120,
        teachers_per_computer: 1,
        pupils_per_computer: 5,
        declarations: '旗教体局装备台账 2026-09-01 包科长'
      },
      evidence: ['fact teacher-computers 2026-09-01', 'fact pupil-computers 2026-09-01']
    },
    { reason: 'not_declared', expectedN: 1, facts: { teacher_computers: '未申报', pupil_computers: '未申报' } }
  ],
  reachable: [
    { reason: 'answers', facts: { ...declared, host: '10.20.30.40', have_days: 15, want_days: 3 } },
    { reason: 'declared_none', facts: declared, evidence: ['fact campus-broadcast 2026-09-01'], n: 1, expectedN: 1 },
    { reason: 'not_declared', expectedN: 1, facts: { fact: 'campus-broadcast', host_fact: 'campus-broadcast-host' } }
  ],
  'key-sites': [
    { reason: 'monitored', facts: { sites: 2, want_days: 10 } },
    // Not monitored is never missed.
    { verdict: 'unknown', reason: 'too_few_days', facts: { sites: 2, monitored: 1, names: 'www.moe.gov.cn', ...wait } },
    { reason: 'no_check', facts: { sites: 2, names: 'www.smartedu.cn' } }
  ],
  declared: [
    { reason: 'declared_present', facts: declared, evidence: ['fact labs 2026-09-01'], n: 1, expectedN: 1 },
    { reason: 'declared_none', facts: declared, evidence: ['fact labs 2026-09-01'], n: 1, expectedN: 1 },
    { reason: 'not_declared', expectedN: 1, facts: { fact: 'labs' } }
  ],
  'platform-reach': [
    { reason: 'panels_reach', facts: { panels: 24, subjects: 'www.smartedu.cn', want_days: 3 } },
    {
      reason: 'panels_fail',
      facts: { panels: 24, failing_panels: 2, failing_subjects: 'www.smartedu.cn', fail_days: 12 }
    },
    { reason: 'silent', facts: { panels: 24, unknown_panels: 9, ...wait } }
  ],
  'device-activity': [
    { reason: 'reported', facts: { activity_pct: 71.5, panels: 24, have_days: 16, want_days: 10 } },
    { reason: 'declared_none', facts: declared, evidence: ['fact device-activity 2026-09-01'] },
    { reason: 'silent', facts: { panels: 24, ...wait } }
  ],
  'monthly-report': [
    { reason: 'submitted', facts: declared, evidence: ['fact monthly-report 2026-11-18'] },
    { reason: 'late', facts: declared, evidence: ['fact monthly-report 2026-11-21'] },
    { reason: 'not_declared', facts: { fact: 'monthly-report', last_day: '2026-11-19' } }
  ]
}
