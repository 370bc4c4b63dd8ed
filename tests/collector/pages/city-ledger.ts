import type { Ledger } from '../../../collector/ledger/ledger.ts'
import { hostileName } from './hostile-name.ts'
import { moreUplinks } from './tier-tests.ts'
import type { Finding, Verdict } from '../../../collector/verdicts/verdict.ts'

/** A small made-up city in a real store, in which every state occurs. */
export const nowMs = Date.parse('2026-11-12T10:00:00+08:00')
export const minute = 60_000
export const broadband = 'yulin-2022/broadband-access'
export const roomPort = 'yulin-2022/room-port-1000'

export { hostileName }

export const ledger: Ledger = {
  areas: [
    { id: 'yulin', level: 'city', name: '模拟市', name_en: 'Model City', packs: ['yulin-2022'] },
    { id: 'east', parent: 'yulin', level: 'county', name: '东区', name_en: 'East' },
    { id: 'west', parent: 'yulin', level: 'county', name: '西县', name_en: 'West' }
  ],
  schools: [
    {
      id: 's-1',
      code: '0015062001',
      name: '第一模拟中学',
      name_en: 'Model School No. 1',
      area: 'east',
      stage: 'middle',
      zone: 'urban',
      larger: true,
      pupils: 1820,
      contact: '王老师',
      phone: '0912-0000000'
    },
    {
      id: 's-2',
      code: '0015062002',
      name: '第二模拟小学',
      name_en: 'Model School No. 2',
      area: 'east',
      stage: 'primary',
      zone: 'town',
      township_central: true
    },
    {
      id: 's-3',
      code: '0015062003',
      name: '第三模拟小学',
      name_en: 'Model School No. 3',
      area: 'west',
      stage: 'primary',
      zone: 'rural'
    },
    {
      id: 's-4',
      code: '0015062004',
      name: '河滩教学点',
      name_en: 'Riverside teaching point',
      area: 'west',
      stage: 'teaching-point',
      zone: 'rural'
    },
    {
      id: 's-5',
      code: `'"><u>`,
      name: hostileName,
      area: 'west',
      stage: 'high',
      zone: 'urban',
      contact: '<img src=x>',
      phone: '"'
    }
  ],
  rooms: ['s-1', 's-5'].flatMap(school =>
    [1, 2, 3].map(n => ({
      id: `${school}-r${n}`,
      school,
      name: school === 's-5' ? hostileName : `七年级（${n}）班`,
      kind: 'classroom' as const
    }))
  ),
  devices: [
    ...[1, 2].map(n => ({
      id: `s-1-p${n}`,
      school: 's-1',
      room: `s-1-r${n}`,
      kind: 'panel' as const,
      name: `七（${n}）班一体机`
    })),
    { id: 's-1-gw', school: 's-1', kind: 'gateway', name: '出口网关' },
    { id: 's-2-gw', school: 's-2', kind: 'gateway', name: '出口网关' },
    { id: 's-3-gw', school: 's-3', kind: 'gateway', name: '出口网关' },
    { id: 's-5-gw', school: 's-5', kind: 'gateway', name: hostileName }
  ],
  uplinks: moreUplinks
}

const base: Finding = {
  verdict: 'met',
  reason: '',
  n: 3,
  expectedN: 3,
  facts: {},
  excluded: {},
  evidence: ['2026-11-09', '2026-11-10', '2026-11-11']
}
const finding = (
  verdict: Finding['verdict'],
  reason: string,
  facts: Finding['facts'] = {},
  more: Partial<Finding> = {}
): Finding => ({ ...base, verdict, reason, facts, ...more })
const days = { want_days: 3, want_subjects: 2, have_days: 3 }

export const findings: Readonly<Record<string, readonly [Finding, Finding]>> = {
  's-1': [
    finding('met', 'off_site_answers', days, { excluded: { not_off_site: 1440, unavailable: 3 } }),
    finding(
      'missed',
      'rooms_missed',
      { rooms: 42, missed_rooms: 3, names: '七年级（1）班、音乐教室' },
      { n: 40, expectedN: 42, excluded: { no_device: 2 } }
    )
  ],
  's-2': [
    finding('unknown', 'too_few_days', { ...days, have_days: 1, earliest_day: '2026-11-13' }, { n: 1 }),
    finding('unknown', 'ledger_incomplete', {}, { n: 0, expectedN: 0, evidence: [] })
  ],
  's-3': [
    finding('unknown', 'no_readings', { ...days, have_days: 0, earliest_day: '2026-11-14' }, { n: 0, evidence: [] }),
    finding('not_applicable', 'not_applicable', {}, { n: 0, expectedN: 0, evidence: [] })
  ],
  's-4': [
    finding(
      'missed',
      'declared_no_line',
      { source: '基建台账', as_of: '2026-09-01', by: '李科长' },
      { n: 1, expectedN: 1 }
    ),
    finding('not_applicable', 'not_applicable', {}, { n: 0, expectedN: 0, evidence: [] })
  ],
  's-5': [
    finding('met', 'off_site_answers', days),
    finding('missed', 'rooms_missed', { rooms: 3, missed_rooms: 1, names: '<u>"\'' }, { evidence: ['<i>room</i>'] })
  ]
}

const judged: Verdict[] = Object.entries(findings).flatMap(([school, pair]) =>
  pair.map((one, i) => ({
    ...one,
    school,
    target: i === 0 ? broadband : roomPort,
    indicator: i === 0 ? 'broadband-access' : 'room-port',
    asOfMs: nowMs - minute,
    ruleVersion: i === 0 ? 'broadband-access/2' : 'room-port/1'
  }))
)

export const uplink1000 = 'yulin-2022/uplink-1000'
export const verdicts: Verdict[] = [
  ...judged,
  {
    ...finding(
      'missed',
      'below',
      { uplink: 's-1-u1', below_days: 10, tier_mbps: 1000, line_mbps: 950, seen: '611 (604–618) Mbit/s' },
      { n: 10, expectedN: 3, excluded: { undecided: 3 } }
    ),
    school: 's-1',
    target: uplink1000,
    indicator: 'uplink',
    asOfMs: nowMs - minute,
    ruleVersion: 'uplink-tier/2'
  }
]

/** An agent of the city; without `silentMs` it was never heard from. */
interface AgentDraft {
  readonly id: string
  readonly school: string
  readonly device?: string
  readonly silentMs?: number
  readonly skewMs?: number
  readonly hostname?: string
}
export const agents: readonly AgentDraft[] = [
  { id: 'a-live00000000', school: 's-1', device: 's-1-p1', silentMs: 20_000, skewMs: 40 },
  { id: 'a-risk00000000', school: 's-1', device: 's-1-gw', silentMs: 4 * minute, skewMs: 8200 },
  { id: 'a-skew00000000', school: 's-2', device: 's-2-gw', silentMs: 30_000, skewMs: -190_000 },
  { id: 'a-lost00000000', school: 's-3', device: 's-3-gw', silentMs: 3 * 24 * 60 * minute, skewMs: 0 },
  { id: 'a-pend00000000', school: 's-2', hostname: hostileName.slice(0, 120) },
  {
    id: 'a-host00000000',
    school: 's-5',
    device: 's-5-gw',
    silentMs: 10_000,
    skewMs: 1,
    hostname: '"><script>1</script>'
  }
]
