import { dayMs, dayOf, dayStart } from '../../../collector/calendar/day.ts'
import { periodAt } from '../../../collector/calendar/period.ts'
import type { Answer } from '../influxql/evaluate.ts'
import type { City } from './city.ts'
import { dayPoints } from './days.ts'
import { lostIpv6, morningRecorderFails } from './morning.ts'
import { schoolPoints } from './states.ts'

/** Ids of what an answer makes fire: each series by its last value, as a rule reduces it. */
export const firing = (
  answers: readonly Answer[],
  { op, than }: { readonly op: 'gt' | 'lt'; readonly than: number },
  tag: string
): string[] =>
  [
    ...new Set(
      answers.flatMap(({ tags, rows }) => {
        const value = rows.at(-1)?.[1]
        return typeof value === 'number' && (op === 'gt' ? value > than : value < than) ? [tags[tag] ?? ''] : []
      })
    )
  ].sort()

/**
 * Who must set off each rule, worked out without its query: `by` is the tag that names them. A rule that is not here is not known to this test.
 */
export const mustFire = (
  city: City,
  nowMs: number,
  uploadMs: number
): Readonly<Record<string, { readonly by: string; readonly ids: readonly string[] }>> => {
  const recent = (day: string, days: number): boolean => dayStart(day) >= nowMs - days * dayMs
  const perLine = Map.groupBy(city.tierTests, test => test.uplink)
  const devices = [...city.devices.values()]
  return {
    'cg-link-target': {
      by: 'school',
      ids: city.standing
        .filter(item => item.period === periodAt(nowMs).name && city.indicators.get(item.target) === 'uplink')
        .filter(item => item.verdict === 'missed')
        .map(item => item.school)
    },
    'cg-link-below': {
      by: 'device',
      ids: [...perLine].flatMap(([uplink, tests]) => {
        const day = dayOf(Math.max(...tests.map(test => test.atMs)))
        const ofDay = tests.filter(test => dayOf(test.atMs) === day)
        const tier = Math.max(...ofDay.map(test => test.tierMbps))
        const results = ofDay.filter(test => test.tierMbps === tier).map(test => test.result)
        return recent(day, 2) && results.includes('fail') && !results.includes('pass')
          ? [city.uplinks.get(uplink)?.device ?? '']
          : []
      })
    },
    'cg-school-silent': {
      by: 'school',
      ids: schoolPoints(city, Math.floor(nowMs / 300_000) * 300_000, uploadMs)
        .filter(({ fields }) => (fields['silent_hours_s'] ?? 0) > 3_600)
        .map(({ tags }) => tags['school'] ?? '')
    },
    'cg-recorder': {
      by: 'device',
      ids: devices
        .filter(({ id, kind }) => kind === 'recorder' && heardThisMorning(city, id, nowMs))
        .filter(({ school }) => morningRecorderFails(school))
        .map(({ id }) => id)
    },
    'cg-panels': {
      by: 'school',
      ids: [
        ...Map.groupBy(
          dayPoints(city).filter(
            ({ measurement, tags, atMs, fields }) =>
              measurement === 'host_1d' &&
              tags['kind'] === 'panel' &&
              dayOf(atMs) < dayOf(nowMs) &&
              atMs >= dayStart(dayOf(nowMs)) - 7 * dayMs &&
              fields['available_pct'] !== undefined
          ),
          ({ tags }) => tags['school'] ?? ''
        )
      ]
        .filter(([, points]) => mean(points.map(({ fields }) => fields['available_pct'] ?? 0)) < 50)
        .map(([school]) => school)
    },
    'cg-ipv6-lost': {
      by: 'device',
      ids: devices
        .filter(({ id, kind }) => kind === 'panel' && id.endsWith('-r1-p') && heardThisMorning(city, id, nowMs))
        .filter(({ id, school }) => lostIpv6(school) && hadIpv6(city, id, nowMs))
        .map(({ id }) => id)
    },
    'cg-pipeline-lag': { by: '', ids: [] },
    'cg-dead-letters': { by: '', ids: [''] }
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const heardThisMorning = (city: City, device: string, nowMs: number): boolean =>
  city.batches.some(
    batch => batch.receivedMs > nowMs - 30 * 60_000 && city.agents.get(batch.agent)?.devices.includes(device)
  )

/** What never worked cannot be lost. */
const hadIpv6 = (city: City, device: string, nowMs: number): boolean =>
  city.readings.some(({ checkId, atMs, outcome }) => {
    const check = city.checks.get(checkId)
    const today = dayStart(dayOf(nowMs))
    const answered = outcome === 'ok' || outcome === 'degraded'
    return answered && check?.probe === 'ipv6' && check.device === device && atMs >= today - 7 * dayMs && atMs < today
  })
