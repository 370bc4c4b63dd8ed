import type { Chance } from './chance.ts'

/**
 * What can be wrong at a simulated school, by what it concerns. Every word makes one cause of `missed` or `unknown` (or one rarer way of `met`)
 * appear on the pages; `ok` is a school where all is well.
 */
export const faults = {
  access: ['off_site_fails', 'no_answer', 'few_days', 'declared_no_line', 'contradicted'],
  uplink: [
    'below',
    'below',
    'below',
    'port',
    'panel_only',
    'no_uplink',
    'no_tests',
    'busy',
    'credit',
    'spent',
    'unsteady',
    'few_days',
    'uncertified',
    'port_limited',
    'two_lines',
    'two_lines_fresh',
    'two_lines_open',
    'two_lines_odd',
    'two_lines_unknown'
  ],
  rooms: ['slow', 'slow', 'slow_card', 'wireless_unknown', 'unreadable', 'no_device', 'silent'],
  ipv6: ['tcp_blocked', 'ula_only', 'no_ipv6', 'wan_only', 'few_samples', 'few_days', 'no_readings'],
  recording: [
    'no_media',
    'stalled',
    'storage_full',
    'low_spec',
    'auth_required',
    'busy',
    'still_picture',
    'no_recorder',
    'few_days',
    'no_readings',
    'spec_unknown',
    'declared_none',
    'contradicted'
  ],
  sync: [
    'never_live',
    'declared_none',
    'contradicted',
    'none_known',
    'few_days',
    'no_media',
    'auth_required',
    'busy',
    'no_recorder'
  ],
  panels: ['silent', 'declared_without', 'no_panel', 'contradicted'],
  activity: ['declared_none', 'contradicted'],
  platform: ['blocked', 'few_days'],
  broadcast: ['none', 'not_declared', 'fails', 'few_days', 'contradicted', 'unclear'],
  video: ['none', 'not_declared', 'fails', 'no_check'],
  ratio: ['too_few', 'not_declared', 'unclear', 'no_pupils'],
  labs: ['none', 'not_declared', 'unclear'],
  report: ['late', 'not_declared'],
  sites: ['few_days'],
  /** Of the school as a whole. */
  school: ['vacation', 'never_installed', 'silent_lately', 'late_delivery', 'empty_ledger']
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Facet = keyof typeof faults
/** What is wrong, for each facet with a fault. */
export type Script = { readonly [F in Facet]?: (typeof faults)[F][number] }

const facets: readonly Facet[] = Object.keys(faults) as Facet[]
/** Each fault once, so that a large enough city shows them all. */
const every: readonly Script[] = facets.flatMap(facet =>
  [...new Set<string>(faults[facet])].map(word => ({ [facet]: word }))
)

/** The share of schools with some fault: as a survey of real campuses found it. */
export const faultShare = 0.41

/** What chance knows of a school: how likely a fault is against others, and how likely that fault is a line below its tier. */
export interface Odds {
  readonly weakness: number
  readonly slowLine: number
}

/**
 * The scripts of all schools: exactly 41 % have a fault; schools of weak counties more often. After those with slow lines, the faulty ones in
 * an order of chance take each fault of the list once, the rest draw one or two.
 */
export const drawScripts = (odds: readonly Odds[], chance: Chance): readonly Script[] => {
  const faulty = odds
    .map(({ weakness }, i) => ({ i, key: chance.at('fault', i) ** (1 / weakness) }))
    .toSorted((a, b) => b.key - a.key)
    .slice(0, Math.round(faultShare * odds.length))
    .map(({ i }) => i)
  const isSlow = (i: number): boolean => chance.at('slow', i) < (odds[i]?.slowLine ?? 0)
  const scripts: Script[] = odds.map(() => ({}))
  for (const i of faulty.filter(isSlow)) scripts[i] = { uplink: 'below' }
  for (const [place, i] of faulty.filter(i => !isSlow(i)).entries())
    scripts[i] = withOften(every[place] ?? drawn(i, chance), i, chance)
  return scripts
}

/** What is wrong at many schools beside anything else. */
const often: readonly Script[] = [
  { uplink: 'below' },
  { uplink: 'below' },
  { ipv6: 'tcp_blocked' },
  { ipv6: 'no_ipv6' },
  { rooms: 'slow' },
  { recording: 'no_media' },
  { ratio: 'too_few' },
  { labs: 'none' },
  { broadcast: 'none' }
]

/** A rare fault must stay visible: nothing is added to what concerns the whole school, its lines or its synchronous classroom. */
const withOften = (script: Script, i: number, chance: Chance): Script => {
  if ('school' in script || 'uplink' in script || 'sync' in script || 'access' in script) return script
  const more = [0, 1].filter(n => chance.at('often', n, i) < 0.6).map(n => chance.pick(often, 'often which', n, i))
  return Object.assign({}, ...more, script) as Script
}

const drawn = (i: number, chance: Chance): Script => {
  const first = one(i, 'a', chance)
  // Where one thing is wrong another often is.
  return chance.at('second', i) < 0.4 ? { ...one(i, 'b', chance), ...first } : first
}

/** What bureaus meet most: lines, recorders, IPv6. */
const common: readonly Facet[] = [
  'uplink',
  'uplink',
  'uplink',
  'recording',
  'recording',
  'ipv6',
  'ipv6',
  'rooms',
  'rooms',
  'panels',
  'access',
  'broadcast',
  'video',
  'ratio',
  'labs',
  'sync',
  'platform',
  'school'
]

const one = (i: number, salt: string, chance: Chance): Script => {
  const facet = chance.pick(common, 'facet', salt, i)
  return { [facet]: chance.pick<string>(faults[facet], 'word', salt, i) }
}
