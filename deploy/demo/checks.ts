import type { CheckTemplate } from '../../collector/ledger/checks.ts'
import type { Site } from './sites.ts'

/** Hosts inside every simulated campus. */
export const broadcastHost = 'broadcast.campus'
export const videoHost = 'video.campus'

const minute = 60_000
const site = (name: string, subject: string, devices: NonNullable<CheckTemplate['devices']>): CheckTemplate => ({
  name,
  probe: 'portal',
  every_ms: 5 * minute,
  subject,
  place: 'off_site',
  devices,
  options: { url: `https://${subject}/` }
})

/** What the simulated city measures: the defaults, and what the targets of its packs want beside them. `sites` are hosts that a target names. */
export const demoChecks = (named: readonly string[]): CheckTemplate[] => [
  { name: 'host', probe: 'host', every_ms: minute, devices: ['panel', 'gateway', 'recorder'] },
  { name: 'port', probe: 'port', every_ms: minute, devices: ['panel'] },
  ...sitesOf(named).map(({ subject, name, panels }) =>
    site(name, subject, panels ? ['panel', 'gateway'] : ['gateway'])
  ),
  {
    name: 'self',
    probe: 'portal',
    every_ms: 5 * minute,
    subject: '127.0.0.1',
    place: 'self',
    devices: ['gateway'],
    options: { url: 'http://127.0.0.1/' }
  },
  {
    name: 'clock',
    probe: 'clock',
    every_ms: 5 * minute,
    subject: 'ntp.ntsc.ac.cn',
    devices: ['gateway'],
    options: { servers: ['ntp.ntsc.ac.cn', 'ntp.aliyun.com'] }
  },
  { name: 'ipv6', probe: 'ipv6', every_ms: 5 * minute, devices: ['panel', 'gateway'] },
  { name: 'recording', probe: 'recording', every_ms: 5 * minute, devices: ['recorder'] },
  {
    name: 'broadcast',
    probe: 'ping',
    every_ms: 5 * minute,
    subject: broadcastHost,
    place: 'on_site',
    devices: ['gateway'],
    options: { subject: broadcastHost }
  },
  {
    name: 'video',
    probe: 'ping',
    every_ms: 5 * minute,
    subject: videoHost,
    place: 'on_site',
    devices: ['gateway'],
    options: { subject: videoHost }
  }
]

/** The first two are opened from classrooms too. */
export const mainSites = ['www.smartedu.cn', 'www.gov.cn', 'www.moe.gov.cn'] as const

/** Every site that is opened, with the name of its check, and whether classrooms open it too. */
export const sitesOf = (named: readonly string[]): (Site & { readonly panels: boolean })[] =>
  [...new Set([...mainSites, ...named])].map((subject, i) => ({
    subject,
    name: `site${i + 1}`,
    panels: i < 2 || named.includes(subject)
  }))
