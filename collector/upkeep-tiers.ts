import { dayOf } from './calendar/day.ts'
import type { Store } from './store/store.ts'
import type { RollupInput } from './verdicts/rollup.ts'
import { tierTestOf } from './verdicts/uplink/from-reading.ts'
import type { TierTest } from './verdicts/uplink/tier-test.ts'

/** Makes tier tests of readings, and keeps them: they are evidence for ever, long after raw readings are gone. */
export interface TierDesk {
  /** Resolves to whether something was kept that may change what the period before says: a certificate, or credit that ran out. */
  keep(readings: readonly RollupInput[]): Promise<boolean>
}

/** A reading counts only for the uplink that its check is about, and only while that uplink stands on the check's device. */
export const openTierDesk = async (
  store: Pick<Store, 'checks' | 'uplinks' | 'devices' | 'putTierTests'>
): Promise<TierDesk> => {
  const uplinks = new Map((await store.uplinks()).map(uplink => [uplink.id, uplink]))
  if (uplinks.size === 0) return { keep: () => Promise.resolve(false) }
  const kinds = new Map((await store.devices()).map(device => [device.id, device.kind]))
  const claims = new Map<number, { uplink: string; school: string; vantage: TierTest['vantage'] }>()
  for (const check of await store.checks()) {
    const uplink = check.probe === 'bandwidth' ? uplinks.get(check.subject) : undefined
    if (uplink?.device === check.device)
      claims.set(check.id, {
        uplink: uplink.id,
        school: uplink.school,
        vantage: kinds.get(check.device) === 'gateway' ? 'gateway' : 'panel'
      })
  }
  return {
    keep: async readings => {
      const tests = firstOfDay(
        readings.flatMap(reading => {
          const claim = claims.get(reading.checkId)
          const test = claim === undefined ? undefined : tierTestOf(reading, claim.uplink, claim.vantage)
          return claim === undefined || test === undefined ? [] : [{ ...test, school: claim.school }]
        })
      )
      if (tests.length > 0) await store.putTierTests(tests)
      return tests.some(test => test.spent || (test.kind === 'certify' && test.result === 'pass'))
    }
  }
}

/** Counters prove the same every minute: one row a day, tier and direction is enough. */
const firstOfDay = (tests: readonly TierTest[]): TierTest[] => {
  const seen = new Set<string>()
  return tests.filter(test => {
    if (test.kind !== 'passive' && test.kind !== 'port') return true
    const key = [test.uplink, test.kind, test.direction, test.tierMbps, test.result, dayOf(test.atMs)].join(' ')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
