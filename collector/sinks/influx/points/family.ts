import { dayStart } from '../../../calendar/day.ts'
import type { Point } from '../point.ts'
import { versionAt, type Check } from './checks.ts'
import type { Ground } from './reading.ts'

/** All versions of one check: their readings are one series, and so are the figures made of them. */
export interface Family {
  readonly key: string
  readonly versions: readonly Check[]
  readonly ids: readonly number[]
}

export const familiesOf = (ground: Ground, checks: readonly Check[]): Family[] => [
  ...new Map(
    checks.map((check): [string, Family] => {
      const versions = ground.checks.versionsOf(check)
      return [check.key, { key: check.key, versions, ids: versions.map(({ id }) => id) }]
    })
  ).values()
]

/** Where a check's device stood when the day began; undefined when it never was registered. */
export const tagsAt = (ground: Ground, family: Family, day: string): Point['tags'] | undefined => {
  const version = versionAt(family.versions, dayStart(day))
  const place = version === undefined ? undefined : ground.places.device(version.device, dayStart(day))
  return place === undefined ? undefined : { ...place.tags, check: family.key }
}
