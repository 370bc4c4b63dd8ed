import type { Chance } from './chance.ts'
import type { Script } from './faults.ts'
import { folded, type DeviceDay, type Measured } from './measured.ts'

/** A host and the name of its check. */
export interface Site {
  readonly subject: string
  readonly name: string
}

export interface Sites {
  readonly ofPanels: readonly Site[]
  readonly ofGateways: readonly Site[]
  /** Opened every day, whatever a script says of the sites that a target names. */
  readonly everyday: readonly string[]
  /** The hosts that the platform's target names. */
  readonly platform: readonly string[]
}

export type SiteWord = 'answers' | 'answers_inside' | 'fails' | 'silent'

/** What the world outside looks like from a school on a day. */
export const farWord = ({ access }: Script, day: string): SiteWord => {
  switch (access) {
    case 'off_site_fails':
      return 'fails'
    case 'no_answer':
      return 'answers_inside'
    case 'few_days':
      return day.endsWith('-11') ? 'answers' : 'silent'
    default:
      return 'answers'
  }
}

/** A reading of each portal check that this device has, on one day. */
export const siteReadings = (
  at: DeviceDay,
  sites: readonly Site[],
  chance: Chance,
  wordOf: (subject: string) => SiteWord
): Measured[] =>
  sites.flatMap(({ subject, name }, i): Measured[] => {
    const base = { atMs: at.atMs + 1_000 * (i + 1), check: `${at.device}-${name}` }
    const word = wordOf(subject)
    switch (word) {
      case 'silent':
        return []
      case 'fails':
        return [
          {
            ...base,
            outcome: 'failed',
            reason: 'tcp_timeout',
            fields: folded(4, { dns_ms: 4, total_ms: 10_000 }),
            labels: { subject }
          }
        ]
      case 'answers':
      case 'answers_inside': {
        const total = chance.whole(60, 240, 'site', subject, at.device, at.day)
        return [
          {
            ...base,
            outcome: 'ok',
            fields: folded(18, {
              dns_ms: 4,
              connect_ms: 12,
              first_byte_ms: total / 2,
              total_ms: total,
              status_code: 200
            }),
            labels: { subject, place: word === 'answers' ? 'off_site' : 'private', address: '192.0.2.17' }
          }
        ]
      }
    }
  })
