import { directions } from '../../../../contract/bandwidth.ts'
import { addDays, dayStart } from '../../../calendar/day.ts'
import type { Store } from '../../../store/store.ts'
import { inOrder } from '../../../verdicts/uplink/bearing.ts'
import type { TierTest } from '../../../verdicts/uplink/tier-test.ts'
import { figure, type Point } from '../point.ts'
import { versionAt } from './checks.ts'
import { tagsAt, type Family } from './family.ts'
import type { Ground } from './reading.ts'

/** Tier tests of a day, by uplink and direction. */
export const bandwidthPoints = async (
  store: Pick<Store, 'tierTests'>,
  ground: Ground,
  day: string,
  families: readonly Family[]
): Promise<Point[]> => {
  if (families.length === 0) return []
  const uplinkOf = new Map(
    families.map(family => [family, versionAt(family.versions, dayStart(day))?.subject ?? ''] as const)
  )
  const tests = Map.groupBy(
    await store.tierTests([...new Set(uplinkOf.values())], dayStart(day), dayStart(addDays(day, 1))),
    test => test.uplink
  )
  return families.flatMap(family => {
    const tags = tagsAt(ground, family, day)
    const own = tests.get(uplinkOf.get(family) ?? '') ?? []
    return directions.flatMap(direction => {
      const list = inOrder(own, direction)
      return list.length === 0 || tags === undefined
        ? []
        : [figure('bandwidth_1d', { ...tags, direction }, fieldsOf(list), dayStart(day))]
    })
  })
}

/** A panel stands behind other machines: its tests never decide. */
const decides = (test: TierTest, result: TierTest['result']): boolean =>
  test.vantage === 'gateway' && test.result === result

const fieldsOf = (tests: readonly TierTest[]): Record<string, number> => {
  const tierMbps = Math.max(...tests.map(test => test.tierMbps))
  // A line that fails its tier is asked a lower one the same night: passing that one does not lift it.
  const asked = tests.filter(test => test.tierMbps === tierMbps)
  const passN = asked.filter(test => decides(test, 'pass')).length
  const failN = asked.filter(test => decides(test, 'fail')).length
  return {
    tier_mbps: tierMbps,
    pass_n: passN,
    fail_n: failN,
    inconclusive_n: asked.length - passN - failN,
    ...best(
      'ip_mbps',
      tests.map(({ ipMbps }) => ipMbps)
    ),
    ...best(
      'goodput_mbps',
      tests.map(({ goodputMbps }) => goodputMbps)
    ),
    bytes_n: tests.reduce((sum, test) => sum + test.bytes, 0),
    below: Number(passN === 0 && failN > 0)
  }
}

const best = (name: string, values: readonly (number | undefined)[]): Record<string, number> => {
  const known = values.filter(value => value !== undefined)
  return known.length === 0 ? {} : { [name]: Math.max(...known) }
}
